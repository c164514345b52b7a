import { fields as deployFields } from '../actions/deploy-green/inputs.ts';
import type { Inputs as DeployInputs } from '../actions/deploy-green/inputs.ts';
import { fields as monitorFields, parse as parseMonitor } from '../actions/monitor-and-rollback/inputs.ts';
import type { Inputs as MonitorInputs } from '../actions/monitor-and-rollback/inputs.ts';
import { fields as switchFields, parse as parseSwitch } from '../actions/switch-traffic/inputs.ts';
import type { Inputs as SwitchInputs } from '../actions/switch-traffic/inputs.ts';
import { fields as verifyFields } from '../actions/verify-green/inputs.ts';
import type { Inputs as VerifyInputs } from '../actions/verify-green/inputs.ts';
import { parseInputs } from '../runtime/inputs.ts';
import type { Fields, GivenInputs } from '../runtime/inputs.ts';

/** One step always goes to its own candidate, all the way: what is for moving by hand, or later, is not among it. */
type ByHand = 'to' | 'release-id' | 'weight' | 'dry-run';

/** The union of the four, each with its name and meaning; `timeout` alone means something else in each. */
export interface Inputs
  extends
    Omit<DeployInputs, 'timeout'>,
    Omit<VerifyInputs, 'timeout'>,
    Omit<SwitchInputs, 'timeout' | ByHand>,
    MonitorInputs {
  /** Milliseconds, as those below. */
  readonly 'deploy-timeout': number;
  readonly 'verify-timeout': number;
  readonly 'switch-timeout': number;
}

export const parts = ['deploy-green', 'verify-green', 'switch-traffic', 'monitor-and-rollback'] as const;
export type PartName = (typeof parts)[number];

/** Each part's own fields, and what its `timeout` is called here. */
export const partFields: Readonly<
  Record<PartName, { readonly timeout: string | null; readonly names: readonly string[] }>
> = {
  'deploy-green': { timeout: 'deploy-timeout', names: Object.keys(deployFields) },
  'verify-green': { timeout: 'verify-timeout', names: Object.keys(verifyFields) },
  'switch-traffic': { timeout: 'switch-timeout', names: Object.keys(switchFields) },
  'monitor-and-rollback': { timeout: null, names: Object.keys(monitorFields) },
};

const { timeout: deployTimeout, ...ofDeploy } = deployFields;
const { timeout: verifyTimeout, ...ofVerify } = verifyFields;
export const fields: Fields<Inputs> = {
  steps: switchFields.steps,
  'step-interval': switchFields['step-interval'],
  force: switchFields.force,
  verify: switchFields.verify,
  order: switchFields.order,
  preview: switchFields.preview,
  'preview-header': switchFields['preview-header'],
  'allow-gitops-owned': switchFields['allow-gitops-owned'],
  ...ofVerify,
  ...ofDeploy,
  ...monitorFields,
  'deploy-timeout': deployTimeout,
  'verify-timeout': verifyTimeout,
  'switch-timeout': switchFields.timeout,
};

/** What one part is given: its own inputs by its own names. */
export function givenTo(part: PartName, given: GivenInputs): GivenInputs {
  const { timeout, names } = partFields[part];
  const own = names
    .filter((name) => name !== 'timeout' && name in fields)
    .flatMap((name) => (given[name] === undefined ? [] : [[name, given[name]] as const]));
  const limit = timeout === null ? undefined : given[timeout];
  return { ...Object.fromEntries(own), ...(limit === undefined ? {} : { timeout: limit }) };
}

/** @throws InputError before anything is done, by the very rules of the four actions */
export function parse(given: GivenInputs): Inputs {
  const inputs = parseInputs(given, fields);
  parseSwitch(givenTo('switch-traffic', given));
  parseMonitor(givenTo('monitor-and-rollback', given));
  return inputs;
}

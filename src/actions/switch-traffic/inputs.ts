import { clusterFields } from '../../cluster/signIn/clusterInputs.ts';
import type { ClusterInputs } from '../../cluster/signIn/clusterInputs.ts';
import { leaseFields } from '../../cluster/lease/underLease.ts';
import type { LeaseInputs } from '../../cluster/lease/underLease.ts';
import { allowedExposure } from '../../domain/exposure/checks.ts';
import type { Pace } from '../../domain/verdict/canary.ts';
import { checkNames } from '../../domain/release/forwardChecks.ts';
import type { Check, CheckName } from '../../domain/release/forwardChecks.ts';
import type { WriteOrder } from '../../domain/routing/routing.ts';
import type { SwitchTo } from '../../domain/release/target.ts';
import type { Verify } from '../../mesh/proxies/sampleSidecars.ts';
import { InputError } from '../../runtime/errors.ts';
import { defaulted, optional, parseInputs } from '../../runtime/inputs.ts';
import type { Fields, GivenInputs } from '../../runtime/inputs.ts';
import {
  duration,
  headerName,
  oneOf,
  percentage,
  releaseId,
  risingPercents,
  someOf,
  wholeNumber,
  yesNo,
} from '../../runtime/rules.ts';

export interface Inputs extends ClusterInputs, LeaseInputs, Pace {
  readonly to: SwitchTo;
  /** What was approved: this release and no other. */
  readonly 'release-id': string | null;
  /** Milliseconds that each step is watched. */
  readonly 'step-interval': number;
  /** A share between 0 and 1. */
  readonly 'max-error-rate': number;
  readonly 'min-requests': number;
  readonly force: readonly CheckName[] | null;
  readonly verify: Verify;
  readonly order: WriteOrder;
  /** Whether a header reaches the candidate for certain while it has a share. */
  readonly preview: boolean;
  /** Lower case. */
  readonly 'preview-header': string;
  readonly 'allow-gitops-owned': boolean;
  readonly 'mesh-exposure': 'refuse' | 'allow';
  readonly 'dry-run': boolean;
  /** Milliseconds. */
  readonly timeout: number;
}

export const fields: Fields<Inputs> = {
  ...clusterFields,
  ...leaseFields,
  to: defaulted(oneOf('candidate', 'blue', 'green', 'previous'), 'candidate'),
  'release-id': optional(releaseId),
  weight: optional(wholeNumber(1, 100)),
  steps: optional(risingPercents),
  'step-interval': defaulted(duration(1_000, 86_400_000, '1m'), '1m'),
  'max-error-rate': defaulted(percentage, '1%'),
  'min-requests': defaulted(wholeNumber(1, 1_000_000), '50'),
  force: optional(someOf(...checkNames)),
  verify: defaulted(oneOf('gateways', 'callers', 'all'), 'callers'),
  order: defaulted(oneOf('gateway-first', 'mesh-first'), 'gateway-first'),
  preview: defaulted(yesNo, 'false'),
  'preview-header': defaulted(headerName, 'version'),
  'allow-gitops-owned': defaulted(yesNo, 'false'),
  'mesh-exposure': defaulted(oneOf('refuse', 'allow'), 'refuse'),
  'dry-run': defaulted(yesNo, 'false'),
  timeout: defaulted(duration(1_000, 600_000, '15s'), '15s'),
};

/** @throws InputError also where two inputs do not go together */
export function parse(given: GivenInputs): Inputs {
  const inputs = parseInputs(given, fields);
  const { weight, steps, to } = inputs;
  const paced = weight !== null ? 'weight' : steps !== null ? 'steps' : null;
  if (weight !== null && steps !== null) {
    throw clash('steps', given, 'nothing, together with weight: one move by hand, or steps that are judged');
  }
  if (paced !== null && to === 'previous') {
    throw clash(paced, given, 'nothing, together with to: previous: going back is done at once');
  }
  if (inputs['release-id'] !== null && to === 'previous') {
    throw clash('release-id', given, 'nothing, together with to: previous: nothing keeps from going back');
  }
  if (inputs.preview && paced === null) {
    throw clash(
      'preview',
      given,
      'together with weight or steps: before the switch verify-green has such a route, after it nobody needs one',
    );
  }
  return inputs;
}

const clash = (
  input: 'weight' | 'steps' | 'preview' | 'release-id',
  given: GivenInputs,
  allowed: string,
): InputError =>
  new InputError([{ input, given: given[input] ?? '', allowed, example: fields[input].rule.example }]);

/** How going forward is checked: what someone has said to skip, and which proxies are asked. */
export const checking = (
  inputs: Inputs,
): { readonly skip: readonly Check['name'][]; readonly verify: Verify } => ({
  skip: [
    ...(inputs.force ?? []),
    ...(inputs['allow-gitops-owned'] ? (['kept'] as const) : []),
    ...allowedExposure(inputs['mesh-exposure']),
  ],
  verify: inputs.verify,
});

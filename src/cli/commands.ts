import { fields as cleanupFields } from '../actions/cleanup-blue/inputs.ts';
import { fields as rollbackFields } from '../actions/rollback/inputs.ts';
import { fields as statusFields } from '../actions/status/inputs.ts';
import { fields as switchFields, parse as parseSwitch } from '../actions/switch-traffic/inputs.ts';
import type { Paint } from '../domain/status/text.ts';
import type { ActionContext } from '../runtime/action.ts';
import { parseInputs } from '../runtime/inputs.ts';
import type { Field, GivenInputs } from '../runtime/inputs.ts';

export type CommandContext = ActionContext & { readonly paint?: Paint };

/** A command: an action, with its inputs as flags. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  /** The action's own name: in messages, and in the lease. */
  readonly action: string;
  readonly fields: Readonly<Record<string, Field<unknown>>>;
  /** Inputs that the command itself decides: they are no flags. */
  readonly fixed: GivenInputs;
  /** @throws InputError by the very rules of the action */
  readonly parse: (given: GivenInputs) => unknown;
  /** Loaded when it is run, so that help comes at once. */
  readonly load: () => Promise<{ readonly act: (context: CommandContext) => Promise<void> }>;
}

const forward = {
  action: 'switch-traffic',
  fields: switchFields,
  parse: parseSwitch,
  load: () => import('../actions/switch-traffic/index.ts'),
};

export const commands: readonly Command[] = [
  {
    name: 'status',
    summary: 'what serves the users, what is under way, what is wrong, what to type next',
    action: 'status',
    fields: statusFields,
    fixed: {},
    parse: (given) => parseInputs(given, statusFields),
    load: () => import('../actions/status/index.ts'),
  },
  {
    name: 'rollback',
    summary: 'all traffic back to the slot that was live before, now',
    action: 'rollback',
    fields: rollbackFields,
    fixed: {},
    parse: (given) => parseInputs(given, rollbackFields),
    load: () => import('../actions/rollback/index.ts'),
  },
  {
    name: 'plan',
    summary: 'what switch would do: its checks and its exact patch; changes nothing',
    ...forward,
    fixed: { 'dry-run': 'true' },
  },
  {
    name: 'switch',
    summary: 'all traffic to the verified candidate, proven in every proxy or put back',
    ...forward,
    fixed: {},
  },
  {
    name: 'cleanup',
    summary: 'remove the slot that was left, once nothing reaches it (needs helm on the PATH)',
    action: 'cleanup-blue',
    fields: cleanupFields,
    fixed: {},
    parse: (given) => parseInputs(given, cleanupFields),
    load: () => import('../actions/cleanup-blue/index.ts'),
  },
];

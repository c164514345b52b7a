import { perform } from '../runtime/action.ts';
import type { Failure } from '../runtime/action.ts';
import type { Clock } from '../runtime/clock.ts';
import { InputError, RemedyError } from '../runtime/errors.ts';
import type { GivenInputs } from '../runtime/inputs.ts';
import type { Outputs } from '../runtime/outputs.ts';
import type { SignalSource } from '../runtime/shutdown.ts';
import type { Sink } from '../runtime/workflowLog.ts';
import type { Command } from './commands.ts';
import { exitCodeOf, exitCodes } from './exitCodes.ts';
import { paintFor } from './paint.ts';
import { terminalLog } from './terminalLog.ts';

export interface Stream extends Sink {
  readonly isTTY?: boolean;
}

/** Where the command line runs. Tests bring their own. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: Stream;
  readonly stderr: Stream;
  readonly signals: SignalSource;
  readonly clock: Clock;
}

/** @returns the exit code */
export async function runCommand(
  command: Command,
  given: GivenInputs,
  asJson: boolean,
  terminal: Terminal,
): Promise<number> {
  const { stdout, stderr, env } = terminal;
  // With --json, standard output is for the program that reads it, and everything else is for people.
  const told = asJson ? stderr : stdout;
  const paint = paintFor(told.isTTY === true, env);
  const log = terminalLog(told, stderr, paintFor(stderr.isTTY === true && told.isTTY === true, env));
  const inputs = { ...given, ...command.fixed };
  const values = new Map<string, string | number | boolean>();
  const wrong = usageError(command, inputs);
  if (wrong !== null) {
    log.error(wrong);
    if (asJson) stdout.write(json(command, inputs, values, { error: new Usage(wrong), serving: '' }));
    return exitCodes.usage;
  }
  const { act } = await command.load();
  const stage = { ...terminal, inputs, log, outputs: outputsInto(values), summary: noSummary };
  const failure = await perform(stage, command.action, (context) => act({ ...context, paint }));
  if (asJson) stdout.write(json(command, inputs, values, failure));
  return failure === null ? exitCodes.done : exitCodeOf(failure.error);
}

class Usage extends Error {}

const outputsInto = (values: Map<string, string | number | boolean>): Outputs => ({
  set: (name, value) => {
    values.set(name, value);
  },
});

const nothing = (): void => undefined;
const noSummary = { heading: nothing, facts: nothing, table: nothing, diagram: nothing, text: nothing };

/** Every wrong flag at once, by the rules of the action; null when all are well. */
function usageError({ name, parse }: Command, given: GivenInputs): string | null {
  try {
    parse(given);
    return null;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const lines = error.problems.map(
      ({ input, given: text, allowed, example }) =>
        `${input === 'service' ? 'service' : `--${input}`}: given ${text === '' ? 'nothing' : JSON.stringify(text)}; allowed: ${allowed}; for example: ${example}`,
    );
    return `c4ang ${name}: ${lines.join('\n  ')}\nNothing was read from the cluster, and nothing was changed. See: c4ang help ${name}`;
  }
}

/** One object; outputs that are JSON themselves as what they are. */
function json(
  { name, fields }: Command,
  inputs: GivenInputs,
  values: ReadonlyMap<string, string | number | boolean>,
  failure: Failure | null,
): string {
  const { json: whole, ...outputs } = Object.fromEntries(
    [...values].map(([key, value]) => [key, parsed(value)]),
  );
  const result = {
    command: name,
    service: inputs['service'] ?? null,
    namespace: inputs['namespace'] ?? defaultOf(fields, 'namespace'),
    done: failure === null,
    ...(failure === null ? {} : { serving: failure.serving, error: errorJson(failure.error) }),
    exitCode:
      failure === null
        ? exitCodes.done
        : failure.error instanceof Usage
          ? exitCodes.usage
          : exitCodeOf(failure.error),
    outputs,
    ...(whole === undefined ? {} : { status: whole }),
  };
  return `${JSON.stringify(result, null, 2)}\n`;
}

function defaultOf(fields: Command['fields'], name: string): string | null {
  const whenEmpty = fields[name]?.whenEmpty;
  return typeof whenEmpty === 'object' ? whenEmpty.text : null;
}

function parsed(value: string | number | boolean): unknown {
  if (typeof value !== 'string' || !/^[[{]/.test(value)) return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}

function errorJson(error: unknown): Readonly<Record<string, unknown>> {
  if (error instanceof RemedyError) {
    return { kind: error.name, message: error.message, remedy: error.remedy };
  }
  return error instanceof Error
    ? { kind: error instanceof Usage ? 'UsageError' : error.name, message: error.message }
    : { kind: 'Error', message: String(error) };
}

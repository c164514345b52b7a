import { noAnnotations, workflowAnnotations } from './annotations.ts';
import type { Annotations } from './annotations.ts';
import { systemClock } from './clock.ts';
import type { Clock } from './clock.ts';
import { messageOf, RemedyError } from './errors.ts';
import { givenInputs } from './inputs.ts';
import type { GivenInputs } from './inputs.ts';
import type { Log } from './log.ts';
import { fileOutputs } from './outputs.ts';
import type { Outputs } from './outputs.ts';
import { removeLeftFolders } from './ownFolders.ts';
import { workflowRun } from './run.ts';
import type { Run } from './run.ts';
import { abortOnSignals } from './shutdown.ts';
import type { SignalSource } from './shutdown.ts';
import { fileState } from './state.ts';
import type { StepState } from './state.ts';
import { fileSummary } from './summary.ts';
import type { Summary } from './summary.ts';
import { workflowLog } from './workflowLog.ts';
import type { Sink } from './workflowLog.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** What an action gets from the place that it runs in. */
export interface ActionContext {
  /** The action's own name. */
  readonly action: string;
  readonly inputs: GivenInputs;
  readonly env: Env;
  readonly log: Log;
  readonly annotations: Annotations;
  readonly clock: Clock;
  /** Aborted by SIGINT and SIGTERM. What undoes something must not listen to it. */
  readonly signal: AbortSignal;
  readonly outputs: Outputs;
  readonly summary: Summary;
  readonly state: StepState;
  readonly run: Run;
  /** How the failure's last line finds out what serves now: `v1.0.0 in slot blue, 100 %`. */
  serving(read: () => Promise<string>): void;
  /** Runs at the very end, after that last line: the latest first. */
  atExit(close: () => void | Promise<void>): void;
}

/** The process, as far as an action needs it. Tests bring their own. */
export interface Host {
  readonly env: Env;
  readonly stdout: Sink;
  readonly signals: SignalSource;
  readonly clock: Clock;
}

const thisProcess = (): Host => ({
  env: process.env,
  stdout: process.stdout,
  signals: process,
  clock: systemClock,
});

/** The last line of a failure has to come, even when the cluster does not answer. */
const servingTimeoutMs = 5_000;

/**
 * Runs one action to its end: reports a failure with its remedy and, as the last line, what serves the users now.
 * Sets the process's exit code; never throws.
 */
export async function runAction(
  name: string,
  action: (context: ActionContext) => Promise<void>,
  host: Host = thisProcess(),
): Promise<void> {
  process.exitCode = await runOn(host, name, action);
}

/** @returns the exit code */
export async function runOn(
  host: Host,
  name: string,
  action: (context: ActionContext) => Promise<void>,
): Promise<number> {
  const { env, stdout } = host;
  const inGitHub = env['GITHUB_ACTIONS'] === 'true';
  const log = workflowLog(stdout, inGitHub);
  const stage: Stage = {
    ...host,
    log,
    annotations: workflowAnnotations(stdout, inGitHub),
    inputs: givenInputs(env),
    outputs: fileOutputs(env['GITHUB_OUTPUT'], log),
    summary: fileSummary(env['GITHUB_STEP_SUMMARY']),
  };
  return (await perform(stage, name, action)) === null ? 0 : 1;
}

/** Where an action's inputs come from, and where what it says goes: a workflow's step, or a terminal. */
export interface Stage extends Omit<Host, 'stdout'> {
  readonly inputs: GivenInputs;
  readonly log: Log & { error(message: string): void };
  /** None at a terminal. */
  readonly annotations?: Annotations;
  readonly outputs: Outputs;
  readonly summary: Summary;
}

/** A failure that has been told to whoever looks on. */
export interface Failure {
  readonly error: unknown;
  /** What serves the users now. */
  readonly serving: string;
}

/** Runs one action to its end, whatever that is. @returns null when it did what it should; never throws */
export async function perform(
  stage: Stage,
  name: string,
  action: (context: ActionContext) => Promise<void>,
): Promise<Failure | null> {
  const { env, clock, log, inputs, outputs, summary } = stage;
  const shutdown = abortOnSignals(stage.signals);
  const closers: (() => void | Promise<void>)[] = [];
  let serving: (() => Promise<string>) | null = null;
  // Beside the work, which does not wait for it; it is told before a failure, whose last line is what serves.
  const tidied = removeLeftFolders(env, log);
  try {
    await action({
      action: name,
      inputs,
      env,
      log,
      annotations: stage.annotations ?? noAnnotations,
      clock,
      signal: shutdown.signal,
      outputs,
      summary,
      state: fileState(env),
      run: workflowRun(env),
      serving: (read) => (serving = read),
      atExit: (close) => closers.unshift(close),
    }).finally(() => tidied);
    return null;
  } catch (error) {
    log.error(describe(name, error));
    const now = await whatServes(serving, clock);
    log.info(`Serving now: ${now}`);
    return { error, serving: now };
  } finally {
    for (const close of closers) {
      await Promise.resolve()
        .then(close)
        .catch((error: unknown) => log.warning(`while ending: ${messageOf(error)}`));
    }
    shutdown.stop();
  }
}

function describe(name: string, error: unknown): string {
  if (error instanceof RemedyError) {
    return `${name}: ${error.message}\nWhat to do: ${error.remedy}`;
  }
  if (error instanceof Error && error.name === 'CancelledError') {
    return `${name}: ${error.message}\nWhat to do: run the step again; it finishes or undoes what was begun.`;
  }
  const details = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `${name}: this is a defect of c4ang/actions, not of your workflow: ${details}\nWhat to do: report it with this log.`;
}

async function whatServes(read: (() => Promise<string>) | null, clock: Clock): Promise<string> {
  if (read === null)
    return 'what served before: the step ended before it asked the cluster, and changed nothing';
  const timeout = new AbortController();
  try {
    return await Promise.race([
      read(),
      clock
        .sleep(servingTimeoutMs, timeout.signal)
        .then(() => 'unknown, because the cluster did not answer in time'),
    ]);
  } catch (error) {
    return `unknown, because ${messageOf(error).replaceAll('\n', ' ')}`;
  } finally {
    timeout.abort(new Error('answered'));
  }
}

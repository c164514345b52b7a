import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { PreconditionError } from '../runtime/errors.ts';

export interface ExecOptions {
  /** Added to the environment that programs get. Secrets go here, to stdin, or into a file: never into argv. */
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** The folder it runs in; this process's own when absent. */
  readonly cwd?: string;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

export interface ExecResult {
  /** null when a signal ended it: ours at the deadline, or someone's. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program. No shell: argv is what the program gets. */
export interface Exec {
  /**
   * @throws PreconditionError when the program is not there; the signal's reason when aborted
   */
  run(argv: readonly string[], options: ExecOptions): Promise<ExecResult>;
}

/** A program that was told to end gets this long, then it is killed. */
const graceMs = 5_000;

/** @param base the environment that programs get; `env` of a run comes on top of it */
export const execIn = (base: Readonly<Record<string, string | undefined>>): Exec => ({
  run: ([program = '', ...args], { env = {}, stdin = '', cwd, timeoutMs, signal }) =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const child = spawn(program, args, {
        env: { ...base, ...env },
        ...(cwd === undefined ? {} : { cwd }),
        stdio: ['pipe', 'pipe', 'pipe'],
        // A group of its own: Ctrl-C reaches us, and we end the program in good order.
        detached: true,
      });
      const stdout: Buffer[] = [];
      const stderr: Buffer[] = [];
      child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
      child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
      // A program that does not read its input is no failure; its exit code tells.
      child.stdin.on('error', () => undefined);
      child.stdin.end(stdin);

      let kill: NodeJS.Timeout | undefined;
      const end = (): void => {
        signalGroup(child, 'SIGTERM');
        kill = setTimeout(() => signalGroup(child, 'SIGKILL'), graceMs);
      };
      const deadline = setTimeout(end, timeoutMs);
      signal?.addEventListener('abort', end, { once: true });
      const tidy = (): void => {
        clearTimeout(deadline);
        clearTimeout(kill);
        signal?.removeEventListener('abort', end);
      };
      child.on('error', (error) => {
        tidy();
        reject(notStarted(program, error));
      });
      child.on('close', (exitCode) => {
        tidy();
        if (signal?.aborted === true) {
          const reason: unknown = signal.reason;
          reject(reason instanceof Error ? reason : new Error(String(reason)));
          return;
        }
        const text = (chunks: readonly Buffer[]): string => Buffer.concat(chunks).toString('utf8');
        resolve({ exitCode, stdout: text(stdout), stderr: text(stderr) });
      });
    }),
});

/** With this process's own environment. */
export const processExec: Exec = execIn(process.env);

/**
 * The program and what it started: docker hands a build to its plugin buildx, and would not tell it to end. A group
 * that has ended is none.
 */
function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    child.kill(signal);
  }
}

const notStarted = (program: string, error: Error): PreconditionError =>
  new PreconditionError(
    `the program ${program} cannot be started: ${error.message}`,
    `Install ${program} on the runner, in a step before this one, and see that it is on PATH.`,
    { cause: error },
  );

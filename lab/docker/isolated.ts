import { spawn } from 'node:child_process';
import { mkdirSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A daemon that runs apart from the machine's own. */
export interface Daemon {
  readonly socket: string;
  /** Ends it, and whatever it has started and mounted. */
  stop(): Promise<void>;
}

export interface DaemonOptions {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Its own, removed when it is stopped. */
  readonly folder: string;
  readonly socket: string;
  readonly isReady: () => Promise<boolean>;
}

/**
 * Starts a daemon in a process namespace and a mount namespace of its own: what it starts ends with it, and its mounts
 * are nobody else's and go with them. When this process is killed, the kernel ends all of it.
 */
export async function startIsolated(options: DaemonOptions): Promise<Daemon> {
  const { file, args, env, folder, socket, isReady } = options;
  mkdirSync(folder, { recursive: true });
  const log = openSync(join(folder, 'log'), 'a');
  const dies = ['--pdeathsig', 'KILL'];
  const apart = ['unshare', '--mount', '--pid', '--fork', '--kill-child=KILL', '--mount-proc'];
  const child = spawn('setpriv', [...dies, ...apart, file, ...args], { env, stdio: ['ignore', log, log] });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  const until = Date.now() + 30_000;
  while (!(await isReady())) {
    if (child.exitCode !== null || child.signalCode !== null || Date.now() > until) {
      child.kill('SIGKILL');
      throw new Error(`${file} did not start: see ${join(folder, 'log')}`);
    }
    await sleep(50);
  }
  return { socket, stop };
}

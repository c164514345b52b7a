import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { lab, namespace } from '../test/e2e/harness.ts';

export interface Rollback {
  /** Reads what a monitor knows by the time that it decides. */
  prepare(): Promise<void>;
  /** @returns milliseconds from the decision to the proof in every proxy */
  back(): Promise<number>;
  close(): void;
}

/**
 * The way back of a process that is signed in already, as a monitor is. In a process of its own: this one reads the
 * answers of the load, five times a second, and a monitor does not.
 */
export function openRollback(service: string): Rollback {
  const program = join(import.meta.dirname, 'rollbackProcess.ts');
  const child = fork(program, [lab.kubeconfig, lab.context, namespace, service]);
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the process that goes back ended with ${String(code)}`);
  });
  ended.catch(() => undefined);
  const ask = async (what: 'prepare' | 'back'): Promise<unknown> => {
    const answer = once(child, 'message');
    child.send(what);
    const [told] = (await Promise.race([answer, ended])) as readonly unknown[];
    return told;
  };
  return {
    async prepare() {
      await ask('prepare');
    },
    back: async () => Number(await ask('back')),
    close: () => child.disconnect(),
  };
}

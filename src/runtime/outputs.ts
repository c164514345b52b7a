import { appendFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import type { Log } from './log.ts';

/** Outputs of a step, for later steps. Never a secret. */
export interface Outputs {
  set(name: string, value: string | number | boolean): void;
}

/**
 * Into the file that GitHub names; at a terminal, lines of the log. Written at once, so that a step that fails or
 * is killed later has told what it knew. (Written here and not by @actions/core: its import alone costs a switch.)
 * Source: GitHub docs, "Workflow commands", multiline strings.
 */
export function fileOutputs(file: string | undefined, log: Log): Outputs {
  return {
    set(name, value) {
      const text = String(value);
      if (file === undefined || file === '') {
        log.info(`output ${name}: ${text}`);
        return;
      }
      // A delimiter that no value can guess, or a value could set other outputs.
      const delimiter = `ghadelimiter_${randomUUID()}`;
      appendFileSync(file, `${name}<<${delimiter}\n${text}\n${delimiter}\n`);
    },
  };
}

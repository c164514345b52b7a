import { createHash, randomUUID } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { isRunning, startOf } from '../../runtime/isRunning.ts';
import type { Run } from '../../runtime/run.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** A process that holds leases. */
export interface Holder {
  readonly identity: string;
  readonly title: string;
  /** How this machine finds the process again: `<place>/<pid>/<start>`. Empty where that cannot be known. */
  readonly process: string;
  /** Whether a process of this very place has certainly ended: a step that was killed leaves its lease behind. */
  hasEnded(process: string): boolean;
}

export function thisHolder(action: string, run: Run, env: Env): Holder {
  const place = placeOf(env);
  const start = startOf(process.pid);
  return {
    identity: `${action}_${hostname()}_${randomUUID()}`,
    title: `${action} of ${run.url ?? hostname()}, by ${run.actor ?? 'nobody named'}`,
    process: place === null || start === null ? '' : `${place}/${String(process.pid)}/${start}`,
    hasEnded(other) {
      const [, otherPlace, pid, otherStart = null] = /^([0-9a-f]+)\/(\d+)\/(\d+)$/.exec(other) ?? [];
      if (place === null || otherPlace !== place) return false;
      return !isRunning(Number(pid), otherStart);
    },
  };
}

/**
 * One boot of one machine, one pid namespace, one job: only there a pid means the same process. The job, because
 * machines restored from one snapshot believe to be the same.
 */
function placeOf(env: Env): string | null {
  try {
    const parts = [
      readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
      readlinkSync('/proc/self/ns/pid'),
      hostname(),
      ...['GITHUB_RUN_ID', 'GITHUB_RUN_ATTEMPT', 'GITHUB_JOB', 'RUNNER_NAME'].map((name) => env[name] ?? ''),
    ];
    return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 16);
  } catch {
    // Not Linux: then a lease that was left behind is waited for.
    return null;
  }
}

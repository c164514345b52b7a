import { createHash, randomUUID } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
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
  const own = statOf(process.pid);
  return {
    identity: `${action}_${hostname()}_${randomUUID()}`,
    title: `${action} of ${run.url ?? hostname()}, by ${run.actor ?? 'nobody named'}`,
    process: place === null || own === null ? '' : `${place}/${String(process.pid)}/${own.start}`,
    hasEnded(other) {
      const [, otherPlace, pid, start] = /^([0-9a-f]+)\/(\d+)\/(\d+)$/.exec(other) ?? [];
      if (place === null || otherPlace !== place) return false;
      return !isRunning(Number(pid), start ?? '');
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

function isRunning(pid: number, start: string): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it is there, and somebody else's.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
  const stat = statOf(pid);
  return stat === null || (stat.start === start && !'ZX'.includes(stat.state));
}

/** proc(5): the command may hold anything, so what counts is what follows its last bracket. */
function statOf(pid: number): { readonly state: string; readonly start: string } | null {
  try {
    const text = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const [state, start] = [fields[0], fields[19]];
    return state === undefined || start === undefined ? null : { state, start };
  } catch {
    return null;
  }
}

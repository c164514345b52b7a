import { readFileSync } from 'node:fs';

/** Where Linux tells of its processes. Elsewhere there is none, and a process is known by its number alone. */
const system = '/proc';

/**
 * Whether a process of this machine (of this pid namespace) runs. In doubt it does: nothing of somebody who may be at
 * work is taken away.
 * @param start as `startOf` told it of that process: its number may have been given to another one since. null: not known
 */
export function isRunning(pid: number, start: string | null, proc = system): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it is there, and somebody else's.
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const stat = statOf(pid, proc);
  // A zombie is there until its parent has asked for it, and does nothing any more.
  return stat === null || (!'ZX'.includes(stat.state) && (start === null || stat.start === start));
}

/** When a process was started, in clock ticks since the machine was; null where that cannot be known. */
export const startOf = (pid: number, proc = system): string | null => statOf(pid, proc)?.start ?? null;

/** proc(5): the command may hold anything, so what counts is what follows its last bracket. */
function statOf(pid: number, proc: string): { readonly state: string; readonly start: string } | null {
  try {
    const text = readFileSync(`${proc}/${String(pid)}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const [state, start] = [fields[0], fields[19]];
    return state === undefined || start === undefined ? null : { state, start };
  } catch {
    return null;
  }
}

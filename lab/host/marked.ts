import { readdirSync, readFileSync } from 'node:fs';
import { statOf, type ProcessIdentity } from './identity.ts';

/**
 * Every process of a lab carries this variable, set to its checkout's state folder, and hands
 * it on to its children (containerd's shims too). So a lab's processes are found even when
 * `up` was killed between a start and its note of it, and nobody else's ever are.
 */
export const markerVariable = 'C4ANG_LAB_STATE';

/** Whether an environment block (NUL-separated, as in /proc/PID/environ) carries the mark. */
export function carriesMark(environ: string, stateDir: string): boolean {
  return environ.split('\0').includes(`${markerVariable}=${stateDir}`);
}

/** The processes of the lab whose state lies in `stateDir`, this process excepted. */
export function markedProcesses(stateDir: string): ProcessIdentity[] {
  const found: ProcessIdentity[] = [];
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    try {
      if (!carriesMark(readFileSync(`/proc/${entry}/environ`, 'utf8'), stateDir)) continue;
    } catch {
      continue; // ended meanwhile
    }
    const stat = statOf(pid);
    if (stat !== undefined && stat.state !== 'Z') found.push({ pid, startTicks: stat.startTicks });
  }
  return found;
}

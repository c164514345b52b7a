import { readFileSync } from 'node:fs';

/**
 * Memory of a process in bytes: its proportional set size, in which a page shared by n
 * processes counts 1/n to each, so that sums are true. 0 when the process is gone.
 */
export function residentBytes(pid: number): number {
  try {
    const rollup = readFileSync(`/proc/${String(pid)}/smaps_rollup`, 'utf8');
    return Number(/^Pss:\s+(\d+) kB$/m.exec(rollup)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

import { readFileSync } from 'node:fs';
import { exec } from './exec.ts';

/** The mount points in /proc/self/mountinfo below any of the folders, deepest first. */
export function mountsBelow(mountinfo: string, folders: readonly string[]): string[] {
  return mountinfo
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .map((field) =>
      field.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8))),
    )
    .filter((point) => folders.some((folder) => point === folder || point.startsWith(`${folder}/`)))
    .reverse();
}

/** Unmounts everything below the folders. Mounts can lie on one another: until none is left. */
export async function unmountBelow(folders: readonly string[]): Promise<void> {
  for (let round = 0; round < 5; round += 1) {
    const points = mountsBelow(readFileSync('/proc/self/mountinfo', 'utf8'), folders);
    if (points.length === 0) return;
    for (const point of points) await exec('umount', ['--lazy', point]).catch(() => undefined);
  }
}

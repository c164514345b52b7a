import { join } from 'node:path';
import type { LabImage } from '../build/images.ts';
import { exec } from '../host/exec.ts';
import { runPaths } from '../layout.ts';
import type { PartContext } from './part.ts';

/** The images that containerd has: reference → digest. `ctr images ls` prints a table. */
export function parseImageList(table: string): Map<string, string> {
  const rows = table
    .split('\n')
    .slice(1)
    .map((line) => line.split(/\s+/));
  return new Map(
    rows.flatMap(([reference, , digest]) =>
      reference === undefined || digest === undefined ? [] : [[reference, digest]],
    ),
  );
}

/** Imports the images that containerd lacks or has with another content. */
export async function importImages({ artifacts, env }: PartContext): Promise<void> {
  const ctr = (...args: string[]): Promise<{ stdout: string }> =>
    exec(
      join(artifacts.debian, 'bin/ctr'),
      ['--address', runPaths.containerdSocket, '--namespace', 'k8s.io', 'images', ...args],
      { env },
    );
  const present = parseImageList((await ctr('ls')).stdout);
  const isMissing = (image: LabImage): boolean => present.get(image.reference) !== image.digest;
  await Promise.all(artifacts.images.filter(isMissing).map(({ archive }) => ctr('import', archive)));
}

import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What dist was built from, as one hash: a stale dist is seen in milliseconds, without a build.
 * (CI also builds, and compares the result byte for byte.)
 */
export function sourcesHash(root: string): string {
  const files = [
    'package-lock.json',
    'tsconfig.json',
    'tsconfig.build.json',
    'scripts/build.ts',
    'scripts/cli-entry.js',
    ...globSync('src/**/*.ts', { cwd: root }),
  ].sort();
  const hash = createHash('sha256');
  for (const file of files)
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(root, file)))
      .update('\0');
  return hash.digest('hex');
}

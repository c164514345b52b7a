// Tags what `npm run publish:tree` wrote, in the repository it is run in; pushes nothing.
//   npm run tag:release -- [FOLDER]     lib/published when none is given
// Prints the tags, one a line: vX.Y.Z, and the moving vX.
import { join, resolve } from 'node:path';
import { tagRelease } from './release-tags.ts';

const root = join(import.meta.dirname, '..');
try {
  console.log(tagRelease(root, resolve(process.argv[2] ?? join(root, 'lib', 'published'))).join('\n'));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

// Builds the tree that a release tags, from the dist/ that is there.
//   npm run publish:tree -- [FOLDER]     lib/published when none is given
import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { publishTree } from './published-tree.ts';

const root = join(import.meta.dirname, '..');
const out = resolve(process.argv[2] ?? join(root, 'lib', 'published'));
try {
  const files = publishTree(root, out);
  const bytes = files.reduce((sum, file) => sum + statSync(join(out, file)).size, 0);
  console.log(`${out}: ${String(files.length)} files, ${(bytes / 1_048_576).toFixed(2)} MB`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

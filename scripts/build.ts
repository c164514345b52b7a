// Builds dist/: one bundle that all actions share, and a thin entry for each.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { minify } from 'terser';
import { sourcesHash } from './sources-hash.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');
const bin = (name: string): string => join(root, 'node_modules', '.bin', name);

/** Runs a program of node_modules; what it says is seen, and when it fails the build ends there. */
function node(...argv: readonly string[]): void {
  const { status } = spawnSync(process.execPath, argv, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) process.exit(1);
}

// ncc cannot read TypeScript by itself any more: plain JavaScript first, in a folder of its own.
rmSync(join(root, 'lib'), { recursive: true, force: true });
node(bin('tsc'), '-p', 'tsconfig.build.json');
writeFileSync(join(root, 'lib', 'package.json'), '{ "type": "module" }\n');

// Built aside and then put in place, so that a build that fails leaves the old dist whole.
const fresh = mkdtempSync(join(root, 'lib', 'dist-'));
node(bin('ncc'), 'build', 'lib/entry.js', '--out', fresh, '--license', 'licenses.txt', '--quiet');

// ncc's own --minify stops at the first file, and most of the code is in the others. Names stay: errors
// show theirs, and a stack trace is all that a report of a defect has.
for (const file of readdirSync(fresh).filter((name) => name.endsWith('.js'))) {
  const path = join(fresh, file);
  const { code = '' } = await minify(readFileSync(path, 'utf8'), {
    module: true,
    keep_classnames: true,
    keep_fnames: true,
  });
  writeFileSync(path, code);
}

// Each action has a folder of its own; a release in one step, the action at the top, is made of four of them.
const places = [...readdirSync(join(root, 'src', 'actions')).map((name) => join('actions', name)), 'release'];
for (const place of places.sort()) {
  const name = basename(place);
  writeFileSync(
    join(fresh, `${name}.js`),
    `import { start } from './index.js';\n\nawait start('${name}');\n`,
  );
  if (!existsSync(join(root, 'src', place, 'post.ts'))) continue;
  writeFileSync(
    join(fresh, `${name}-post.js`),
    `import { startPost } from './index.js';\n\nawait startPost('${name}');\n`,
  );
}
writeFileSync(join(fresh, 'cli.js'), readFileSync(join(root, 'scripts', 'cli-entry.js')));
chmodSync(join(fresh, 'cli.js'), 0o755);
writeFileSync(join(fresh, 'sources.sha256'), `${sourcesHash(root)}\n`);

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist);
cpSync(fresh, dist, { recursive: true });

for (const file of readdirSync(dist).sort()) {
  console.log(`${String(Math.ceil(statSync(join(dist, file)).size / 1024)).padStart(6)} KiB  dist/${file}`);
}
console.log(`dist is built from sources ${readFileSync(join(dist, 'sources.sha256'), 'utf8').slice(0, 12)}`);

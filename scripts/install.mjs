// Runs `npm ci` when node_modules is missing or older than the lockfile says; otherwise costs a hash.
// Plain JavaScript for Node ≥ 20: it runs before Node 24 (a devDependency) is there.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const root = new URL('..', import.meta.url);
const stamp = new URL('node_modules/.installed', root);
const wanted = createHash('sha256')
  .update(readFileSync(new URL('package-lock.json', root)))
  .digest('hex');
const installed = existsSync(stamp) ? readFileSync(stamp, 'utf8') : '';

if (installed !== wanted) {
  console.log('node_modules is missing or stale: npm ci');
  const { status } = spawnSync('npm', ['ci', '--no-fund', '--no-audit'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) {
    console.error(
      'npm ci failed: see above. Needed: Node 20 or newer, npm, and the npm registry within reach.',
    );
    process.exit(1);
  }
  // Written last, so that an install that was killed half way is done again.
  writeFileSync(stamp, wanted);
}

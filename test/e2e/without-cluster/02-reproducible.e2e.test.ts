import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { exec } from '../../../lab/host/exec.ts';
import { filesBelow } from '../../../scripts/published-tree.ts';
import { sourcesHash } from '../../../scripts/sources-hash.ts';

const minutes = 60_000;
const root = join(import.meta.dirname, '..', '..', '..');
mkdirSync(join(root, '.lab'), { recursive: true });
// On the checkout's own disk: the packages are hard links.
const place = mkdtempSync(join(root, '.lab', 'reproducible-'));
afterAll(() => rmSync(place, { recursive: true, force: true }));

/** Builds in a checkout of another name. @returns the folder of what was built */
async function build(name: string): Promise<string> {
  const checkout = join(place, name);
  mkdirSync(checkout);
  for (const path of ['src', 'scripts', 'package.json', 'package-lock.json']) {
    cpSync(join(root, path), join(checkout, path), { recursive: true });
  }
  for (const path of ['tsconfig.json', 'tsconfig.build.json']) cpSync(join(root, path), join(checkout, path));
  await exec('cp', ['-al', join(root, 'node_modules'), checkout]);
  await exec(process.execPath, [join(checkout, 'scripts', 'build.ts')], {
    cwd: checkout,
    timeoutMs: 5 * minutes,
  });
  return join(checkout, 'dist');
}

/** What is committed was built in another checkout at another time; while sources differ from it, one more is built. */
async function builtBefore(): Promise<string> {
  const dist = join(root, 'dist');
  const isFresh = readFileSync(join(dist, 'sources.sha256'), 'utf8').trim() === sourcesHash(root);
  return isFresh ? dist : build('one');
}

test(
  'dist is the same byte for byte, whenever and wherever it is built',
  async () => {
    const [one, other] = await Promise.all([builtBefore(), build('a-longer-name')]);
    const files = filesBelow(one);
    expect(files).toContain('index.js');
    expect(filesBelow(other)).toEqual(files);
    const differing = files.filter(
      (file) => !readFileSync(join(one, file)).equals(readFileSync(join(other, file))),
    );
    expect(differing).toEqual([]);
  },
  12 * minutes,
);

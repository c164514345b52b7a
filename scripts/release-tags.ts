import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Makes the commit that users get: the published tree, and nothing else, with the commit that it was built from as its
 * parent. It is on no branch; `vX.Y.Z` leads to it, and `vX` while no newer version of that major is tagged.
 * @returns the tags that lead to it now
 * @throws Error when the version is tagged already: a tag that people use is never moved, except the major's
 */
export function tagRelease(repository: string, tree: string): readonly string[] {
  const { version } = JSON.parse(readFileSync(join(tree, 'package.json'), 'utf8')) as {
    readonly version: string;
  };
  const tag = `v${version}`;
  const git = (argv: readonly string[], env: NodeJS.ProcessEnv = {}): string =>
    execFileSync('git', argv, { cwd: repository, encoding: 'utf8', env: { ...process.env, ...env } }).trim();
  const released = git(['tag', '--list', 'v*']).split('\n');
  if (released.includes(tag))
    throw new Error(`${tag} is released already: let npm run next:version make a new one`);

  const place = mkdtempSync(join(tmpdir(), 'c4ang-index-'));
  try {
    const index = { GIT_INDEX_FILE: join(place, 'index') };
    // By force: what .gitignore says about a checkout does not hold for what is shipped.
    git(['--work-tree', tree, 'add', '--all', '--force', '.'], index);
    const written = git(['write-tree'], index);
    const commit = git(['commit-tree', written, '-p', 'HEAD', '-m', tag]);
    git(['tag', tag, commit]);
    const major = `v${version.split('.')[0] ?? ''}`;
    if (version.includes('-') || released.some((other) => isNewer(other, tag))) return [tag];
    git(['tag', '--force', major, commit]);
    return [tag, major];
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/** Of one major: whether a released version comes after another. What is no whole version is none. */
function isNewer(tag: string, than: string): boolean {
  const [one, other] = [numbersOf(tag), numbersOf(than)];
  if (one === null || other === null) return false;
  if (one[0] !== other[0]) return false;
  return one[1] > other[1] || (one[1] === other[1] && one[2] > other[2]);
}

function numbersOf(tag: string): readonly [number, number, number] | null {
  const [, major, minor, patch] = /^v(\d+)\.(\d+)\.(\d+)$/.exec(tag) ?? [];
  return major === undefined ? null : [Number(major), Number(minor), Number(patch)];
}

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from '@jest/globals';
import { tagRelease } from '../../scripts/release-tags.ts';

const place = mkdtempSync(join(tmpdir(), 'c4ang-tags-'));
const repository = join(place, 'repository');
const tree = join(place, 'tree');
afterAll(() => rmSync(place, { recursive: true, force: true }));

const git = (...argv: readonly string[]): string =>
  execFileSync('git', argv, { cwd: repository, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();

/** The tree of a version, as publish:tree would have written it. */
function built(version: string): string {
  rmSync(tree, { recursive: true, force: true });
  mkdirSync(join(tree, 'dist'), { recursive: true });
  writeFileSync(join(tree, 'package.json'), JSON.stringify({ version }));
  writeFileSync(join(tree, 'dist', 'index.js'), `// ${version}\n`);
  return tree;
}

beforeEach(() => {
  rmSync(repository, { recursive: true, force: true });
  mkdirSync(repository, { recursive: true });
  git('init', '--quiet', '--initial-branch', 'main');
  git('config', 'user.name', 'kim');
  git('config', 'user.email', 'kim@example.com');
  writeFileSync(join(repository, 'source.ts'), 'source\n');
  writeFileSync(join(repository, '.gitignore'), 'dist/\n');
  git('add', '--all');
  git('commit', '--quiet', '--message', 'sources');
});

test('the tag holds the published tree and nothing else, and tells what it was built from', () => {
  expect(tagRelease(repository, built('1.2.0'))).toEqual(['v1.2.0', 'v1']);
  expect(git('ls-tree', '-r', '--name-only', 'v1.2.0').split('\n')).toEqual([
    'dist/index.js',
    'package.json',
  ]);
  expect(git('rev-parse', 'v1.2.0^')).toBe(git('rev-parse', 'main'));
  expect(git('rev-parse', 'v1')).toBe(git('rev-parse', 'v1.2.0'));
});

test('the checkout stays as it is', () => {
  tagRelease(repository, built('1.2.0'));
  expect(git('status', '--porcelain')).toBe('');
  expect(git('rev-parse', '--abbrev-ref', 'HEAD')).toBe('main');
});

test('the moving tag goes forward, and never back', () => {
  tagRelease(repository, built('1.9.0'));
  expect(tagRelease(repository, built('1.10.0'))).toEqual(['v1.10.0', 'v1']);
  expect(tagRelease(repository, built('1.9.1'))).toEqual(['v1.9.1']);
  expect(git('rev-parse', 'v1')).toBe(git('rev-parse', 'v1.10.0'));
  expect(tagRelease(repository, built('2.0.0'))).toEqual(['v2.0.0', 'v2']);
  expect(tagRelease(repository, built('2.1.0-next.0'))).toEqual(['v2.1.0-next.0']);
});

test('a version that is released already is refused', () => {
  tagRelease(repository, built('1.2.0'));
  const before = git('rev-parse', 'v1.2.0');
  expect(() => tagRelease(repository, built('1.2.0'))).toThrow('v1.2.0 is released already');
  expect(git('rev-parse', 'v1.2.0')).toBe(before);
});

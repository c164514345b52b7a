import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { withReleased } from '../../scripts/released-changes.ts';

const root = join(import.meta.dirname, '..', '..');
const place = mkdtempSync(join(tmpdir(), 'c4ang-changes-'));
afterAll(() => rmSync(place, { recursive: true, force: true }));
const text = (path: string): string => readFileSync(join(place, path), 'utf8');

test('changesets make the next version and its changelog, with what was written by hand', () => {
  for (const path of ['.changeset', 'package.json'])
    cpSync(join(root, path), join(place, path), { recursive: true });
  for (const file of readdirSync(join(place, '.changeset')).filter((name) => name.endsWith('.md'))) {
    rmSync(join(place, '.changeset', file));
  }
  writeFileSync(
    join(place, '.changeset', 'a-thing.md'),
    "---\n'@c4ang/actions': minor\n---\n\nSomething that users notice.\n",
  );
  const { version } = JSON.parse(text('package.json')) as { readonly version: string };
  const before =
    '# Changelog\n\nAll notable changes to this project.\n\n## Unreleased\n\n### Added\n\n- By hand.\n\n## 0.0.9\n\n- Old.\n';
  writeFileSync(join(place, 'CHANGELOG.md'), before);
  symlinkSync(join(root, 'node_modules'), join(place, 'node_modules'));
  execFileSync('git', ['init', '--quiet', '--initial-branch', 'main'], { cwd: place });
  const program = join(root, 'node_modules', '@changesets', 'cli', 'bin.js');
  execFileSync(process.execPath, [program, 'version'], { cwd: place, stdio: 'pipe' });

  const [major, minor] = version.split('.').map(Number);
  const next = `${String(major)}.${String((minor ?? 0) + 1)}.0`;
  expect(JSON.parse(text('package.json'))).toMatchObject({ version: next });
  expect(withReleased(text('CHANGELOG.md'))).toBe(
    `# Changelog\n\nAll notable changes to this project.\n\n## ${next}\n\n### Minor Changes\n\n- Something that users notice.\n\n### Added\n\n- By hand.\n\n## 0.0.9\n\n- Old.\n`,
  );
}, 30_000);

test('without anything unreleased the changelog stays as it is', () => {
  const changelog = '# Changelog\n\n## 1.0.0\n\n- New.\n\n## 0.9.0\n\n- Old.\n';
  expect(withReleased(changelog)).toBe(changelog);
});

import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';

// .ci/run with other programs under the names of those that it runs: what it makes of what they say.

const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'c4ang-ci-'));
afterAll(() => rmSync(folder, { recursive: true }));

const passing = "echo 'Tests:       2 passed, 2 total'";
const calls = join(folder, 'calls');

/** A command of npm, as it stands after its name, and what a shell does in its place. */
type Instead = Readonly<Record<string, string>>;

function ciRun(instead: Instead): { status: number | null; last: string | undefined; asked: string[] } {
  const cases = Object.entries({ test: passing, 'run properties': passing, 'run e2e': passing, ...instead });
  const npm = cases.map(([asked, script]) => `  '${asked}') ${script} ;;`).join('\n');
  const programs = {
    npm: `echo "$*" >> '${calls}'\ncase "$*" in\n${npm}\nesac\n`,
    node: '',
    git: '',
  };
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}`);
    chmodSync(join(folder, name), 0o755);
  }
  writeFileSync(calls, '');
  const { status, stdout } = spawnSync('bash', [join(root, '.ci/run')], {
    env: { PATH: `${folder}:/usr/bin:/bin`, TMPDIR: folder },
    encoding: 'utf8',
  });
  return {
    status,
    last: stdout.trimEnd().split('\n').at(-1),
    asked: readFileSync(calls, 'utf8').trimEnd().split('\n'),
  };
}

const down = 'run --silent lab:run -- down --any';

test('CI runs what there is, with the lab down before and after, and counts what passed', () => {
  const build = 'run --silent build';
  expect(ciRun({})).toEqual({
    status: 0,
    last: '6 passed, 0 failed',
    asked: [down, 'test', 'run properties', build, 'run e2e', down],
  });
});

test('a failed test makes it red, whatever passes after it', () => {
  const failing = "echo 'Tests:       1 failed, 1 passed, 2 total'; exit 1";
  expect(ciRun({ test: failing })).toMatchObject({ status: 1, last: '5 passed, 1 failed' });
  expect(ciRun({ 'run e2e': failing })).toMatchObject({ status: 1, last: '5 passed, 1 failed' });
});

test.each([
  ['a check that fails without a test', { test: 'exit 1' }, '4 passed, 1 failed'],
  ['a dist/ that does not build', { 'run --silent build': 'exit 1' }, '6 passed, 1 failed'],
  ['a lab that stays up', { [down]: 'exit 1' }, '6 passed, 1 failed'],
  ['no test at all', { test: 'true', 'run properties': 'true', 'run e2e': 'true' }, '0 passed, 0 failed'],
])('%s makes it red', (_, instead, last) => {
  expect(ciRun(instead)).toMatchObject({ status: 1, last });
});

test('stopped, it takes the lab down and is not green', () => {
  const { status, asked } = ciRun({ 'run properties': 'kill -TERM $PPID' });
  expect(status).toBe(130);
  expect(asked).toEqual([down, 'test', 'run properties', down]);
});

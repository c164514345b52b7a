import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

const module = join(import.meta.dirname, '..', '..', 'src', 'runtime', 'endSoon.ts');

const run = (rest: string) =>
  spawnSync(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `import { endSoon } from '${module}'; process.exitCode = 3; endSoon(50); ${rest}`,
    ],
    { encoding: 'utf8', timeout: 30_000 },
  );

test('a process with something left open ends all the same, with its exit code, and says so', () => {
  const { status, stderr } = run('setInterval(() => undefined, 1_000);');
  expect(status).toBe(3);
  expect(stderr).toContain('something was left open');
});

test('a process that ends by itself does not wait for it', () => {
  const { status, stderr } = run('');
  expect(status).toBe(3);
  expect(stderr).not.toContain('left open');
});

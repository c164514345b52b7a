import { expect, test } from '@jest/globals';
import { withoutCredentials, withoutInputs } from '../../src/tools/environment.ts';
import { execIn } from '../../src/tools/exec.ts';

const step = {
  PATH: process.env['PATH'],
  HOME: '/home/runner',
  LC_ALL: 'C.UTF-8',
  HTTPS_PROXY: 'http://proxy.internal:3128',
  AWS_ACCESS_KEY_ID: 'key',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_SESSION_TOKEN: 'token',
  GITHUB_TOKEN: 'token',
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'token',
  ACTIONS_RUNTIME_TOKEN: 'token',
  'INPUT_REGISTRY-PASSWORD': 'password',
  SOMEBODYS_OWN: 'secret',
};

test('a scanner gets a path and a proxy, and none of the secrets of the step', async () => {
  const { stdout } = await execIn(withoutCredentials(step)).run(['env'], { timeoutMs: 5_000 });
  const names = stdout.split('\n').flatMap((line) => (line === '' ? [] : [line.split('=')[0]]));
  expect(names.sort()).toEqual(['HOME', 'HTTPS_PROXY', 'LC_ALL', 'PATH']);
});

test('what a program is given for this run comes on top', async () => {
  const exec = execIn(withoutCredentials(step));
  const { stdout } = await exec.run(['env'], { timeoutMs: 5_000, env: { GRYPE_DB_AUTO_UPDATE: 'false' } });
  expect(stdout).toContain('GRYPE_DB_AUTO_UPDATE=false');
});

test('no program gets the inputs of the step', () => {
  expect(Object.keys(withoutInputs(step))).toContain('AWS_SESSION_TOKEN');
  expect(Object.keys(withoutInputs(step))).not.toContain('INPUT_REGISTRY-PASSWORD');
});

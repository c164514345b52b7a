import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { makeWorkFolder, resultFiles } from '../../src/image/workFolder.ts';
import { removeLeftFolders } from '../../src/runtime/ownFolders.ts';

let env: { readonly RUNNER_TEMP: string };
beforeEach(() => {
  env = { RUNNER_TEMP: mkdtempSync(join(tmpdir(), 'work-folder-')) };
});
afterEach(() => rmSync(env.RUNNER_TEMP, { recursive: true, force: true }));

test('secrets are in files that only this user can read, and go with the folder', async () => {
  const work = await makeWorkFolder(env);
  const secrets = await work.secrets({ token: 's3cret' });
  const file = secrets[0]?.file ?? '';
  expect([statSync(dirname(file)).mode & 0o777, statSync(file).mode & 0o777]).toEqual([0o700, 0o600]);
  expect([dirname(dirname(file)), readFileSync(file, 'utf8')]).toEqual([work.path, 's3cret']);
  await work.remove();
  expect(existsSync(work.path)).toBe(false);
});

test('results for later steps are not of the process, and stay', async () => {
  const result = await resultFiles(env).write('scan.sarif', '{}');
  const unexpected = (line: string): never => {
    throw new Error(line);
  };
  await removeLeftFolders(env, { info: unexpected, warning: unexpected });
  expect(readFileSync(result, 'utf8')).toBe('{}');
});

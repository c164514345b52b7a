import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { makeOwnFolder, removeLeftFolders, temporary } from '../../src/runtime/ownFolders.ts';

let env: { readonly RUNNER_TEMP: string };
let lines: string[] = [];
const say = (line: string): void => void lines.push(line);
const log = { info: say, warning: say };

beforeEach(() => {
  env = { RUNNER_TEMP: mkdtempSync(join(tmpdir(), 'own-folders-')) };
  lines = [];
});
afterEach(() => rmSync(env.RUNNER_TEMP, { recursive: true, force: true }));

const there = (): string[] => readdirSync(env.RUNNER_TEMP).toSorted();
const make = (...names: readonly string[]): void => {
  for (const name of names) mkdirSync(join(env.RUNNER_TEMP, name));
};
const removed = (name: string): string =>
  `removed ${join(env.RUNNER_TEMP, name)}, which a step that was killed had left`;

/** The number of a process that has ended. */
const ended = (): string => String(spawnSync(process.execPath, ['--version']).pid);
const own = String(process.pid);

test('a folder is this user’s alone, and its name has the process and its start', async () => {
  const path = await makeOwnFolder('build-scan-push', env);
  expect(statSync(path).mode & 0o777).toBe(0o700);
  expect(basename(path)).toMatch(new RegExp(`^build-scan-push-${own}-\\d+-[A-Za-z0-9]{6}$`));
  expect([temporary({}), temporary({ RUNNER_TEMP: '' })]).toEqual([tmpdir(), tmpdir()]);
});

test('what a killed process has left, secrets and all, is gone with the next start', async () => {
  const pid = ended();
  const left = [`build-scan-push-${pid}-4711-aB3dE6`, `build-scan-push-${pid}-aB3dE6`];
  make(...left, `c4ang-kubeconfig-${pid}-4711-aB3dE6`);
  mkdirSync(join(env.RUNNER_TEMP, left[0] ?? '', 'secrets'));
  writeFileSync(join(env.RUNNER_TEMP, left[0] ?? '', 'secrets', 'token'), 's3cret', { mode: 0o600 });
  await removeLeftFolders(env, log);
  expect(there()).toEqual([]);
  expect(lines.toSorted()).toEqual([...left, `c4ang-kubeconfig-${pid}-4711-aB3dE6`].map(removed).toSorted());
});

test('a folder whose process number was given to another process is gone too; without a start it stays', async () => {
  const [again, unknown] = [`build-scan-push-${own}-1-aB3dE6`, `build-scan-push-${own}-aB3dE6`];
  make(again, unknown);
  await removeLeftFolders(env, log);
  expect(there()).toEqual([unknown]);
  expect(lines).toEqual([removed(again)]);
});

test('the folders of a process that runs stay, and whatever is of others', async () => {
  await makeOwnFolder('build-scan-push', env);
  await makeOwnFolder('c4ang-kubeconfig', env);
  const [pid, elsewhere] = [ended(), mkdtempSync(join(env.RUNNER_TEMP, 'elsewhere-'))];
  make(
    `other-${pid}-aB3dE6`,
    `c4ang-step-${pid}-aB3dE6`,
    `build-scan-push-${pid}`,
    `build-scan-push-${pid}-aB3dE6-more`,
    `build-scan-push-0-aB3dE6`,
    `build-scan-push-${'9'.repeat(30)}-aB3dE6`,
  );
  symlinkSync(elsewhere, join(env.RUNNER_TEMP, `build-scan-push-${pid}-aLinkx`));
  const before = there();
  await removeLeftFolders(env, log);
  expect(there()).toEqual(before);
  expect(lines).toEqual([]);
});

test('no temporary folder of the job, or one that is not there: nothing is removed, and nothing stops', async () => {
  await removeLeftFolders({}, log);
  await removeLeftFolders({ RUNNER_TEMP: join(env.RUNNER_TEMP, 'none') }, log);
  expect(lines).toEqual([]);
});

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { makeWorkFolder, removeLeftOver, resultFiles } from '../../src/image/workFolder.ts';

let env: { readonly RUNNER_TEMP: string };
let lines: string[] = [];
const say = (line: string): void => void lines.push(line);
const log = { info: say, warning: say };

beforeEach(() => {
  env = { RUNNER_TEMP: mkdtempSync(join(tmpdir(), 'work-folder-')) };
  lines = [];
});
afterEach(() => rmSync(env.RUNNER_TEMP, { recursive: true, force: true }));

/** The number of a process that has ended. */
const ended = (): string => String(spawnSync(process.execPath, ['--version']).pid);

test('what a killed process has left, secrets and all, is gone with the next start', async () => {
  const left = join(env.RUNNER_TEMP, `build-scan-push-${ended()}-aB3dE6`);
  mkdirSync(join(left, 'secrets'), { recursive: true });
  writeFileSync(join(left, 'secrets', 'token'), 's3cret', { mode: 0o600 });
  await removeLeftOver(env, log);
  expect(readdirSync(env.RUNNER_TEMP)).toEqual([]);
  expect(lines).toEqual([`removed ${left}, which a step that was killed had left`]);
});

test('a folder whose process number was given to another process is gone too; without a start it stays', async () => {
  const pid = String(process.pid);
  const [again, unknown] = [`build-scan-push-${pid}-1-aB3dE6`, `build-scan-push-${pid}-aB3dE6`];
  for (const name of [again, unknown]) mkdirSync(join(env.RUNNER_TEMP, name));
  const own = basename((await makeWorkFolder(env)).path);
  expect(own).toMatch(new RegExp(`^build-scan-push-${pid}-\\d+-[A-Za-z0-9]{6}$`));
  await removeLeftOver(env, log);
  expect(readdirSync(env.RUNNER_TEMP).toSorted()).toEqual([own, unknown].toSorted());
  expect(lines).toEqual([`removed ${join(env.RUNNER_TEMP, again)}, which a step that was killed had left`]);
});

test('the folder of a process that runs stays, as do results for later steps and whatever is of others', async () => {
  const work = await makeWorkFolder(env);
  const result = await resultFiles(env).write('scan.sarif', '{}');
  const [pid, elsewhere] = [ended(), mkdtempSync(join(env.RUNNER_TEMP, 'elsewhere-'))];
  const others = [
    `other-${pid}-aB3dE6`,
    `build-scan-push-${pid}`,
    `build-scan-push-${pid}-aB3dE6-more`,
    `build-scan-push-0-aB3dE6`,
    `build-scan-push-${'9'.repeat(30)}-aB3dE6`,
  ];
  for (const name of others) mkdirSync(join(env.RUNNER_TEMP, name));
  symlinkSync(elsewhere, join(env.RUNNER_TEMP, `build-scan-push-${pid}-aLinkx`));
  const before = readdirSync(env.RUNNER_TEMP);
  expect(before).toEqual(expect.arrayContaining([basename(work.path), basename(join(result, '..'))]));
  await removeLeftOver(env, log);
  expect(readdirSync(env.RUNNER_TEMP)).toEqual(before);
  expect(lines).toEqual([]);
});

test('no temporary folder of the job, or one that is not there: nothing is removed, and nothing stops', async () => {
  await removeLeftOver({}, log);
  await removeLeftOver({ RUNNER_TEMP: join(env.RUNNER_TEMP, 'none') }, log);
  expect(lines).toEqual([]);
});

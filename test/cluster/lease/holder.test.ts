import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { thisHolder } from '../../../src/cluster/lease/holder.ts';

const run = { url: null, actor: 'anna', sha: null, ref: null };
const place = (env: Readonly<Record<string, string>> = {}): string =>
  thisHolder('x', run, env).process.split('/')[0] ?? '';

test('a process that runs is not taken for dead, one that ended is', async () => {
  const me = thisHolder('switch-traffic', run, {});
  expect(me.hasEnded(me.process)).toBe(false);
  const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)']);
  await once(child, 'spawn');
  const start =
    readFileSync(`/proc/${String(child.pid)}/stat`, 'utf8')
      .split(') ')[1]
      ?.split(' ')[19] ?? '';
  const other = `${place()}/${String(child.pid)}/${start}`;
  expect(me.hasEnded(other)).toBe(false);
  // Its number was given to somebody else meanwhile.
  expect(me.hasEnded(`${place()}/${String(child.pid)}/1`)).toBe(true);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(me.hasEnded(other)).toBe(true);
});

test('of another machine or job nothing is known', () => {
  const me = thisHolder('switch-traffic', run, { GITHUB_RUN_ID: '7' });
  expect(me.hasEnded('0123456789abcdef/4194303/1')).toBe(false);
  expect(me.hasEnded(`${place()}/4194303/1`)).toBe(false);
  expect(me.hasEnded(`${place({ GITHUB_RUN_ID: '7' })}/4194303/1`)).toBe(true);
  expect(me.hasEnded('')).toBe(false);
});

test('the title says what, from where and by whom', () => {
  const url = 'https://github.com/c4ang/shop/actions/runs/7/attempts/1';
  expect(thisHolder('switch-traffic', { ...run, url }, {}).title).toBe(`switch-traffic of ${url}, by anna`);
});

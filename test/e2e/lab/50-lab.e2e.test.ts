import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kill } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { down } from '../../../lab/down.ts';
import { exec } from '../../../lab/host/exec.ts';
import { programOf } from '../../../lab/host/identity.ts';
import { markedProcesses } from '../../../lab/host/marked.ts';
import { readState } from '../../../lab/host/stateFile.ts';
import { here, layoutOf, runDir } from '../../../lab/layout.ts';
import { status } from '../../../lab/status.ts';
import { up } from '../../../lab/up.ts';
import { hostState } from './host.ts';
import type { HostState } from './host.ts';

// Takes the lab of this checkout down and up again: runs last.
const minutes = 60_000;
const quiet = { progress: { step: <T>(_: string, work: () => Promise<T>) => work(), note: () => undefined } };
let before: HostState;

const pids = (): Record<string, number> =>
  Object.fromEntries(Object.entries(readState(here.stateFile).parts).map(([part, { pid }]) => [part, pid]));

/** Whether every part and pod does its work. */
async function isWhole(): Promise<readonly string[]> {
  const rows = await status();
  return rows.filter(({ state }) => state === 'STOPPED' || state === 'UNKNOWN').map(({ part }) => part);
}

beforeAll(async () => {
  await down({ ...quiet, any: true });
  before = await hostState();
  await up(quiet);
}, 5 * minutes);

afterAll(() => down(quiet), 2 * minutes);

describe('the lab', () => {
  test(
    'is one lab when it is brought up twice',
    async () => {
      const first = pids();
      await up(quiet);
      expect(pids()).toEqual(first);
      expect(Object.keys(first).length).toBeGreaterThanOrEqual(10);
    },
    2 * minutes,
  );

  test('needs less than 3 GiB of memory', async () => {
    const whole = (await status()).find(({ part }) => part === 'whole lab')?.memory ?? '';
    expect(Number(whole.replace(' MB', ''))).toBeGreaterThan(300);
    expect(Number(whole.replace(' MB', ''))).toBeLessThan(3 * 1024);
  });

  test(
    'is not taken over by another checkout, which is told whose it is',
    async () => {
      const other = mkdtempSync(join(tmpdir(), 'c4ang-other-'));
      try {
        await expect(up({ ...quiet, layout: layoutOf(other) })).rejects.toThrow(here.checkout);
        await expect(down({ ...quiet, layout: layoutOf(other) })).rejects.toThrow(here.checkout);
        expect(await isWhole()).toEqual([]);
      } finally {
        rmSync(other, { recursive: true });
      }
    },
    2 * minutes,
  );

  test(
    'is repaired by up after a kill -9 of any of its parts',
    async () => {
      for (const [part, pid] of Object.entries(pids())) {
        kill(pid, 'SIGKILL');
        await sleep(200);
        await up(quiet);
        expect([part, await isWhole()]).toEqual([part, []]);
      }
    },
    10 * minutes,
  );

  test(
    'is repaired by up when its bridge is deleted and its state file lost',
    async () => {
      await exec('ip', ['link', 'delete', 'cni0']);
      rmSync(here.stateFile);
      await up(quiet);
      expect(await isWhole()).toEqual([]);
      expect(markedProcesses(here.state).filter(({ pid }) => programOf(pid)?.endsWith('/etcd'))).toHaveLength(
        1,
      );
    },
    5 * minutes,
  );

  test(
    'leaves nothing behind when it goes',
    async () => {
      await down(quiet);
      expect(await hostState()).toEqual(before);
      expect(existsSync(runDir)).toBe(false);
    },
    2 * minutes,
  );

  test(
    'leaves nothing behind when up was killed half way either',
    async () => {
      for (const ms of [600, 2_000, 5_000]) {
        const child = spawn(process.execPath, [join(here.checkout, 'lab', 'cli.ts'), 'up'], {
          stdio: 'ignore',
        });
        await sleep(ms);
        child.kill('SIGKILL');
        await down(quiet);
        expect(await hostState()).toEqual(before);
      }
    },
    3 * minutes,
  );
});

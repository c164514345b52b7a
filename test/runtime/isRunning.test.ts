import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from '@jest/globals';
import { isRunning, startOf } from '../../src/runtime/isRunning.ts';

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

async function started(
  program: string,
  ...argv: readonly string[]
): Promise<{ child: ChildProcess; pid: number }> {
  const child = spawn(program, argv, { stdio: ['ignore', 'pipe', 'ignore'] });
  children.push(child);
  await once(child, 'spawn');
  return { child, pid: child.pid ?? 0 };
}

/** As on a system that has no /proc. */
const none = join(tmpdir(), 'no-such-proc');

test('a process that runs does, by its start and without one; when it has ended, it does not', async () => {
  const { child, pid } = await started('sleep', '60');
  const start = startOf(pid);
  expect(start).toMatch(/^\d+$/);
  expect([isRunning(pid, start), isRunning(pid, null)]).toEqual([true, true]);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect([isRunning(pid, start), isRunning(pid, null), startOf(pid)]).toEqual([false, false, null]);
});

test('a number that was given to another process is told by the start', () => {
  expect(isRunning(process.pid, startOf(process.pid))).toBe(true);
  expect(isRunning(process.pid, '1')).toBe(false);
});

test('a zombie, whose parent has not asked for it, does not run', async () => {
  // The shell becomes a program that knows nothing of the child that the shell had started.
  const { child } = await started('sh', '-c', 'sleep 0.05 & echo $!; exec sleep 60');
  if (child.stdout === null) throw new Error('it has an output');
  const [text] = (await once(child.stdout, 'data')) as [Buffer];
  const zombie = Number(String(text));
  const isZombie = (): boolean => readFileSync(`/proc/${String(zombie)}/stat`, 'utf8').includes(' Z ');
  while (!isZombie()) await sleep(10);
  expect(process.kill(zombie, 0)).toBe(true);
  expect([isRunning(zombie, startOf(zombie)), isRunning(zombie, null)]).toEqual([false, false]);
});

test('without a readable /proc, signal 0 tells, and a start says nothing', () => {
  const { pid: ended } = spawnSync(process.execPath, ['--version']);
  expect(startOf(process.pid, none)).toBeNull();
  expect([isRunning(process.pid, '1', none), isRunning(ended, '1', none)]).toEqual([true, false]);
});

test('in doubt it runs: what /proc says is not understood, or a number that no process can have', () => {
  const proc = mkdtempSync(join(tmpdir(), 'proc-'));
  mkdirSync(join(proc, String(process.pid)));
  writeFileSync(join(proc, String(process.pid), 'stat'), '7 (node) S');
  expect(isRunning(process.pid, '1', proc)).toBe(true);
  rmSync(proc, { recursive: true });
  expect([isRunning(Number('9'.repeat(30)), null), isRunning(0, '1')]).toEqual([true, true]);
});

test('the name of a program confuses nothing', () => {
  const proc = mkdtempSync(join(tmpdir(), 'proc-'));
  mkdirSync(join(proc, String(process.pid)));
  const rest = Array.from({ length: 18 }, (_, index) => String(index)).join(' ');
  writeFileSync(join(proc, String(process.pid), 'stat'), `7 (a) Z 1 (b) S ${rest} 4711 0`);
  expect(startOf(process.pid, proc)).toBe('4711');
  expect([isRunning(process.pid, '4711', proc), isRunning(process.pid, '4712', proc)]).toEqual([true, false]);
  rmSync(proc, { recursive: true });
});

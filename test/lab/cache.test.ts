import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { cached, hashOf, verifySha256 } from '../../lab/build/cache.ts';
import { statOf } from '../../lab/host/identity.ts';
import { bootId, readState, recordPart, writeAtomically } from '../../lab/host/stateFile.ts';

let folder: string;
const before = process.env['XDG_CACHE_HOME'];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'c4ang-cache-'));
  process.env['XDG_CACHE_HOME'] = folder;
});
afterEach(() => {
  if (before === undefined) delete process.env['XDG_CACHE_HOME'];
  else process.env['XDG_CACHE_HOME'] = before;
  rmSync(folder, { recursive: true });
});

const entries = (): string[] => readdirSync(join(folder, 'c4ang-actions'));

describe('the cache', () => {
  test('makes a thing once', async () => {
    let made = 0;
    const make = (draft: string): Promise<void> => {
      made += 1;
      writeFileSync(join(draft, 'program'), 'x');
      return Promise.resolve();
    };
    const first = await cached('thing-1', make);
    expect(await cached('thing-1', make)).toBe(first);
    expect(readFileSync(join(first, 'program'), 'utf8')).toBe('x');
    expect(made).toBe(1);
  });

  test('keeps nothing of a build that failed', async () => {
    const failing = cached('thing-1', (draft) => {
      writeFileSync(join(draft, 'half'), 'x');
      return Promise.reject(new Error('no network'));
    });
    await expect(failing).rejects.toThrow('no network');
    expect(entries()).toEqual([]);
  });

  const root = (): string => join(folder, 'c4ang-actions');
  const ticksOf = (pid: number | undefined): string => String(statOf(pid ?? 0)?.startTicks);

  test('removes the draft of a build that was killed, not that of one at work', async () => {
    const ours = `thing-0.draft-${String(process.pid)}-${ticksOf(process.pid)}-bb`;
    // A number is given to another process some day.
    const later = `thing-0.draft-${String(process.pid)}-1-cc`;
    for (const draft of ['thing-0.draft-4194304-1-aa', ours, later]) {
      mkdirSync(join(root(), draft), { recursive: true });
    }
    await cached('thing-1', () => Promise.resolve());
    expect(entries().sort()).toEqual([ours, 'thing-1']);
  });

  test('waits for another process that makes the same thing, and takes what that one made', async () => {
    const other = spawn('sleep', ['60'], { stdio: 'ignore' });
    const draft = join(root(), `thing-1.draft-${String(other.pid)}-${ticksOf(other.pid)}-aa`);
    mkdirSync(draft, { recursive: true });
    const waiting = cached('thing-1', () => Promise.reject(new Error('made a second time')));
    renameSync(draft, join(root(), 'thing-1'));
    expect(await waiting).toBe(join(root(), 'thing-1'));
    other.kill('SIGKILL');
  });

  test('makes a thing itself when the process that was at it is killed', async () => {
    const other = spawn('sleep', ['60'], { stdio: 'ignore' });
    const draft = `thing-1.draft-${String(other.pid)}-${ticksOf(other.pid)}-aa`;
    mkdirSync(join(root(), draft), { recursive: true });
    const waiting = cached('thing-1', () => Promise.resolve());
    other.kill('SIGKILL');
    expect(await waiting).toBe(join(root(), 'thing-1'));
  });

  test('refuses a download that is not what versions.json says', async () => {
    const file = join(folder, 'download');
    writeFileSync(file, 'something else');
    await expect(verifySha256(file, '0'.repeat(64))).rejects.toThrow('lab/versions.json');
  });

  test('tells lists apart that join to the same text', () => {
    expect(hashOf('ab', 'c')).not.toBe(hashOf('a', 'bc'));
  });
});

describe('the state file', () => {
  const record = { pid: 1, startTicks: 2, fingerprint: 'f', startedAt: 'now', argv: ['etcd'] };

  test('remembers a part and forgets it', () => {
    const file = join(folder, 'state.json');
    recordPart(file, 'etcd', record);
    recordPart(file, 'kubelet', { ...record, pid: 3 });
    recordPart(file, 'etcd', undefined);
    expect(Object.keys(readState(file).parts)).toEqual(['kubelet']);
  });

  test.each([
    ['is missing', undefined],
    ['is cut short', '{"bootId": "x", "par'],
    ['is from before a reboot', JSON.stringify({ bootId: 'another', parts: { etcd: record } })],
  ])('says that nothing runs when it %s', (_, text) => {
    const file = join(folder, 'state.json');
    if (text !== undefined) writeAtomically(file, text);
    expect(readState(file)).toEqual({ bootId: bootId(), parts: {} });
    expect(existsSync(`${file}.${String(process.pid)}.tmp`)).toBe(false);
  });
});

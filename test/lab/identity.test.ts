import { describe, expect, test } from '@jest/globals';
import { isAlive, parseStat, programOf, statOf } from '../../lab/host/identity.ts';
import { carriesMark } from '../../lab/host/marked.ts';

const after = (state: string, start: number): string =>
  `${state} 1 ${'0 '.repeat(17)}${String(start)} 5000 300`;

describe('a process of the lab', () => {
  test('is read from /proc even when its name holds spaces and parentheses', () => {
    expect(parseStat(`4242 (a (b) c) ${after('S', 987654)}`)).toEqual({
      pid: 4242,
      command: 'a (b) c',
      state: 'S',
      parentPid: 1,
      startTicks: 987654,
    });
  });

  test('is nobody when the line is cut short', () => {
    expect(parseStat('4242 (etcd) S 1 2')).toBeUndefined();
    expect(parseStat('')).toBeUndefined();
  });

  test('is not mistaken for a later one with its number', () => {
    const self = statOf(process.pid);
    expect(self).toBeDefined();
    if (self === undefined) return;
    expect(isAlive(self)).toBe(true);
    expect(isAlive({ pid: self.pid, startTicks: self.startTicks - 1 })).toBe(false);
    expect(programOf(self.pid)).toBeDefined();
  });

  test('is known by the mark of exactly this checkout', () => {
    const environ = 'PATH=/bin\0C4ANG_LAB_STATE=/home/a/actions/.lab\0HOME=/\0';
    expect(carriesMark(environ, '/home/a/actions/.lab')).toBe(true);
    expect(carriesMark(environ, '/home/a/actions')).toBe(false);
    expect(carriesMark('X=C4ANG_LAB_STATE=/home/a/actions/.lab\0', '/home/a/actions/.lab')).toBe(false);
  });
});

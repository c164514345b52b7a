import { expect, test } from '@jest/globals';
import { judgeRest } from '../../../src/mesh/proxies/judgeRest.ts';
import type { SyncStatus } from '../../../src/mesh/proxies/syncStatus.ts';

const pod = (name: string) => ({ namespace: 'shop', name });
const status = (name: string, sent: number | null, acked: number | null): SyncStatus => ({
  pod: pod(name),
  sent,
  acked,
});
const rest = ['a', 'b', 'c'].map(pod);
const proven = ['p', 'q'].map(pod);

test('whoever took the push that a proven one has, or a later one, is current', () => {
  const answer = [
    status('p', 8, 8),
    status('q', 9, 9),
    status('a', 8, 8),
    status('b', 9, 7),
    status('c', 7, 7),
  ];
  expect(judgeRest([answer], proven, rest)).toEqual({
    current: [pod('a')],
    behind: [pod('b')],
    unsent: [pod('c')],
    unknown: [],
  });
});

test('one that has taken new routes and was sent newer ones is current all the same', () => {
  expect(judgeRest([[status('p', 8, 8), status('a', 10, 8)]], proven, [pod('a')]).current).toHaveLength(1);
});

test('a proven one with an answer under way says nothing: istiod may not know yet what it serves', () => {
  expect(judgeRest([[status('p', 8, 5), status('a', 5, 5)]], proven, [pod('a')]).unknown).toHaveLength(1);
});

test('each istiod counts for itself', () => {
  const one = [status('p', 100, 100), status('a', 99, 99)];
  const other = [status('q', 3, 3), status('b', 3, 3)];
  const lonely = [status('c', 500, 500)];
  expect(judgeRest([one, other, lonely], proven, rest)).toEqual({
    current: [pod('b')],
    behind: [],
    unsent: [pod('a')],
    unknown: [pod('c')],
  });
});

test('known to two istiods, the more certain word counts', () => {
  const old = [status('p', 8, 8), status('a', 4, 4)];
  const now = [status('q', 3, 3), status('a', 3, 3)];
  expect(judgeRest([old, now], proven, [pod('a')]).current).toEqual([pod('a')]);
});

test('without numbers nothing is told', () => {
  expect(judgeRest([[status('p', null, null), status('a', null, null)]], proven, rest).unknown).toEqual(rest);
});

import { expect, test } from '@jest/globals';
import { addSample, startCount } from '../../../src/domain/verdict/counters.ts';
import type { Count, CounterSample } from '../../../src/domain/verdict/counters.ts';
import { judgeEnd, judgeNow } from '../../../src/domain/verdict/errorRate.ts';
import type { Observation } from '../../../src/domain/verdict/errorRate.ts';

const sample = (
  counts: Readonly<Record<string, readonly [number, number]>>,
  silent: readonly string[] = [],
): CounterSample => ({
  counters: Object.entries(counts).map(([source, [requests, errors]]) => {
    const [counter = '', subject = ''] = source.split(' ');
    return { counter, subject, requests, errors };
  }),
  silent,
});

const totalOf = (first: CounterSample, ...rest: readonly CounterSample[]) =>
  rest.reduce<Count>(addSample, startCount(first)).total;

const limits = { maxErrorShare: 0.01, minRequests: 50 };
const seen = (
  ...rows: readonly (readonly [seconds: number, requests: number, errors: number])[]
): Observation[] =>
  rows.map(([seconds, requests, errors]) => ({
    atMs: seconds * 1000,
    total: { requests, errors },
    silent: [],
  }));

test('what was counted before the watch does not count', () => {
  expect(totalOf(sample({ 'a x': [1000, 900] }), sample({ 'a x': [1010, 901] }))).toEqual({
    requests: 10,
    errors: 1,
  });
});

test('a proxy that restarted counts from 0, and never less than nothing', () => {
  expect(totalOf(sample({ 'a x': [1000, 0] }), sample({ 'a x': [7, 1] }))).toEqual({
    requests: 7,
    errors: 1,
  });
});

test('a new proxy and a new pod count from 0', () => {
  const after = sample({ 'a x': [10, 0], 'a y': [5, 5], 'b x': [3, 1] });
  expect(totalOf(sample({ 'a x': [10, 0] }), after)).toEqual({ requests: 8, errors: 6 });
});

test('a proxy that was silent at first brings no history along', () => {
  const first = sample({ 'a x': [10, 0] }, ['b']);
  const second = sample({ 'a x': [10, 0], 'b x': [5000, 4000] });
  expect(totalOf(first, second)).toEqual({ requests: 0, errors: 0 });
  expect(totalOf(first, second, sample({ 'b x': [5010, 4001] }))).toEqual({ requests: 10, errors: 1 });
});

test('what was counted by a pod that is gone stays counted', () => {
  expect(totalOf(sample({ 'a x': [0, 0] }), sample({ 'a x': [10, 2] }), sample({}))).toEqual({
    requests: 10,
    errors: 2,
  });
});

test('too many errors among enough requests are clear at once', () => {
  expect(judgeNow(seen([0, 0, 0], [1, 50, 1]), limits)).toMatchObject({ verdict: 'fail' });
  expect(judgeNow(seen([0, 0, 0], [1, 49, 49]), limits)).toBeNull();
  expect(judgeNow(seen([0, 0, 0], [1, 100, 1]), limits)).toBeNull();
});

test('a version that turns bad after a long good time is caught by the last seconds', () => {
  const rows = seen([0, 0, 0], [600, 100_000, 0], [605, 100_500, 0], [611, 101_100, 30]);
  expect(judgeNow(rows, limits)?.reason).toMatch('in the last 10 s');
});

test('with no error allowed, one is too many; with none at all, there is no share', () => {
  expect(judgeNow(seen([1, 60, 1]), { ...limits, maxErrorShare: 0 })).not.toBeNull();
  expect(judgeNow(seen([1, 0, 0]), { maxErrorShare: 0, minRequests: 1 })).toBeNull();
});

test.each([
  ['enough good requests', seen([60, 500, 5]), null, 'pass'],
  ['too few', seen([60, 49, 0]), null, 'inconclusive'],
  ['no answer at the end', seen([50, 500, 0]), 'connection refused', 'inconclusive'],
  ['no answer ever', [], 'connection refused', 'error'],
] as const)('at the end, %s', (_title, observations, unanswered, verdict) => {
  expect(judgeEnd(observations, limits, unanswered).verdict).toBe(verdict);
});

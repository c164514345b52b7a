import { expect, test } from '@jest/globals';
import { phaseChart, splitChart } from '../../../src/domain/report/charts.ts';
import { phaseSpans, splitPoints } from '../../../src/domain/report/phases.ts';
import { entry, releaseOf } from '../../fakes/report.ts';

const { timeline } = releaseOf();
const now = new Date('2026-11-21T04:07:05.000Z');
const linesOf = (chart: string | null): readonly (readonly number[])[] =>
  (chart ?? '')
    .split('\n')
    .filter((line) => line.startsWith('  line'))
    .map((line) => JSON.parse(line.replace('  line ', '')) as number[]);

test('the split over time begins before its first change and ends after its last', () => {
  const [blue = [], green = []] = linesOf(splitChart(splitPoints(timeline)));
  expect(blue.map((share, index) => share + (green[index] ?? 0)).every((sum) => sum === 100)).toBe(true);
  expect([green[0], green.at(-1)]).toEqual([0, 100]);
  expect(new Set(green)).toEqual(new Set([0, 30, 100]));
});

test('there is no chart of a split that never changed, or that older versions did not write down', () => {
  expect(
    splitChart(splitPoints([entry('00:00', 'deploying', 100), entry('00:30', 'failed', 100)])),
  ).toBeNull();
  const older = timeline.map(({ at, phase, note }) => ({ at, phase, note }));
  expect(splitChart(splitPoints(older))).toBeNull();
});

test('a record with times that are none has no phases of them', () => {
  const broken = [{ at: 'soon', phase: 'deploying' as const, note: '' }];
  expect(phaseSpans(broken, now)).toEqual([]);
  expect(phaseChart(phaseSpans(broken, now))).toBeNull();
});

test('each phase is a row of the chart, with its length', () => {
  const chart = phaseChart(phaseSpans(timeline, now)) ?? '';
  expect(chart).toContain('  section monitoring\n  5 min :');
  expect(chart).toContain('  section stable\n  reached :');
});

import { describe, expect, test } from '@jest/globals';
import { renderPicture } from '../../demo/picture.ts';
import { timelineOf } from '../../demo/timeline.ts';
import { LoadReport } from '../../lab/load/report.ts';
import type { ReleaseReport } from '../../demo/report.ts';
import type { LoadRow } from '../../lab/load/row.ts';

const answered = (
  version: string,
  answeredAtMs: readonly number[],
  badAtMs: readonly number[] = [],
): LoadRow => ({
  sliceMs: answeredAtMs[0] ?? 0,
  side: 'outside',
  path: 'gateway/a',
  service: 'order-api',
  version,
  answeredAtMs,
  sentAtMs: answeredAtMs,
  badAtMs: badAtMs.length === 0 ? {} : { '500': badAtMs },
  badSentAtMs: {},
  badIds: [],
  skipped: 0,
  latency: {},
});

const release: ReleaseReport = {
  version: 'v1.1.0',
  slot: 'green',
  outcome: 'rolled-back',
  deployMs: 3_000,
  verifyMs: 1_000,
  switchMs: 118,
  switchMsByProxy: [],
  steps: [
    { action: 'deploy-green', startedAt: 12_000, endedAt: 15_000 },
    { action: 'switch-traffic', startedAt: 15_000, endedAt: 16_000 },
    { action: 'monitor-and-rollback', startedAt: 16_000, endedAt: 20_000 },
  ],
  patchedAt: 15_900,
  servesNow: { slot: 'blue', version: 'v1.0.0' },
  requests: 1_204,
  failedRequests: 1,
  switchRequests: 2,
  switchFailedRequests: 0,
  reachedEarly: { outside: 0, inside: 0 },
  firstBadToLastBadMs: 900,
  failures: { '500': 1 },
};
const load = new LoadReport([
  answered('v1.0.0', [11_550, 11_560, 15_950]),
  answered('v1.1.0', [16_010, 16_020], [16_020]),
]);
const timeline = timelineOf({ releases: [release], serving: release.servesNow }, load, 'order-api');

describe('the timeline of a story', () => {
  test('begins half a second before the first step, and ends with the last', () => {
    expect(timeline.durationMs).toBe(8_500);
    expect(timeline.releases[0]?.steps[0]).toEqual({ action: 'deploy-green', fromMs: 500, toMs: 3_500 });
  });

  test('has what each version answered, slice by slice, the one that was live before among them', () => {
    expect(timeline.load.map(({ version, slot }) => [version, slot])).toEqual([
      ['v1.0.0', 'blue'],
      ['v1.1.0', 'green'],
    ]);
    expect(timeline.load[0]?.answers.slice(0, 2)).toEqual([2, 0]);
    expect(timeline.load[1]?.answers[22]).toBe(2);
    expect(timeline.load[1]?.failed[22]).toBe(1);
  });
});

describe('the picture of a story', () => {
  const svg = renderPicture(timeline);

  test('says in words what it shows', () => {
    expect(svg).toContain(
      '<title>Releases of order-api under load. v1.1.0 into slot green: rolled back by itself, 1 of 1204 requests failed.</title>',
    );
    expect(svg).toContain('1 of 1,204 requests failed,');
    expect(svg).toContain('the first to the last: 0.9 s');
  });

  test('is for light and dark ground, and takes nothing from elsewhere', () => {
    expect(svg).toContain('prefers-color-scheme: dark');
    expect(svg.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|url\(|@import/);
  });

  test('paints failures where there were some, and never outside of itself', () => {
    expect(svg.match(/class="bad"/g)).toHaveLength(1);
    expect(svg).not.toMatch(/NaN|width="-|Infinity/);
  });
});

import { describe, expect, test } from '@jest/globals';
import { measureRelease } from '../../demo/measure.ts';
import { deviations } from '../../demo/report.ts';
import { renderTable } from '../../demo/table.ts';
import { LoadReport } from '../../lab/load/report.ts';
import type { ReleaseLoad, ReleaseWindow } from '../../demo/measure.ts';
import type { LoadRow } from '../../lab/load/row.ts';
import type { ReleaseReport } from '../../demo/report.ts';

const window: ReleaseWindow = {
  service: 'order-api',
  version: 'v1.1.0',
  startedMs: 1_000,
  switchStartedMs: 5_000,
  beforeSwitchMs: 5_200,
  switchEndedMs: 6_000,
  endedMs: 9_000,
};

/** Answers at these instants. */
const row = (answeredAtMs: readonly number[], change: Partial<LoadRow> = {}): LoadRow => ({
  sliceMs: answeredAtMs[0] ?? 0,
  side: 'outside',
  path: 'gateway/a',
  service: 'order-api',
  version: 'v1.0.0',
  answeredAtMs,
  sentAtMs: answeredAtMs,
  badAtMs: {},
  badSentAtMs: {},
  badIds: [],
  skipped: 0,
  latency: {},
  ...change,
});

const measure = (...rows: readonly LoadRow[]): ReleaseLoad => measureRelease(new LoadReport(rows), window);

describe('what the users met during a release', () => {
  test('counts only what was answered between its start and its end, by this service', () => {
    const other = row([5_500], { service: 'customer-api' });
    const load = measure(row([900, 1_000]), row([5_500, 9_100]), other);
    expect(load).toMatchObject({
      requests: 2,
      switchRequests: 1,
      failedRequests: 0,
      firstBadToLastBadMs: null,
    });
  });

  test('sees the candidate answering before the switch, from outside and from inside', () => {
    const candidate = { version: 'v1.1.0' };
    const load = measure(
      row([2_000, 5_199, 5_300], candidate),
      row([5_100], { ...candidate, side: 'inside', path: 'mesh/c' }),
    );
    expect(load.reachedEarly).toEqual({ outside: 2, inside: 1 });
  });

  test('measures from the first bad answer to the last, and names the kinds', () => {
    const load = measure(
      row([6_110, 6_190], { badAtMs: { '500': [6_110, 6_190] } }),
      row([7_020, 7_050], { badAtMs: { '500': [7_020], '503 UH': [7_050] } }),
    );
    expect(load).toMatchObject({
      failedRequests: 4,
      firstBadToLastBadMs: 940,
      failures: { '500': 3, '503 UH': 1 },
    });
  });
});

describe('whether the story went as told', () => {
  const release: ReleaseReport = {
    ...measure(row([1_000])),
    version: 'v1.1.0',
    slot: 'green',
    outcome: 'live',
    deployMs: 4_000,
    verifyMs: 900,
    switchMs: 110,
    switchMsByProxy: [
      { proxy: 'gateway a', ms: 108 },
      { proxy: 'sidecar of c', ms: 110 },
    ],
    steps: [],
    patchedAt: 5_200,
    servesNow: { slot: 'green', version: 'v1.1.0' },
  };
  const told = [{ version: 'v1.1.0', outcome: 'live' as const }];
  const serving = { slot: 'green' as const, version: 'v1.1.0' };

  test('a good release without a failed request did', () => {
    expect(deviations({ releases: [release], serving }, told)).toEqual([]);
  });

  test.each([
    ['failed requests', { failedRequests: 1 }, 'v1.1.0: 1 failed requests, not 0'],
    ['another outcome', { outcome: 'rolled-back' as const }, 'v1.1.0 ended rolled-back, not live'],
    ['no load at all', { requests: 0 }, 'v1.1.0: there was no load'],
    [
      'an early request',
      { reachedEarly: { outside: 0, inside: 2 } },
      'v1.1.0 answered 0 requests from outside and 2 from inside before the switch',
    ],
  ])('%s did not', (_, change, deviation) => {
    expect(deviations({ releases: [{ ...release, ...change }], serving }, told)).toEqual([deviation]);
  });

  test('neither did one that never happened, nor one that left another version serving', () => {
    expect(deviations({ releases: [], serving: { ...serving, version: 'v1.0.0' } }, told)).toEqual([
      'v1.1.0 was not released',
      'v1.0.0 serves, not v1.1.0',
    ]);
  });

  test('the table says each thing once, under the version', () => {
    const table = renderTable({ releases: [release], serving });
    expect(table).toMatch(/patch to 100 %, each gateway +│ 108 ms\n/);
    expect(table).toMatch(/caller's sidecar +│ 110 ms\n/);
    expect(table).toMatch(/serves now +│ v1\.1\.0 in green/);
  });
});

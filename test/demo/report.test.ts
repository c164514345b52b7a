import { describe, expect, test } from '@jest/globals';
import { measureRelease } from '../../demo/measure.ts';
import { deviations } from '../../demo/report.ts';
import { renderTable } from '../../demo/table.ts';
import type { LoadRow, ReleaseWindow } from '../../demo/measure.ts';
import type { ReleaseReport } from '../../demo/report.ts';

const window: ReleaseWindow = {
  version: 'v1.1.0',
  startedMs: 1_000,
  switchStartedMs: 5_000,
  switchAcceptedMs: 5_200,
  switchEndedMs: 6_000,
  endedMs: 9_000,
};

const row = (at: number, change: Partial<LoadRow> = {}): LoadRow => ({
  sliceMs: at,
  path: 'gateway/a',
  service: 'order-api',
  version: 'v1.0.0',
  requests: 10,
  failures: {},
  firstMs: at,
  firstBadMs: null,
  lastBadMs: null,
  ...change,
});

describe('what the users met during a release', () => {
  test('counts only what was answered between its start and its end', () => {
    const load = measureRelease([row(900), row(1_000), row(5_500), row(9_100)], window);
    expect(load).toMatchObject({
      requests: 20,
      switchRequests: 10,
      failedRequests: 0,
      firstBadToLastBadMs: null,
    });
  });

  test('sees the candidate answering before the switch, from outside and from inside', () => {
    const early = { version: 'v1.1.0', requests: 3 };
    const rows = [row(2_000, early), row(5_100, { ...early, path: 'mesh' }), row(5_300, early)];
    expect(measureRelease(rows, window).reachedEarly).toEqual({ outside: 3, inside: 3 });
  });

  test('measures from the first bad answer to the last, and names the kinds', () => {
    const rows = [
      row(6_100, { failures: { '500': 2 }, firstBadMs: 6_110, lastBadMs: 6_190 }),
      row(7_000, { failures: { '500': 1, '503 UH': 1 }, firstBadMs: 7_020, lastBadMs: 7_050 }),
    ];
    expect(measureRelease(rows, window)).toMatchObject({
      failedRequests: 4,
      firstBadToLastBadMs: 940,
      failures: { '500': 3, '503 UH': 1 },
    });
  });
});

describe('whether the story went as told', () => {
  const release: ReleaseReport = {
    ...measureRelease([row(1_000)], window),
    version: 'v1.1.0',
    slot: 'green',
    outcome: 'live',
    deployMs: 4_000,
    verifyMs: 900,
    switchMs: 110,
    switchMsByProxy: [
      { proxy: 'gateway a', ms: 108 },
      { proxy: 'caller c', ms: 110 },
    ],
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
    expect(table).toMatch(/serves now +│ v1\.1\.0 in green/);
  });
});

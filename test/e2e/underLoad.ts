import { expect } from '@jest/globals';
import type { LoadReport } from '../../lab/load/report.ts';
import type { LoadRun } from '../../lab/load/start.ts';
import { load } from './harness.ts';

/**
 * Does something under a steady load from outside and inside, which ends with it whatever happens.
 * @returns what the load saw, once it is clear that no request failed and none was left out
 */
export async function underLoad(
  service: string,
  ratePerSecond: number,
  work: (run: LoadRun) => Promise<void>,
): Promise<LoadReport> {
  const run = await load([service], ratePerSecond, 1800);
  try {
    await work(run);
  } finally {
    await run.stop();
  }
  const report = await run.ended;
  expect(report.count().failures).toEqual({});
  expect(report.interruptions).toEqual([]);
  return report;
}

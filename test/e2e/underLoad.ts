import { expect } from '@jest/globals';
import type { LoadReport } from '../../lab/load/report.ts';
import type { LoadRun } from '../../lab/load/start.ts';
import { load } from './harness.ts';

type Work = (run: LoadRun) => Promise<void>;

/**
 * Does something under a steady load from outside and inside, which ends with it whatever happens.
 * @returns what the load saw, once it is clear that no request failed and none was left out
 */
export async function underLoad(service: string, ratePerSecond: number, work: Work): Promise<LoadReport> {
  const report = await watchedByLoad(service, ratePerSecond, work);
  expect(report.count().failures).toEqual({});
  expect(report.interruptions).toEqual([]);
  return report;
}

/** As `underLoad`, for tests that tell more of failures than their number: nothing is held to anything yet. */
export async function watchedByLoad(service: string, ratePerSecond: number, work: Work): Promise<LoadReport> {
  const run = await load([service], ratePerSecond, 1800);
  try {
    await work(run);
  } catch (error) {
    // A step that fails under load may not be the only one that did: beside what it says stands what the users got.
    const { requests, failures } = (await run.stop()).count();
    console.log(`the load until then: ${String(requests)} requests, failures: ${JSON.stringify(failures)}`);
    throw error;
  }
  return run.stop();
}

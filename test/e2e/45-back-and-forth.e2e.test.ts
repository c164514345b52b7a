import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { close, mustStep } from './harness.ts';
import { verifiedCandidate } from './rewind.ts';
import type { Moment } from './rewind.ts';
import { underLoad } from './underLoad.ts';

const service = 'order-api';
const minutes = 60_000;
const isLong = process.env['E2E_LONG'] === '1';
const switches = isLong ? 500 : 30;
const ratePerSecond = 1_000;

let moment: Moment;
beforeAll(async () => {
  moment = await verifiedCandidate(service);
}, 3 * minutes);
afterAll(close);

/** A switch was done, and until the next one began everybody was served by this version. */
interface Quiet {
  readonly wrongVersion: string;
  readonly fromMs: number;
  readonly toMs: number;
}

test(
  `${String(switches)} switches back and forth under ${String(ratePerSecond)} requests per second: none fails, and after "done" none comes from the wrong slot`,
  async () => {
    const quiet: Quiet[] = [];
    const report = await underLoad(service, ratePerSecond, async () => {
      for (let index = 0; index < switches; index += 2) {
        // The record goes back to "verified"; the weights are there already.
        await moment.rewind();
        const forth = await mustStep('switch-traffic', { service, to: 'green' });
        await sleep(100);
        quiet.push({ wrongVersion: 'v1.0.0', fromMs: forth.endedAt, toMs: Date.now() });
        const back = await mustStep('switch-traffic', { service, to: 'blue' });
        await sleep(100);
        quiet.push({ wrongVersion: 'v1.1.0', fromMs: back.endedAt, toMs: Date.now() });
      }
    });
    // By when they were sent: an answer of the old version to a request from before is no fault of the switch.
    const wrong = quiet.flatMap(({ wrongVersion, fromMs, toMs }) =>
      report.sent({ version: wrongVersion, fromMs, toMs }).map(({ path, sentMs, answeredMs }) => ({
        path,
        sentAfterDoneMs: sentMs - fromMs,
        tookMs: answeredMs - sentMs,
      })),
    );
    expect(wrong).toEqual([]);
    for (const side of ['outside', 'inside'] as const) {
      for (const version of ['v1.0.0', 'v1.1.0']) {
        expect(report.count({ side, version }).requests).toBeGreaterThan(switches);
      }
    }
    const { requests } = report.count();
    console.log(
      `${String(requests)} requests, ${String(report.skipped())} that the agents could not send in time`,
    );
  },
  30 * minutes,
);

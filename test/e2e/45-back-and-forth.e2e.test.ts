import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeRequest } from '../../lab/load/amongSwitches.ts';
import type { SwitchSpan } from '../../lab/load/amongSwitches.ts';
import { close, mustStep } from './harness.ts';
import { verifiedCandidate } from './rewind.ts';
import type { Moment } from './rewind.ts';
import { watchedByLoad } from './underLoad.ts';

const service = 'order-api';
const minutes = 60_000;
const isLong = process.env['E2E_LONG'] === '1';
const switches = isLong ? 500 : 30;
/** Calm, two cores have a third to spare under 1,000; what every run sends leaves room for a slow machine too. */
const ratePerSecond = isLong ? 1_000 : 500;
/** All connections are opened in the load's first moments: until they are, pools of 50 pending requests run over. */
const warmUpMs = 3_000;

let moment: Moment;
beforeAll(async () => {
  moment = await verifiedCandidate(service);
}, 3 * minutes);
afterAll(close);

/** A switch, and until when everybody was to be served by its target: until the next one began. */
interface Done extends SwitchSpan {
  readonly wrongVersion: string;
  readonly quietUntilMs: number;
}

/** As many as a person reads. */
const told = (lines: readonly string[]): readonly string[] =>
  lines.length <= 50 ? lines : [...lines.slice(0, 50), `and ${String(lines.length - 50)} more`];

async function switchTo(to: 'blue' | 'green', done: Done[]): Promise<void> {
  const { outputs, startedAt, endedAt } = await mustStep('switch-traffic', { service, to });
  await sleep(100);
  done.push({
    name: `switch ${String(done.length + 1)} to ${to}`,
    startedMs: startedAt,
    patchedMs: Date.parse(outputs['patched-at'] ?? ''),
    endedMs: endedAt,
    wrongVersion: to === 'green' ? 'v1.0.0' : 'v1.1.0',
    quietUntilMs: Date.now(),
  });
}

test(
  `${String(switches)} switches back and forth under ${String(ratePerSecond)} requests per second: none fails, and after "done" none comes from the wrong slot`,
  async () => {
    const done: Done[] = [];
    const report = await watchedByLoad(service, ratePerSecond, async () => {
      await sleep(warmUpMs);
      for (let index = 0; index < switches; index += 2) {
        // The record goes back to "verified"; the weights are there already.
        await moment.rewind();
        await switchTo('green', done);
        await switchTo('blue', done);
      }
    });
    const failed = report
      .failed()
      .map((request) => describeRequest(`${request.kind} of ${request.version ?? 'a proxy'}`, request, done));
    // By when they were sent: an answer of the old version to a request from before is no fault of the switch.
    const late = done.flatMap(({ wrongVersion, endedMs, quietUntilMs }) =>
      report
        .sent({ version: wrongVersion, fromMs: endedMs, toMs: quietUntilMs })
        .map((request) => describeRequest(`an answer of ${wrongVersion}`, request, done)),
    );
    // Together: whether one goes with the other tells where to look.
    expect({
      failures: report.count().failures,
      failed: told(failed),
      late: told(late),
      interruptions: report.interruptions,
    }).toEqual({ failures: {}, failed: [], late: [], interruptions: [] });
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

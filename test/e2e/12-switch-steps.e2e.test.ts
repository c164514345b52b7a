import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { StepResult } from '../../lab/runner/step.ts';
import { close, lastLine, load, mustStep, releaseRecord, routing, step } from './harness.ts';
import { verifiedCandidate } from './rewind.ts';
import type { Moment } from './rewind.ts';

const service = 'order-api';
const minutes = 60_000;
const paced = { service, steps: '10, 50, 100', 'step-interval': '4s', 'min-requests': '10' };

const previews = async (): Promise<number> =>
  (await routing(service)).virtualServices.flatMap((vs) => vs.previews).length;

const stepsOf = ({ outputs }: StepResult): readonly unknown[] =>
  JSON.parse(outputs['steps'] ?? '[]') as readonly unknown[];

afterAll(close);

describe('a good candidate', () => {
  let moment: Moment;
  beforeAll(async () => {
    moment = await verifiedCandidate(service);
  }, 3 * minutes);

  test('a dry run prints the patch, and changes nothing at all', async () => {
    const before = await releaseRecord(service);
    const result = await mustStep('switch-traffic', { ...paced, 'dry-run': 'true' });
    expect(result.log).toContain('"path":"/spec/http/0/route/');
    expect((await routing(service)).split).toEqual({ blue: 100, green: 0 });
    expect(await releaseRecord(service)).toEqual(before);
  });

  test('by hand, a share of the traffic is held until somebody goes on', async () => {
    const result = await mustStep('switch-traffic', { service, weight: '30', preview: 'true' });
    expect(result.log).toContain('preview: requests with version: v1.1.0 reach green through 2 gateways');
    expect((await routing(service)).split).toEqual({ blue: 70, green: 30 });
    expect(await previews()).not.toBe(0);
    expect(await releaseRecord(service)).toMatchObject({
      phase: 'switching',
      splitAfter: { blue: 70, green: 30 },
    });
    await mustStep('switch-traffic', { service, to: 'previous' });
    expect((await routing(service)).split).toEqual({ blue: 100, green: 0 });
    expect(await previews()).toBe(0);
  });

  test(
    'gets its traffic step by step, each proven and judged, without a failed request',
    async () => {
      await moment.rewind();
      const run = await load([service], 150);
      const result = await mustStep('switch-traffic', { ...paced, preview: 'true' });
      expect(result.log).toContain('preview closed');
      expect(await previews()).toBe(0);
      const report = await run.stop();
      expect(stepsOf(result)).toMatchObject([
        { split: 'blue 90 / green 10', verdict: 'pass' },
        { split: 'blue 50 / green 50', verdict: 'pass' },
        { split: 'blue 0 / green 100', verdict: null },
      ]);
      expect(report.count().failures).toEqual({});
      expect(report.count({ version: 'v1.0.0', fromMs: result.endedAt }).requests).toBe(0);
      expect(await releaseRecord(service)).toMatchObject({ phase: 'monitoring' });
    },
    3 * minutes,
  );
});

describe('a candidate that fails under load', () => {
  beforeEach(() => verifiedCandidate(service, { FAIL_SHARE: '0.3', FAIL_ABOVE_RPS: '5' }), 3 * minutes);

  test(
    'is taken back by the monitor from the share that it was given by hand',
    async () => {
      await mustStep('switch-traffic', { service, weight: '30' });
      const run = await load([service], 200);
      const result = await step('monitor-and-rollback', { service, duration: '1m', 'min-requests': '20' });
      const report = await run.stop();
      expect(result.exitCode).toBe(1);
      expect(result.log).toContain('v1.1.0 in green at 30 % is rolled back');
      expect(result.outputs).toMatchObject({ verdict: 'fail', 'rolled-back': 'true' });
      expect((await routing(service)).split).toEqual({ blue: 100, green: 0 });
      expect(await releaseRecord(service)).toMatchObject({ phase: 'rolled-back' });
      expect(report.count({ version: 'v1.1.0', fromMs: result.endedAt + 1_000 }).requests).toBe(0);
    },
    2 * minutes,
  );

  test(
    'is stopped by the verdict of its first step, and gets no request after that',
    async () => {
      const run = await load([service], 200);
      const result = await step('switch-traffic', paced);
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      const report = await run.stop();
      expect(result.exitCode).toBe(1);
      expect(result.log).toContain('green at 10 %: fail');
      expect(lastLine(result)).toMatch(/^Serving now: .*v1\.0\.0.*100 %/);
      expect((await routing(service)).split).toEqual({ blue: 100, green: 0 });
      expect(await releaseRecord(service)).toMatchObject({ phase: 'rolled-back' });
      expect(report.count({ version: 'v1.1.0', fromMs: result.endedAt + 1_000 }).requests).toBe(0);
    },
    2 * minutes,
  );
});

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { close, lab, lastLine, load, mustStep, releaseOf, releaseRecord, routing, step } from './harness.ts';

const service = 'order-api';
const minutes = 60_000;

beforeAll(() => lab.resetService(service), 2 * minutes);
afterAll(close);

describe('a release of order-api', () => {
  test(
    'takes all traffic to the candidate without a failed request, and no request reaches it before',
    async () => {
      const run = await load([service], 150);
      const startedMs = Date.now();
      const deploy = await mustStep('deploy-green', await releaseOf(service, 'v1.1.0'));
      expect(deploy.outputs).toMatchObject({ slot: 'green', version: 'v1.1.0' });
      await mustStep('verify-green', { service, 'smoke-paths': '/api/v1/orders' });
      const switched = await mustStep('switch-traffic', { service });
      await mustStep('monitor-and-rollback', { service, duration: '5s', 'min-requests': '20' });
      const report = await run.stop();

      const intentMs = Date.parse(switched.outputs['intent-at'] ?? '');
      expect(intentMs).toBeGreaterThan(switched.startedAt);
      expect(report.count({ service, fromMs: startedMs }).failures).toEqual({});
      expect(report.count({ version: 'v1.1.0', toMs: intentMs }).requests).toBe(0);
      expect(report.count({ version: 'v1.1.0', side: 'outside' }).requests).toBeGreaterThan(100);
      expect(report.count({ version: 'v1.1.0', side: 'inside' }).requests).toBeGreaterThan(50);
      // Nobody is left behind: after the proof every answer comes from the new version.
      expect(report.count({ version: 'v1.0.0', fromMs: switched.endedAt }).requests).toBe(0);
      expect((await routing(service)).split).toEqual({ blue: 0, green: 100 });
      expect(await releaseRecord(service)).toMatchObject({ phase: 'stable', candidate: 'green' });
    },
    3 * minutes,
  );

  test('a step that is run again when its work is done changes nothing and says so', async () => {
    const before = (await routing(service)).virtualServices.map((vs) => vs.resourceVersion);
    const again = await mustStep('switch-traffic', { service });
    expect(again.outputs).toMatchObject({ changed: 'false' });
    expect((await routing(service)).virtualServices.map((vs) => vs.resourceVersion)).toEqual(before);
  });

  test(
    'a version that fails under load is caught and rolled back by itself',
    async () => {
      const run = await load([service], 150);
      const faults = { FAIL_SHARE: '0.2', FAIL_ABOVE_RPS: '5' };
      await mustStep('deploy-green', await releaseOf(service, 'v1.2.0', faults));
      await mustStep('verify-green', { service, 'smoke-paths': '/api/v1/orders' });
      await mustStep('switch-traffic', { service });
      const monitor = await step('monitor-and-rollback', { service, duration: '60s' });
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      const report = await run.stop();

      expect(monitor.exitCode).toBe(1);
      expect(monitor.outputs).toMatchObject({ verdict: 'fail', 'rolled-back': 'true' });
      expect(lastLine(monitor)).toMatch(/^Serving now: .*v1\.1\.0/);
      expect((await routing(service)).split).toEqual({ blue: 0, green: 100 });
      // A request that was under way keeps its retries, and those stay in the slot it began in.
      const calmMs = monitor.endedAt + 1_000;
      expect(report.count({ version: 'v1.2.0', fromMs: calmMs }).requests).toBe(0);
      expect(report.count({ fromMs: calmMs }).failed).toBe(0);
      expect(report.count({ fromMs: calmMs }).requests).toBeGreaterThan(20);
      // Caught long before the minute that it was given: so many seconds' looks at the counters were enough.
      const looks = JSON.parse(monitor.outputs['timeline'] ?? '[]') as readonly unknown[];
      expect(looks.length).toBeGreaterThan(0);
      expect(looks.length).toBeLessThan(20);
    },
    3 * minutes,
  );

  test(
    'the next one goes into the slot of the bad one, and the slot that was left is cleaned up',
    async () => {
      const run = await load([service], 100);
      const deploy = await mustStep('deploy-green', await releaseOf(service, 'v1.3.0'));
      expect(deploy.outputs['slot']).toBe('blue');
      await mustStep('verify-green', { service, 'smoke-paths': '/api/v1/orders' });
      await mustStep('switch-traffic', { service });
      await mustStep('monitor-and-rollback', { service, duration: '4s', 'min-requests': '20' });

      const early = await step('cleanup-blue', { service, 'traffic-window': '1s' });
      expect(early.outputs).toMatchObject({ removed: '' });
      const cleanup = await mustStep('cleanup-blue', { service, 'stable-for': '0s', 'traffic-window': '2s' });
      const report = await run.stop();
      expect(cleanup.outputs['removed']).toContain('green');
      expect(report.count().failures).toEqual({});
      expect(await releaseRecord(service)).toMatchObject({ phase: 'complete' });
    },
    3 * minutes,
  );
});

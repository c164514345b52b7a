import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { close, lab, lastLine, load, mustStep, releaseOf, releaseRecord, routing, step } from './harness.ts';

const service = 'order-api';
const minutes = 60_000;
const watching = { 'smoke-paths': '/api/v1/orders', duration: '5s', 'min-requests': '20' };

beforeAll(() => lab.resetService(service), 2 * minutes);
afterAll(close);

test(
  'one step takes all traffic to a new version without a failed request, and tells what four would',
  async () => {
    const run = await load([service], 150);
    const startedMs = Date.now();
    const done = await mustStep('release', { ...(await releaseOf(service, 'v1.1.0')), ...watching });
    const report = await run.stop();

    expect(done.outputs).toMatchObject({
      slot: 'green',
      version: 'v1.1.0',
      'previous-split': 'blue 100 / green 0',
      split: 'blue 0 / green 100',
      verdict: 'pass',
      'rolled-back': 'false',
    });
    const intentMs = Date.parse(done.outputs['intent-at'] ?? '');
    expect(intentMs).toBeGreaterThan(startedMs);
    expect(report.count({ service, fromMs: startedMs }).failures).toEqual({});
    expect(report.count({ version: 'v1.1.0', toMs: intentMs }).requests).toBe(0);
    expect((await routing(service)).split).toEqual({ blue: 0, green: 100 });
    expect(await releaseRecord(service)).toMatchObject({ phase: 'stable', candidate: 'green' });
    for (const part of ['is up in green', 'blue 100 / green 0 → blue 0 / green 100', 'verdict']) {
      expect(done.summary).toContain(part);
    }
    // One sign-in: the cluster is named once.
    expect(done.log.match(/^Cluster: /gm)).toHaveLength(1);
    expect(done.log).not.toContain('something was left open');

    const after = await mustStep(
      'release',
      { service, ...watching, kubeconfig: '/nowhere' },
      { postOf: done },
    );
    expect(after.log).toBe('');
  },
  3 * minutes,
);

test(
  'a version that fails its tests stays without traffic',
  async () => {
    const failed = await step('release', {
      ...(await releaseOf(service, 'v1.2.0')),
      ...watching,
      'smoke-paths': '/there/is/no/such/path',
    });
    expect(failed.exitCode).toBe(1);
    expect(failed.outputs).toMatchObject({ verdict: 'fail' });
    expect((await routing(service)).split).toEqual({ blue: 0, green: 100 });
    expect(lastLine(failed)).toMatch(/^Serving now: .*v1\.1\.0/);
  },
  3 * minutes,
);

test(
  'a version that fails under load is rolled back by the step itself, which is red',
  async () => {
    const run = await load([service], 150);
    const bad = await step('release', {
      ...(await releaseOf(service, 'v1.3.0', { FAIL_SHARE: '0.2', FAIL_ABOVE_RPS: '5' })),
      ...watching,
      duration: '60s',
    });
    await run.stop();
    expect(bad.exitCode).toBe(1);
    expect(bad.outputs).toMatchObject({ verdict: 'fail', 'rolled-back': 'true' });
    expect((await routing(service)).split).toEqual({ blue: 0, green: 100 });
    expect(await releaseRecord(service)).toMatchObject({ phase: 'rolled-back' });
    expect(lastLine(bad)).toMatch(/^Serving now: .*v1\.1\.0/);
  },
  3 * minutes,
);

test(
  'a step that is killed while nobody has judged its version is put back by its post step',
  async () => {
    const inputs = { ...(await releaseOf(service, 'v1.4.0')), ...watching, duration: '60s' };
    const run = await load([service], 100);
    let kill: (signal: NodeJS.Signals) => void = () => undefined;
    const killed = await step('release', inputs, {
      onStart: (way) => (kill = way),
      onLine: (line) => {
        if (line.startsWith('watching')) kill('SIGKILL');
      },
    });
    expect(killed.exitCode).toBeNull();
    expect((await routing(service)).split).toEqual({ blue: 100, green: 0 });

    const after = await mustStep('release', inputs, { postOf: killed });
    const report = await run.stop();
    expect(after.log).toContain('put back: blue 0 / green 100');
    expect((await routing(service)).split).toEqual({ blue: 0, green: 100 });
    expect(await releaseRecord(service)).toMatchObject({ phase: 'rolled-back' });
    expect(report.count().failures).toEqual({});
  },
  3 * minutes,
);

test(
  'how long one step takes, and four',
  async () => {
    const run = await load([service], 100, 240);
    const times: string[] = [];
    const startedMs = Date.now();
    await mustStep('release', { ...(await releaseOf(service, 'v1.5.0')), ...watching });
    times.push(`one step: ${seconds(Date.now() - startedMs)}`);

    const four = await releaseOf(service, 'v1.6.0');
    const againMs = Date.now();
    await mustStep('deploy-green', four);
    await mustStep('verify-green', { service, 'smoke-paths': '/api/v1/orders' });
    await mustStep('switch-traffic', { service });
    await mustStep('monitor-and-rollback', { service, duration: '5s', 'min-requests': '20' });
    times.push(`four steps: ${seconds(Date.now() - againMs)}`);
    await run.stop();
    // For people; the machine decides, and asserts nothing.
    console.log(`a release of ${service}, watched for 5 s: ${times.join(', ')}`);
  },
  4 * minutes,
);

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

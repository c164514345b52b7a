import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { close, load, mustStep, releaseRecord, routing, step } from './harness.ts';
import { verifiedCandidate } from './rewind.ts';

const service = 'order-api';
const minutes = 60_000;

beforeAll(() => verifiedCandidate(service), 3 * minutes);
afterAll(close);

// Steps last longer than the tests wait: killed in the first of them, its share of the users is there already.
test(
  'what a killed step has begun is undone by its post step, and no request fails',
  async () => {
    const inputs = { service, steps: '50, 100', 'step-interval': '60s' };
    const run = await load([service], 100);
    let kill: (signal: NodeJS.Signals) => void = () => undefined;
    const killed = await step('switch-traffic', inputs, {
      onStart: (way) => (kill = way),
      onLine: (line) => {
        if (line.startsWith('watching')) kill('SIGKILL');
      },
    });
    expect(killed.exitCode).toBeNull();
    expect((await routing(service)).split).toEqual({ blue: 50, green: 50 });

    const after = await mustStep('switch-traffic', inputs, { postOf: killed });
    const report = await run.stop();
    expect(after.log).toContain('undone: blue 100 / green 0');
    expect((await routing(service)).split).toEqual({ blue: 100, green: 0 });
    expect(await releaseRecord(service)).toMatchObject({ phase: 'verified', splitAfter: null });
    expect(report.count().failures).toEqual({});
    expect(report.count({ version: 'v1.1.0', fromMs: after.endedAt + 1_000 }).requests).toBe(0);
  },
  3 * minutes,
);

test(
  'after a step that came to its end there is nothing to do, and nothing is asked',
  async () => {
    const whole = await mustStep('switch-traffic', { service });
    const after = await mustStep('switch-traffic', { service, kubeconfig: '/nowhere' }, { postOf: whole });
    expect(after.log).toBe('');
    expect((await routing(service)).split).toEqual({ blue: 0, green: 100 });
  },
  minutes,
);

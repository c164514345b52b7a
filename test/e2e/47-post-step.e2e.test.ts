import { expect, test } from '@jest/globals';
import { undisturbed } from './apiProxy.ts';
import { disturbed } from './disturbed.ts';
import { load, mustStep, releaseRecord, routing, step } from './harness.ts';

const service = 'order-api';
const minutes = 60_000;

const stage = disturbed(service);

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

test(
  'a switch that was killed before the last entry of its record is finished by its post step',
  async () => {
    await stage.moment.rewind();
    let kill: (signal: NodeJS.Signals) => void = () => undefined;
    let isPatched = false;
    stage.proxy.play({
      before: ({ method, path }) => {
        isPatched ||= method === 'PATCH' && path.includes('/virtualservices/');
        if (!isPatched || method !== 'PUT' || !path.includes('/configmaps/')) return null;
        kill('SIGKILL');
        return new Promise<never>(() => undefined);
      },
    });
    const killed = await stage.through('switch-traffic', {}, { onStart: (way) => (kill = way) });
    stage.proxy.play(undisturbed);
    expect(killed.exitCode).toBeNull();
    expect(await releaseRecord(service)).toMatchObject({ phase: 'switching', splitAfter: null });

    const after = await mustStep('switch-traffic', { service }, { postOf: killed });
    expect(after.log).toContain('is finished: blue 0 / green 100');
    expect((await routing(service)).split).toEqual({ blue: 0, green: 100 });
    expect(await releaseRecord(service)).toMatchObject({
      phase: 'monitoring',
      splitAfter: { blue: 0, green: 100 },
    });
  },
  3 * minutes,
);

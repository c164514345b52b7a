import { kill } from 'node:process';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { deployments, virtualServices } from '../../src/cluster/api/resources.ts';
import { readPods } from '../../src/mesh/readMesh.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { poll } from '../../src/runtime/poll.ts';
import { api, close, lab, lastLine, load, mustStep, namespace, routing, step } from './harness.ts';
import { verifiedCandidate } from './rewind.ts';
import type { Moment } from './rewind.ts';

const service = 'order-api';
const minutes = 60_000;

let moment: Moment;
beforeAll(async () => {
  moment = await verifiedCandidate(service);
}, 3 * minutes);
afterAll(close);

const killAfter =
  (ms: number) =>
  (kill: (signal: NodeJS.Signals) => void): void => {
    setTimeout(() => kill('SIGKILL'), ms);
  };

// Spread over the life of a switch: before, between and after its writes. With --long, every 20 ms of it.
const moments =
  process.env['E2E_LONG'] === '1'
    ? Array.from({ length: 40 }, (_, index) => 100 + 20 * index)
    : [150, 300, 400, 450, 500, 550, 600, 700];

describe('killed at any moment', () => {
  test.each(moments)(
    'a switch that is killed after %i ms is finished by running it again, and no request fails',
    async (ms) => {
      await moment.rewind();
      const run = await load([service], 100);
      await step('switch-traffic', { service }, { onStart: killAfter(ms) });
      const again = await step('switch-traffic', { service });
      expect(again.exitCode === 0 ? '' : again.log).toBe('');
      const report = await run.stop();
      expect((await routing(service)).split).toEqual({ blue: 0, green: 100 });
      expect(report.count().failures).toEqual({});
      expect(report.count({ version: 'v1.0.0', fromMs: again.endedAt }).requests).toBe(0);
    },
    3 * minutes,
  );

  test(
    'a preview that a killed verify-green left open is closed by the next one',
    async () => {
      await moment.rewind();
      const paths = { service, 'smoke-paths': '/api/v1/orders' };
      for (const ms of [300, 400, 500, 600]) {
        await step('verify-green', paths, { onStart: killAfter(ms) });
      }
      await mustStep('verify-green', paths);
      const previews = (await routing(service)).virtualServices.flatMap((vs) => vs.previews);
      expect(previews).toEqual([]);
    },
    3 * minutes,
  );
});

describe('a control plane that does not answer', () => {
  beforeEach(() => moment.rewindProxies());

  test(
    'ends the switch at its deadline, with the weights as they were, and says who never got them',
    async () => {
      const pid = lab.pidOf('control-plane');
      kill(pid, 'SIGSTOP');
      try {
        const result = await step('switch-traffic', { service, timeout: '3s' });
        expect(result.exitCode).toBe(1);
        expect(result.log).toMatch(/gateway .*istio-ingressgateway-/);
        expect((await routing(service)).split).toEqual({ blue: 100, green: 0 });
        expect(lastLine(result)).toMatch(/^Serving now: .*v1\.0\.0/);
      } finally {
        kill(pid, 'SIGCONT');
      }
      // Once it is back, the same step goes through.
      await systemClock.sleep(1_000);
      await mustStep('switch-traffic', { service });
    },
    2 * minutes,
  );

  test(
    'a VirtualService bound to a gateway that does not exist is refused: its weights could never be proven',
    async () => {
      const bind = (gateway: string): Promise<unknown> =>
        api.jsonPatch(virtualServices, namespace, 'order-api-vs', [
          { op: 'replace', path: '/spec/gateways', value: [gateway] },
        ]);
      await bind('no-such-gateway');
      try {
        const result = await step('switch-traffic', { service });
        expect(result.exitCode).toBe(1);
        expect(result.log).toContain('no-such-gateway');
        expect((await routing(service)).split).toEqual({ blue: 100, green: 0 });
      } finally {
        await bind('ecommerce-gateway');
      }
    },
    2 * minutes,
  );
});

describe('no data is never a pass', () => {
  test(
    'a monitor without traffic is inconclusive, and says why',
    async () => {
      await moment.rewindProxies();
      await mustStep('switch-traffic', { service });
      const result = await step('monitor-and-rollback', { service, duration: '3s' });
      expect(result.exitCode).toBe(1);
      expect(result.outputs).toMatchObject({ verdict: 'inconclusive' });
      expect(lastLine(result)).toMatch(/^Serving now: /);
    },
    2 * minutes,
  );
});

describe('the standby is scaled away', () => {
  /** @returns when blue has so many pods, and all are ready */
  const scaleBlue = async (replicas: number): Promise<void> => {
    await api.jsonPatch(deployments, namespace, `${service}-blue`, [
      { op: 'replace', path: '/spec/replicas', value: replicas },
    ]);
    await poll(
      { clock: systemClock, timeoutMs: 60_000, intervalMs: 300, what: 'blue', remedy: 'Look at its pods.' },
      async () => {
        const { blue } = await readPods(api, await routing(service));
        const done = blue.length === replicas && blue.every(({ ready }) => ready);
        return done ? { done, value: undefined } : { done, reason: `${String(blue.length)} pods` };
      },
    );
  };

  test(
    'a monitor says at once that there is no way back, goes none when it should, and tells what serves',
    async () => {
      await moment.rewindProxies();
      await mustStep('switch-traffic', { service });
      await scaleBlue(0);
      try {
        const inputs = { service, duration: '3s', 'on-inconclusive': 'rollback' };
        const result = await step('monitor-and-rollback', inputs);
        expect(result.exitCode).toBe(1);
        const said = ['blue has no ready pod: as long as that is so', 'blue has no ready pod to go back to'];
        expect(said.map((text) => result.log.includes(text))).toEqual([true, true]);
        expect(result.outputs).toMatchObject({ 'rolled-back': 'false' });
        expect((await routing(service)).split).toEqual({ blue: 0, green: 100 });
        expect(lastLine(result)).toMatch(/^Serving now: .*green/);
        const { outputs } = await mustStep('status', { service });
        expect(outputs['json']).toContain('blue has no ready pod: there is nobody to roll back to');
      } finally {
        await scaleBlue(2);
      }
    },
    3 * minutes,
  );
});

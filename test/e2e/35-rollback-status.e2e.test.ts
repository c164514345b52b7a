import { kill } from 'node:process';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { configMaps, deployments, virtualServices } from '../../src/cluster/api/resources.ts';
import type { Status } from '../../src/domain/status/status.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { atTerminal, c4ang } from './cli.ts';
import {
  api,
  close,
  lab,
  lastLine,
  load,
  mustStep,
  namespace,
  releaseRecord,
  routing,
  step,
} from './harness.ts';
import { verifiedCandidate } from './rewind.ts';
import type { Moment } from './rewind.ts';

const service = 'order-api';
const minutes = 60_000;
const toBlue = { blue: 100, green: 0 };
const toGreen = { blue: 0, green: 100 };

async function status(): Promise<Status> {
  const { outputs } = await mustStep('status', { service });
  return JSON.parse(outputs['json'] ?? '') as Status;
}

/** The weights of every route, set as a person with kubectl would. */
async function setWeights(blue: number, green: number): Promise<void> {
  const { virtualServices: all } = await routing(service);
  for (const vs of all) {
    const patch = vs.routes.flatMap(({ index, destinations }) =>
      (['blue', 'green'] as const).map((slot) => ({
        op: 'add' as const,
        path: `/spec/http/${String(index)}/route/${String(destinations[slot].index)}/weight`,
        value: slot === 'blue' ? blue : green,
      })),
    );
    await api.jsonPatch(virtualServices, vs.namespace, vs.name, patch);
  }
}

const replicasOf = async (slot: string): Promise<unknown> =>
  (await api.get(deployments, namespace, `${service}-${slot}`))?.['spec'];

let moment: Moment;
beforeAll(async () => {
  moment = await verifiedCandidate(service);
}, 3 * minutes);
afterAll(close);

describe('from a terminal', () => {
  test('status tells the truth before the switch', async () => {
    const { exitCode, out } = await c4ang(`status ${service} -n ${namespace} --json`);
    expect(exitCode).toBe(0);
    const told = JSON.parse(out) as { readonly status: Status };
    expect(told.status).toMatchObject({
      health: 'well',
      serving: 'v1.0.0 in slot blue, 100 %',
      proxiesAgree: true,
      slots: {
        blue: { role: 'live', versions: ['v1.0.0'] },
        green: { role: 'candidate', versions: ['v1.1.0'] },
      },
      release: { phase: 'verified', verdicts: { verify: { verdict: 'pass' } } },
    });
    expect(told.status.proxies.filter(({ kind }) => kind === 'gateway')).toHaveLength(2);
    expect(told.status.slots.green.digests).toHaveLength(1);
  });

  test('plan shows the patch and changes nothing', async () => {
    const before = (await routing(service)).virtualServices.map((vs) => vs.resourceVersion);
    const { exitCode, out, err } = await c4ang(`plan ${service} -n ${namespace}`);
    expect([exitCode, err]).toEqual([0, '']);
    expect(out).toContain('"op"');
    expect((await routing(service)).virtualServices.map((vs) => vs.resourceVersion)).toEqual(before);
  });

  test('switch, and rollback twice: proven, no failed request, nothing scaled down', async () => {
    const run = await load([service], 150);
    const green = await replicasOf('green');
    const forward = await c4ang(`switch ${service} -n ${namespace} --json`);
    expect(forward.err).not.toContain('error');
    expect(JSON.parse(forward.out)).toMatchObject({ command: 'switch', done: true, exitCode: 0 });
    expect((await routing(service)).split).toEqual(toGreen);

    const back = await c4ang(`rollback ${service} -n ${namespace}`);
    expect([back.exitCode, back.err]).toEqual([0, '']);
    expect(back.out.trimEnd().split('\n').at(-1)).toBe('Serving now: v1.0.0 in slot blue, 100 %');
    const again = await c4ang(`rollback ${service} -n ${namespace} --json`);
    expect(JSON.parse(again.out)).toMatchObject({ done: true, outputs: { changed: false } });
    const report = await run.stop();
    expect(report.count().failures).toEqual({});
    expect((await routing(service)).split).toEqual(toBlue);
    expect(await replicasOf('green')).toEqual(green);
    expect(await releaseRecord(service)).toMatchObject({ phase: 'rolled-back' });
  }, 60_000);

  test('colours at a terminal, none with NO_COLOR, none in a pipe', async () => {
    const line = `status ${service} -n ${namespace}`;
    const [terminal, plain, pipe] = [
      await atTerminal(line),
      await atTerminal(line, { NO_COLOR: '1' }),
      await c4ang(line),
    ];
    expect(terminal.out).toContain('\u001b[32mv1.0.0 in slot blue, 100 %\u001b[39m');
    expect(plain.out).not.toContain('\u001b[');
    expect(pipe.out).not.toContain('\u001b[');
    expect(plain.out).toMatch(/^blue +live +100 % +v1\.0\.0 +\d\/\d/m);
    // Fits a terminal: no line is cut where it is read.
    const table = pipe.out.split('\n').filter((row) => /^(SLOT|blue|green) /.test(row));
    expect(table).toHaveLength(3);
    expect(Math.max(...table.map((row) => row.length))).toBeLessThanOrEqual(100);
  }, 60_000);

  test('what is refused, and who cannot be reached, have exit codes of their own', async () => {
    // The release is rolled back: it does not go forward.
    const refused = await c4ang(`switch ${service} -n ${namespace}`);
    expect(refused.exitCode).toBe(3);
    expect(refused.err).toContain('verified: release');
    expect(refused.out.trimEnd().split('\n').at(-1)).toMatch(/^Serving now: v1\.0\.0 in slot blue/);
    const nobody = await c4ang(`status no-such-service -n ${namespace}`);
    expect(nobody.exitCode).toBe(0);
    expect(nobody.out).toContain('there is no Service no-such-service');
    const failing = await c4ang(`status no-such-service -n ${namespace} --fail-when-wrong`);
    expect(failing.exitCode).toBe(1);
  }, 60_000);
});

describe('whatever is broken besides', () => {
  beforeEach(async () => setWeights(0, 100), minutes);

  test.each([
    ['deleted', null],
    ['of a newer schema', '{"schemaVersion": 99, "splitBefore": {"blue": 100, "green": 0}}'],
    ['not JSON', 'oh no'],
  ])(
    'with the record %s, and no helm on the PATH, a rollback works, and stays when given again',
    async (_title, text) => {
      await api.delete(configMaps, namespace, `${service}-release`);
      if (text !== null) {
        await api.create(configMaps, {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: `${service}-release`, namespace },
          data: { 'release.json': text },
        });
      }
      const env = { PATH: '/nowhere' };
      const first = await mustStep('rollback', { service }, { env });
      expect(first.outputs).toMatchObject({ changed: 'true', split: 'blue 100 / green 0' });
      expect(lastLine(first)).toBe('Serving now: v1.0.0 in slot blue, 100 %');
      const again = await mustStep('rollback', { service }, { env });
      expect(again.outputs).toMatchObject({ changed: 'false', split: 'blue 100 / green 0' });
      expect((await routing(service)).split).toEqual(toBlue);
    },
    minutes,
  );
});

describe('while a switch is still running', () => {
  beforeEach(() => moment.rewindProxies());

  test(
    'a rollback in the middle of its steps wins: the switch stops, and puts nothing back',
    async () => {
      const run = await load([service], 100);
      const forward = step('switch-traffic', { service, steps: '30,100', 'step-interval': '30s' });
      while ((await routing(service)).split?.green !== 30) await systemClock.sleep(50);
      const during = await status();
      expect(during.lease?.title).toContain('switch-traffic');
      const back = await mustStep('rollback', { service });
      expect(back.outputs['interrupted']).toContain('switch-traffic');
      const stopped = await forward;
      const report = await run.stop();
      expect(stopped.exitCode).toBe(1);
      expect(stopped.log).toContain('was taken by rollback');
      expect((await routing(service)).split).toEqual(toBlue);
      expect(await releaseRecord(service)).toMatchObject({ phase: 'rolled-back' });
      expect(report.count().failures).toEqual({});
      expect(report.count({ version: 'v1.1.0', fromMs: back.endedAt + 1_000 }).requests).toBe(0);
    },
    3 * minutes,
  );

  test(
    'given at any moment of a switch, it is not lost',
    async () => {
      for (const delayMs of [0, 150, 300, 400, 500]) {
        const forward = step('switch-traffic', { service });
        await systemClock.sleep(delayMs);
        await mustStep('rollback', { service });
        await forward;
        expect([delayMs, (await routing(service)).split]).toEqual([delayMs, toBlue]);
        expect((await status()).serving).toBe('v1.0.0 in slot blue, 100 %');
        // The next one begins with a release that may go forward again.
        const record = await api.get(configMaps, namespace, `${service}-release`);
        const release = { ...(await releaseRecord(service)), phase: 'verified', splitAfter: null };
        if (record === null) throw new Error('there is no record');
        await api.update(configMaps, { ...record, data: { 'release.json': JSON.stringify(release) } });
      }
    },
    3 * minutes,
  );
});

describe('a control plane that stands still', () => {
  test(
    'status tells what users get and what the API server has, which differ',
    async () => {
      await setWeights(100, 0);
      await systemClock.sleep(1_000);
      const pid = lab.pidOf('control-plane');
      kill(pid, 'SIGSTOP');
      try {
        await setWeights(0, 100);
        const told = await status();
        expect(told).toMatchObject({
          health: 'wrong',
          split: toGreen,
          proxiesAgree: false,
          serving: 'v1.0.0 in slot blue, 100 %',
        });
        const gateways = told.proxies.filter(({ kind }) => kind === 'gateway');
        expect(gateways.map(({ splits }) => splits)).toEqual([[toBlue], [toBlue]]);
        expect(told.findings.map(({ what }) => what).join('\n')).toMatch(
          /gateway .* does not serve what the API server has: it serves blue 100 \/ green 0/,
        );
      } finally {
        kill(pid, 'SIGCONT');
      }
      await systemClock.sleep(2_000);
      expect(await status()).toMatchObject({ proxiesAgree: true, serving: 'v1.1.0 in slot green, 100 %' });
      await mustStep('rollback', { service, to: 'blue' });
    },
    2 * minutes,
  );
});

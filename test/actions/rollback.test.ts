import { expect, test } from '@jest/globals';
import { fields } from '../../src/actions/rollback/inputs.ts';
import { rollback } from '../../src/actions/rollback/run.ts';
import { configMaps, deployments, pods, virtualServices } from '../../src/cluster/api/resources.ts';
import type { HeldLease } from '../../src/cluster/lease/releaseLease.ts';
import { clusterWorkloads } from '../../src/cluster/pods/workloads.ts';
import type { Phase } from '../../src/domain/release/release.ts';
import { ConflictError } from '../../src/runtime/errors.ts';
import { parseInputs } from '../../src/runtime/inputs.ts';
import { Bench } from '../fakes/bench.ts';
import { deployment } from '../fakes/helm.ts';
import { destination, servicePod, shop, virtualService } from '../fakes/shop.ts';

const onGreen = (): Bench => new Bench([virtualServices, virtualService({ weights: [0, 100] })]);

const run = (
  bench: Bench,
  given: Readonly<Record<string, string>> = {},
  tools = bench.tools,
): Promise<void> =>
  rollback(parseInputs({ service: 'order-api', ...given }, fields), {
    ...tools,
    deployments: clusterWorkloads(bench.api),
  });

const putRecord = (bench: Bench, text: string): unknown =>
  bench.api.put(configMaps, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'order-api-release', namespace: shop.namespace },
    data: { 'release.json': text },
  });

/** What stands in the slots was rolled out at these hours. */
function rolledOut(bench: Bench, hours: Readonly<Record<'blue' | 'green', number>>): void {
  for (const slot of ['blue', 'green'] as const) {
    const lastUpdateTime = `2026-11-20T${String(hours[slot]).padStart(2, '0')}:00:00Z`;
    bench.api.put(deployments, {
      ...deployment(slot, { version: 'v1', image: 'x@sha256:1' }),
      status: { conditions: [{ type: 'Progressing', status: 'True', lastUpdateTime }] },
    });
  }
}

test('all traffic goes back to what was live before, proven, and the last line says what serves', async () => {
  const bench = onGreen();
  await bench.begin('monitoring');
  await run(bench);
  expect(bench.weights()).toEqual(['order-api-vs: 100/0']);
  expect(bench.lines.at(-1)).toBe('Serving now: v1.0.0 in slot blue, 100 %');
  expect(await bench.release()).toMatchObject({ phase: 'rolled-back', splitAfter: { blue: 100, green: 0 } });
  expect(Object.fromEntries(bench.given)).toMatchObject({
    changed: 'true',
    'previous-split': 'blue 0 / green 100',
    split: 'blue 100 / green 0',
    serving: 'v1.0.0 in slot blue, 100 %',
  });
});

test('nothing but weights, record and events is written: nothing is scaled down', async () => {
  const bench = onGreen();
  await bench.begin('monitoring');
  await run(bench);
  const kinds = new Set(bench.api.writes.map(({ kind }) => kind));
  expect([...kinds].sort()).toEqual(['ConfigMap', 'Event', 'VirtualService']);
});

test('given twice, it changes nothing the second time', async () => {
  const bench = onGreen();
  await bench.begin('stable');
  await run(bench);
  bench.api.writes.length = 0;
  await run(bench);
  expect(bench.api.writes).toEqual([]);
  expect(bench.given.get('changed')).toBe('false');
  expect(bench.weights()).toEqual(['order-api-vs: 100/0']);
});

test.each<Phase>(['deploying', 'verified', 'switching'])(
  'given before the switch, in phase %s, it moves nothing and calls the release off',
  async (phase) => {
    const bench = new Bench();
    await bench.begin(phase);
    await run(bench);
    expect(bench.weights()).toEqual(['order-api-vs: 100/0']);
    expect((await bench.release()).phase).toBe('rolled-back');
  },
);

test.each<Phase>(['rolled-back', 'failed', 'complete'])(
  'a release that is %s and has no traffic stays as it is on record',
  async (phase) => {
    const bench = new Bench();
    await bench.begin(phase);
    await run(bench);
    expect((await bench.release()).phase).toBe(phase);
  },
);

test('in the middle of a switch, with the routes at odds, all of them go back', async () => {
  const mesh = virtualService({
    name: 'order-api-mesh',
    hosts: ['order-api'],
    gateways: ['mesh'],
    http: [{ route: [destination('blue', 100), destination('green', 0)] }],
  });
  const bench = new Bench(
    [virtualServices, virtualService({ weights: [0, 100], gateways: ['ecommerce-gateway'] })],
    [virtualServices, mesh],
  );
  await bench.begin('switching');
  await run(bench);
  expect(bench.weights()).toEqual(['order-api-vs: 100/0', 'order-api-mesh: 100/0']);
  expect((await bench.release()).phase).toBe('rolled-back');
});

test('a record of a newer schema is read as far as it goes, and left as it is', async () => {
  const bench = onGreen();
  const text = '{"schemaVersion": 99, "splitBefore": {"blue": 100, "green": 0}}';
  putRecord(bench, text);
  await run(bench);
  await run(bench);
  expect(bench.weights()).toEqual(['order-api-vs: 100/0']);
  expect(bench.api.peek(configMaps, shop.namespace, 'order-api-release')['data']).toEqual({
    'release.json': text,
  });
});

test.each([null, 'not JSON', '{"schemaVersion": 99}'])(
  'with the record %s, it goes to what was rolled out first, and stays there when given again',
  async (text) => {
    const bench = onGreen();
    if (text !== null) putRecord(bench, text);
    rolledOut(bench, { blue: 2, green: 14 });
    await run(bench);
    await run(bench);
    expect(bench.weights()).toEqual(['order-api-vs: 100/0']);
    expect(bench.lines.join('\n')).toContain('it was rolled out first');
  },
);

test('without a record, a candidate that was never switched to gets nothing', async () => {
  const bench = new Bench();
  rolledOut(bench, { blue: 2, green: 14 });
  await run(bench);
  expect(bench.weights()).toEqual(['order-api-vs: 100/0']);
});

test('with neither record nor Deployments, it goes to the other slot', async () => {
  const bench = onGreen();
  bench.api.failNext('get', 'ConfigMap', () => new Error('no answer'));
  bench.api.failNext('get', 'Deployment', () => new Error('no right'));
  await run(bench);
  expect(bench.weights()).toEqual(['order-api-vs: 100/0']);
});

test('with nothing to tell by, and both slots serving, it asks which', async () => {
  const bench = new Bench([virtualServices, virtualService({ weights: [70, 30] })]);
  await expect(run(bench)).rejects.toThrow('which slot was live before cannot be told');
  await run(bench, { to: 'blue' });
  expect(bench.weights()).toEqual(['order-api-vs: 100/0']);
});

test('a slot by name wins over the record', async () => {
  const bench = new Bench();
  await bench.begin('rolled-back');
  await run(bench, { to: 'green' });
  expect(bench.weights()).toEqual(['order-api-vs: 0/100']);
});

test('one ready pod is enough; with none the traffic stays', async () => {
  const bench = onGreen();
  bench.api.put(pods, servicePod('blue', 1, { ready: false }));
  await bench.begin('monitoring');
  await run(bench);
  expect(bench.weights()).toEqual(['order-api-vs: 100/0']);
  const none = onGreen();
  none.dropPods('order-api-blue-5d4f-1', 'order-api-blue-5d4f-2');
  await expect(run(none)).rejects.toThrow('blue has no ready pod to go back to');
  expect(none.weights()).toEqual(['order-api-vs: 0/100']);
});

test('a record that cannot be written is a warning', async () => {
  const bench = onGreen();
  await bench.begin('monitoring');
  for (let time = 0; time < 3; time += 1) {
    bench.api.failNext('update', 'ConfigMap', () => new Error('quota'));
  }
  await run(bench);
  expect(bench.weights()).toEqual(['order-api-vs: 100/0']);
  expect(bench.lines.join('\n')).toContain('the release record does not say "rolled-back": quota');
});

/** A switch of another process, that holds the lease. */
const held = (bench: Bench): Promise<HeldLease> =>
  bench
    .leaseOf('switch-traffic of run 7, by kim')
    .hold(shop, { onBusy: 'fail', timeoutMs: 0, signal: bench.stop.signal });

test('the lease is taken from whoever holds it, who learns of it', async () => {
  const bench = onGreen();
  await bench.begin('switching');
  const theirs = await held(bench);
  await run(bench);
  expect(bench.weights()).toEqual(['order-api-vs: 100/0']);
  expect(bench.given.get('interrupted')).toBe('switch-traffic of run 7, by kim');
  await expect(theirs.check()).rejects.toThrow('this step stops, and puts nothing back');
});

test('a lease that cannot be taken is a warning', async () => {
  const bench = onGreen();
  await bench.begin('monitoring');
  bench.leases.failNext('get', 'Lease', () => new Error('no right'));
  await run(bench);
  expect(bench.weights()).toEqual(['order-api-vs: 100/0']);
  expect(bench.lines.join('\n')).toContain('could not be taken, which stops no rollback: no right');
});

test('a switch that had its patch under way when its lease was taken does not win', async () => {
  const bench = new Bench();
  await bench.begin('switching');
  await held(bench);
  const tools = { ...bench.tools, mesh: { ...bench.mesh } };
  tools.mesh.fence = async (...fenced) => {
    bench.api.put(virtualServices, virtualService({ weights: [0, 100] }));
    await bench.mesh.fence(...fenced);
  };
  await run(bench, {}, tools);
  expect(bench.weights()).toEqual(['order-api-vs: 100/0']);
  expect(bench.lines.join('\n')).toContain(
    'switch-traffic of run 7, by kim has moved the traffic in the meantime',
  );
  expect(bench.given.get('changed')).toBe('true');
});

test('a patch that arrives after the rollback meets a conflict, although the rollback had no weights to write', async () => {
  const bench = new Bench();
  await bench.begin('switching');
  await held(bench);
  const late = await bench.mesh.read(bench.name);
  const [vs] = late.virtualServices;
  await run(bench);
  await expect(
    bench.api.jsonPatch(virtualServices, 'ecommerce', 'order-api-vs', [
      { op: 'test', path: '/metadata/resourceVersion', value: vs?.resourceVersion ?? '' },
      { op: 'replace', path: '/spec/http/0/route/0/weight', value: 0 },
    ]),
  ).rejects.toThrow(ConflictError);
  expect(bench.weights()).toEqual(['order-api-vs: 100/0']);
});

test('routes that cannot be fenced are a warning', async () => {
  const bench = new Bench();
  await bench.begin('switching');
  await held(bench);
  const tools = {
    ...bench.tools,
    mesh: { ...bench.mesh, fence: () => Promise.reject(new Error('no right')) },
  };
  await run(bench, {}, tools);
  expect(bench.weights()).toEqual(['order-api-vs: 100/0']);
  expect(bench.lines.join('\n')).toContain('could not be fenced: no right');
});

import { expect, test } from '@jest/globals';
import { configMaps, pods, virtualServices } from '../../src/cluster/api/resources.ts';
import { switchTraffic } from '../../src/actions/switch-traffic/run.ts';
import { parse } from '../../src/actions/switch-traffic/inputs.ts';
import type { Inputs } from '../../src/actions/switch-traffic/inputs.ts';
import { Bench } from '../fakes/bench.ts';
import { destination, servicePod, shop, virtualService } from '../fakes/shop.ts';

const inputs = (given: Readonly<Record<string, string>> = {}): Inputs =>
  parse({ service: 'order-api', ...given });

test('a verified candidate takes all the traffic, and the record says so', async () => {
  const bench = new Bench();
  await bench.begin('verified');
  await switchTraffic(inputs(), bench.tools);
  expect(bench.weights()).toEqual(['order-api-vs: 0/100']);
  expect(await bench.release()).toMatchObject({ phase: 'monitoring', splitAfter: { blue: 0, green: 100 } });
  expect(bench.given.get('changed')).toBe('true');
  expect(bench.given.get('previous-split')).toBe('blue 100 / green 0');
  expect(Number(bench.given.get('switch-ms'))).toBeGreaterThanOrEqual(100);
  expect(JSON.parse(bench.given.get('proxies') ?? '')).toHaveLength(3);
  expect(bench.given.get('release-id')).toBe('rel-1');
  expect(Number(bench.given.get('gateway-mesh-gap-ms'))).toBeGreaterThanOrEqual(0);
});

test('the chart shows every proxy, and the requests meanwhile are those of all of them', async () => {
  const bench = new Bench();
  await bench.begin('verified');
  bench.envoys.count('gateway-1', 'blue', '10.244.0.21', 100, 0);
  const switched = switchTraffic(inputs(), {
    ...bench.tools,
    mesh: {
      ...bench.mesh,
      setSplit: (...asked) => {
        bench.envoys.count('gateway-1', 'blue', '10.244.0.21', 150, 2);
        return bench.mesh.setSplit(...asked);
      },
    },
  });
  await switched;
  expect(bench.given.get('requests')).toBe('50');
  expect(bench.given.get('failed-requests')).toBe('2');
  expect(bench.diagrams).toHaveLength(1);
  expect(bench.diagrams[0]).toMatch(
    /gateway istio-system\/gateway-1 \d+ ms :[^]*sidecar of ecommerce\/payment-caller/,
  );
});

test('the intent is on record before the weights are written', async () => {
  const bench = new Bench();
  await bench.begin('verified');
  await switchTraffic(inputs(), bench.tools);
  expect(bench.api.writes.filter(({ kind }) => kind !== 'Event').map(({ kind }) => kind)).toEqual([
    'ConfigMap',
    'VirtualService',
    'ConfigMap',
  ]);
});

test('run again, it writes nothing and proves it anew', async () => {
  const bench = new Bench();
  await bench.begin('verified');
  await switchTraffic(inputs(), bench.tools);
  bench.api.writes.length = 0;
  await switchTraffic(inputs(), bench.tools);
  expect(bench.api.writes).toEqual([]);
  expect(bench.given.get('changed')).toBe('false');
  expect(bench.given.get('intent-at')).toBe('');
});

test('it tells when the weights were sent, and when it heard that they were accepted', async () => {
  const bench = new Bench();
  await bench.begin('verified');
  bench.api.onWrite(({ kind }) => {
    if (kind === 'VirtualService') bench.clock.advance(40);
  });
  await switchTraffic(inputs(), bench.tools);
  const at = (output: string): number => Date.parse(bench.given.get(output) ?? '');
  expect(at('patched-at') - at('intent-at')).toBe(40);
});

test.each([
  ['deployed but not verified', 'deployed', /verified: release rel-1 is deployed/],
  ['rolled back before', 'rolled-back', /release rel-1 is rolled-back/],
] as const)('a candidate that is %s is refused, and nothing is written', async (_title, phase, message) => {
  const bench = new Bench();
  await bench.begin(phase);
  await expect(switchTraffic(inputs(), bench.tools)).rejects.toThrow(message);
  expect(bench.api.writes).toEqual([]);
});

test('every condition that does not hold is told at once', async () => {
  const bench = new Bench([pods, servicePod('green', 2, { ready: false })]);
  await bench.begin('verifying');
  bench.envoys.hosts.green = ['10.244.0.31', '10.244.0.39'];
  await expect(switchTraffic(inputs(), bench.tools)).rejects.toThrow(
    /verified: [^]*capacity: green has 1 ready pods, blue has 2[^]*candidate-known: [^]*10.244.0.39 besides/,
  );
  expect(bench.weights()).toEqual(['order-api-vs: 100/0']);
});

test('a service without both slots is refused at once, with the slot that is missing and what to run', async () => {
  const bench = new Bench([pods, servicePod('green', 3, { labels: { slot: 'grey' } })]);
  bench.dropPods('order-api-green-5d4f-1', 'order-api-green-5d4f-2');
  await bench.begin('verified');
  await expect(switchTraffic(inputs(), bench.tools)).rejects.toMatchObject({
    message:
      'order-api has no slot green: no pod has slot=green (subset green of DestinationRule ecommerce/order-api-dr); the Service selects order-api-green-5d4f-3 besides, which are in no slot',
    remedy: expect.stringContaining('Run deploy-green, then verify-green') as unknown,
  });
  expect(bench.clock.monotonic()).toBe(0);
  expect(bench.api.writes).toEqual([]);
});

test('nothing was released yet: a missing slot is told with that', async () => {
  const bench = new Bench();
  await expect(switchTraffic(inputs(), bench.tools)).rejects.toThrow(
    /^no release of order-api is on record$/,
  );
  bench.dropPods('order-api-green-5d4f-1', 'order-api-green-5d4f-2');
  await expect(switchTraffic(inputs({ 'dry-run': 'true' }), bench.tools)).rejects.toThrow(
    /^no release of order-api is on record, and order-api has no slot green/,
  );
});

test('a live slot without a pod keeps nobody from going on who says so', async () => {
  const bench = new Bench();
  bench.dropPods('order-api-blue-5d4f-1', 'order-api-blue-5d4f-2');
  await bench.begin('verified');
  await expect(switchTraffic(inputs(), bench.tools)).rejects.toThrow(/^order-api has no slot blue/);
  await switchTraffic(inputs({ force: 'slots' }), bench.tools);
  expect(bench.weights()).toEqual(['order-api-vs: 0/100']);
});

test('a subset that selects a pod of the other slot is refused', async () => {
  const bench = new Bench([pods, servicePod('green', 3, { replicaSet: 'order-api-blue-5d4f' })]);
  await bench.begin('verified');
  await expect(switchTraffic(inputs(), bench.tools)).rejects.toThrow(/selection: .*order-api-green-5d4f-3/);
});

test('a VirtualService bound to a Gateway that does not exist is refused at once', async () => {
  const bench = new Bench([virtualServices, virtualService({ gateways: ['no-such-gateway', 'mesh'] })]);
  await bench.begin('verified');
  await expect(switchTraffic(inputs(), bench.tools)).rejects.toThrow(
    'Gateway ecommerce/no-such-gateway does not exist',
  );
  // Not the time that proxies are waited for.
  expect(bench.clock.monotonic()).toBeLessThan(5_000);
  expect(bench.api.writes).toEqual([]);
});

test('a gateway that never gets the new weights: everything is put back, proven, and failed', async () => {
  const bench = new Bench();
  await bench.begin('verified');
  bench.envoys.freeze('gateway-2');
  await expect(switchTraffic(inputs(), bench.tools)).rejects.toThrow(
    /gateway-2: it serves blue 100[^]*The previous split is back, proven in 3 proxies/,
  );
  expect(bench.weights()).toEqual(['order-api-vs: 100/0']);
  expect((await bench.release()).phase).toBe('verified');
});

test('a cancelled switch is undone before the step ends', async () => {
  const bench = new Bench();
  await bench.begin('verified');
  bench.api.onWrite(({ kind }) => {
    if (kind === 'VirtualService') bench.stop.abort(new Error('stopped by SIGINT'));
  });
  await expect(switchTraffic(inputs(), bench.tools)).rejects.toThrow('stopped by SIGINT');
  expect(bench.weights()).toEqual(['order-api-vs: 100/0']);
  expect((await bench.release()).phase).toBe('verified');
});

test('a switch that was killed after its patch is finished by the next run', async () => {
  const bench = new Bench([virtualServices, virtualService({ weights: [0, 100] })]);
  await bench.begin('switching');
  await switchTraffic(inputs(), bench.tools);
  expect((await bench.release()).phase).toBe('monitoring');
});

test.each([
  ['gateway-first', ['order-api-vs', 'order-api-mesh']],
  ['mesh-first', ['order-api-mesh', 'order-api-vs']],
])('%s: each of them is written, in that order', async (order, names) => {
  const bench = new Bench(
    [virtualServices, virtualService({ gateways: ['ecommerce-gateway'] })],
    [
      virtualServices,
      virtualService({
        name: 'order-api-mesh',
        hosts: ['order-api'],
        gateways: ['mesh'],
        http: [{ route: [destination('blue', 100), destination('green', 0)] }],
      }),
    ],
  );
  await bench.begin('verified');
  await switchTraffic(inputs({ order }), bench.tools);
  const written = bench.api.writes.filter(({ kind }) => kind === 'VirtualService');
  expect(written.map(({ name }) => name)).toEqual(names);
});

test('a switch that was killed between two VirtualServices is finished by the next run', async () => {
  const bench = new Bench(
    [virtualServices, virtualService({ weights: [0, 100] })],
    [
      virtualServices,
      virtualService({
        name: 'order-api-mesh',
        hosts: ['order-api'],
        gateways: ['mesh'],
        http: [{ route: [destination('blue', 100), destination('green', 0)] }],
      }),
    ],
  );
  await bench.begin('switching');
  await switchTraffic(inputs(), bench.tools);
  expect(bench.weights()).toEqual(['order-api-vs: 0/100', 'order-api-mesh: 0/100']);
});

test('a killed switch that cannot be proven is undone by the next run', async () => {
  const bench = new Bench([virtualServices, virtualService({ weights: [0, 100] })]);
  await bench.begin('switching');
  const stale = new Bench();
  stale.envoys.freeze('gateway-1');
  bench.envoys.freezeAs('gateway-1', stale.envoys);
  await expect(switchTraffic(inputs(), bench.tools)).rejects.toThrow('The previous split is back');
  expect(bench.weights()).toEqual(['order-api-vs: 100/0']);
});

test('back to the previous slot needs one ready pod, and no proof', async () => {
  const bench = new Bench(
    [virtualServices, virtualService({ weights: [0, 100] })],
    [pods, servicePod('blue', 2, { ready: false })],
  );
  await bench.begin('monitoring');
  await switchTraffic(inputs({ to: 'previous' }), bench.tools);
  expect(bench.weights()).toEqual(['order-api-vs: 100/0']);
  expect((await bench.release()).phase).toBe('rolled-back');
});

test('given twice, a rollback stays where it went', async () => {
  const bench = new Bench([virtualServices, virtualService({ weights: [0, 100] })]);
  await bench.begin('monitoring');
  await switchTraffic(inputs({ to: 'previous' }), bench.tools);
  await switchTraffic(inputs({ to: 'previous' }), bench.tools);
  expect(bench.weights()).toEqual(['order-api-vs: 100/0']);
});

test('given before the switch, a rollback moves nothing to the candidate', async () => {
  const bench = new Bench();
  await bench.begin('verified');
  await switchTraffic(inputs({ to: 'previous' }), bench.tools);
  expect(bench.weights()).toEqual(['order-api-vs: 100/0']);
  expect((await bench.release()).phase).toBe('verified');
});

test.each(['{"schemaVersion": 99}', 'not JSON'])(
  'a record that says %s does not stop a rollback',
  async (text) => {
    const bench = new Bench([virtualServices, virtualService({ weights: [0, 100] })]);
    bench.api.put(configMaps, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'order-api-release', namespace: shop.namespace },
      data: { 'release.json': text },
    });
    await switchTraffic(inputs({ to: 'previous' }), bench.tools);
    expect(bench.weights()).toEqual(['order-api-vs: 100/0']);
  },
);

test('without a record, back is the other slot; forward is refused', async () => {
  const bench = new Bench([virtualServices, virtualService({ weights: [0, 100] })]);
  await expect(switchTraffic(inputs(), bench.tools)).rejects.toThrow('no release of order-api is on record');
  await switchTraffic(inputs({ to: 'previous' }), bench.tools);
  expect(bench.weights()).toEqual(['order-api-vs: 100/0']);
});

test('back to a slot without a ready pod is refused', async () => {
  const bench = new Bench([virtualServices, virtualService({ weights: [0, 100] })]);
  await bench.begin('monitoring');
  bench.dropPods('order-api-blue-5d4f-1', 'order-api-blue-5d4f-2');
  await expect(switchTraffic(inputs({ to: 'previous' }), bench.tools)).rejects.toThrow(
    'blue has no ready pod',
  );
  expect(bench.weights()).toEqual(['order-api-vs: 0/100']);
});

import { expect, test } from '@jest/globals';
import { fields } from '../../src/actions/status/inputs.ts';
import { showStatus } from '../../src/actions/status/run.ts';
import type { KubeObject, Resource } from '../../src/cluster/api/kubeApi.ts';
import {
  configMaps,
  deployments,
  destinationRules,
  gateways,
  pods,
  services,
  virtualServices,
} from '../../src/cluster/api/resources.ts';
import { clusterWorkloads } from '../../src/cluster/pods/workloads.ts';
import type { Status } from '../../src/domain/status/status.ts';
import { ConnectionError, PermissionError } from '../../src/runtime/errors.ts';
import { parseInputs } from '../../src/runtime/inputs.ts';
import { Bench } from '../fakes/bench.ts';
import { deployment } from '../fakes/helm.ts';
import { destination, servicePod, shop, virtualService } from '../fakes/shop.ts';

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;

/** A shop with both Deployments there, whose pods run an image each. */
function shopOf(...objects: readonly (readonly [Resource, KubeObject])[]): Bench {
  const bench = new Bench(...objects);
  for (const slot of ['blue', 'green'] as const) {
    const image = `shop/order-api@${digest(slot === 'blue' ? 'b' : 'a')}`;
    bench.api.put(deployments, deployment(slot, { version: slot === 'blue' ? 'v1.0.0' : 'v1.1.0', image }));
    for (const pod of [servicePod(slot, 1), servicePod(slot, 2)]) {
      const status = { ...(pod['status'] as object), containerStatuses: [{ name: 'app', imageID: image }] };
      bench.api.put(pods, { ...pod, status });
    }
  }
  return bench;
}

async function statusOf(bench: Bench, given: Readonly<Record<string, string>> = {}): Promise<Status> {
  bench.api.writes.length = 0;
  const tools = { ...bench.tools, workloads: clusterWorkloads(bench.api) };
  await showStatus(parseInputs({ service: 'order-api', ...given }, fields), tools);
  expect([...bench.api.writes, ...bench.leases.writes]).toEqual([]);
  return JSON.parse(bench.given.get('json') ?? '') as Status;
}

const wrongs = ({ findings }: Status): string =>
  findings.flatMap(({ severity, what }) => (severity === 'wrong' ? [what] : [])).join('\n');

test('a candidate before its switch: who is live, who is not, and the two ways on', async () => {
  const bench = shopOf();
  await bench.begin('verified');
  const status = await statusOf(bench);
  expect(status).toMatchObject({
    health: 'well',
    serving: 'v1.0.0 in slot blue, 100 %',
    live: 'blue',
    split: { blue: 100, green: 0 },
    proxiesAgree: true,
    slots: {
      blue: { role: 'live', versions: ['v1.0.0'], digests: [digest('b')], ready: 2, wanted: 2 },
      green: { role: 'candidate', versions: ['v1.1.0'], digests: [digest('a')], ready: 2, wanted: 2 },
    },
  });
  expect(status.next.map(({ command }) => command)).toEqual([
    'c4ang plan order-api -n ecommerce',
    'c4ang switch order-api -n ecommerce',
  ]);
});

test('a release whose slot is gone has nothing to switch to, and deploy-green is what brings it back', async () => {
  const bench = shopOf();
  bench.dropPods('order-api-green-5d4f-1', 'order-api-green-5d4f-2');
  await bench.begin('verified');
  const status = await statusOf(bench);
  expect(wrongs(status)).toContain(
    'release rel-1 is verified, and its slot green has no pod: there is nothing to switch to',
  );
  expect(status.next.map(({ command }) => command)).toEqual(['action deploy-green']);
});

test('after the switch: the way back is shown, with the version that it leads to', async () => {
  const bench = shopOf([virtualServices, virtualService({ weights: [0, 100] })]);
  await bench.begin('monitoring', { splitAfter: { blue: 0, green: 100 } });
  const status = await statusOf(bench);
  expect(status.slots).toMatchObject({ green: { role: 'live' }, blue: { role: 'standby' } });
  expect(status.next.at(-1)).toEqual({
    command: 'c4ang rollback order-api -n ecommerce',
    why: 'brings the users back to v1.0.0 in blue, now',
  });
});

test('a slot of which nothing is there is empty', async () => {
  const bench = shopOf();
  bench.api.drop(deployments, shop.namespace, 'order-api-green');
  bench.dropPods('order-api-green-5d4f-1', 'order-api-green-5d4f-2');
  const status = await statusOf(bench);
  expect(status.slots.green).toMatchObject({ role: 'empty', versions: [], ready: 0, wanted: null });
  expect(status.release).toBeNull();
  expect(status.next).toEqual([
    { command: 'action deploy-green', why: 'begins a release in slot green: it is empty' },
  ]);
});

test('a gateway that serves something else is named, and the first line says what users get', async () => {
  const bench = shopOf();
  bench.envoys.freeze('gateway-2');
  await bench.mesh.setSplit(await bench.mesh.read(shop), { blue: 0, green: 100 });
  bench.clock.advance(1_000);
  const status = await statusOf(bench);
  expect(status.split).toEqual({ blue: 0, green: 100 });
  expect(status.proxiesAgree).toBe(false);
  expect(status.serving).toBe(
    'the proxies differ: v1.1.0 in slot green, 100 %; or v1.0.0 in slot blue, 100 %',
  );
  expect(wrongs(status)).toContain(
    'gateway istio-system/gateway-2 does not serve what the API server has: it serves blue 100 / green 0',
  );
  expect(bench.lines.join('\n')).toMatch(/gateway istio-system\/gateway-2 +blue 100 \/ green 0 +NOT as/);
});

test('when no proxy has got the new weights, users still get the old version, and it says that', async () => {
  const bench = shopOf();
  bench.envoys.lagMs = 60_000;
  await bench.mesh.setSplit(await bench.mesh.read(shop), { blue: 0, green: 100 });
  const status = await statusOf(bench);
  expect(status.split).toEqual({ blue: 0, green: 100 });
  expect(status.serving).toBe('v1.0.0 in slot blue, 100 %');
  expect(status.health).toBe('wrong');
});

test('a release that was cut off is wrong; one with its step at work is not', async () => {
  const bench = shopOf();
  await bench.begin('switching');
  expect(wrongs(await statusOf(bench))).toContain('release rel-1 is switching, and no step is at work');
  await bench
    .leaseOf('switch-traffic of run 7, by kim')
    .hold(shop, { onBusy: 'fail', timeoutMs: 0, signal: bench.stop.signal });
  bench.leases.writes.length = 0;
  const status = await statusOf(bench);
  expect(status.health).toBe('well');
  expect(status.lease).toMatchObject({ title: 'switch-traffic of run 7, by kim' });
  expect(status.next.map(({ command }) => command)).toEqual(['c4ang rollback order-api -n ecommerce']);
});

test('weights that somebody moved by hand are seen', async () => {
  const bench = shopOf();
  await bench.begin('stable', { splitAfter: { blue: 0, green: 100 } });
  expect(wrongs(await statusOf(bench))).toContain(
    'someone moved the traffic by hand, or applied it from Git',
  );
});

test('a live slot without a ready pod is wrong', async () => {
  const bench = shopOf();
  for (const number of [1, 2]) bench.api.put(pods, servicePod('blue', number, { ready: false }));
  const status = await statusOf(bench);
  expect(wrongs(status)).toContain('blue takes traffic and has no ready pod');
  expect(status.serving).toBe('nothing ready in slot blue, 100 %');
});

test('routes at odds are told, each with its split', async () => {
  const mesh = virtualService({
    name: 'order-api-mesh',
    hosts: ['order-api'],
    gateways: ['mesh'],
    http: [{ route: [destination('blue', 0), destination('green', 100)] }],
  });
  const bench = shopOf([virtualServices, mesh]);
  const status = await statusOf(bench);
  expect(status.live).toBeNull();
  expect(wrongs(status)).toContain('the routes disagree');
});

test('an image that was not released is noticed', async () => {
  const bench = shopOf();
  await bench.begin('verified', {
    slots: { green: { version: 'v1.1.0', image: `shop/order-api@${digest('c')}` } },
  });
  const status = await statusOf(bench);
  expect(status.findings.map(({ what }) => what)).toContain(
    'green runs sha256:aaaaaaaaaaaa, and release rel-1 put sha256:cccccccccccc there',
  );
});

test('a preview that a killed step left open is wrong', async () => {
  const bench = shopOf();
  await bench.mesh.openPreview(await bench.mesh.read(shop), {
    slot: 'green',
    header: 'version',
    value: 'v1',
  });
  expect(wrongs(await statusOf(bench))).toContain('a preview route is open');
});

test.each([
  ['no Service', (bench: Bench) => bench.api.drop(services, shop.namespace, 'order-api'), 'no Service'],
  [
    'no DestinationRule',
    (bench: Bench) => bench.api.drop(destinationRules, shop.namespace, 'order-api-dr'),
    'no DestinationRule',
  ],
  [
    'no VirtualService',
    (bench: Bench) => bench.api.drop(virtualServices, shop.namespace, 'order-api-vs'),
    'no VirtualService',
  ],
])('with %s, everything else is told all the same', async (_title, breakIt, what) => {
  const bench = shopOf();
  await bench.begin('verified');
  breakIt(bench);
  const status = await statusOf(bench);
  expect(wrongs(status)).toContain(what);
  expect(status.serving).toBe('unknown: the routes could not be read');
  expect(status.slots.green).toMatchObject({ versions: ['v1.1.0'], ready: 2 });
  expect(status.release?.phase).toBe('verified');
});

test('a Gateway that does not exist keeps nothing else from being told', async () => {
  const bench = shopOf();
  bench.api.drop(gateways, shop.namespace, 'ecommerce-gateway');
  const status = await statusOf(bench);
  expect(wrongs(status)).toContain('Gateway ecommerce/ecommerce-gateway');
  expect(status.slots.blue).toMatchObject({ role: 'live', ready: 2 });
});

test('a record of a newer schema is told, and that a rollback works without it', async () => {
  const bench = shopOf([virtualServices, virtualService({ weights: [0, 100] })]);
  bench.api.put(configMaps, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'order-api-release', namespace: shop.namespace },
    data: { 'release.json': '{"schemaVersion": 99}' },
  });
  const status = await statusOf(bench);
  expect(wrongs(status)).toContain('the release record cannot be used: its schema 99 is newer');
  expect(status.next.at(-1)?.command).toBe('c4ang rollback order-api -n ecommerce --to blue');
});

test('what may not be read is said, and nothing else is lost', async () => {
  const bench = shopOf();
  bench.leases.failNext(
    'get',
    'Lease',
    () => new PermissionError('not allowed to get leases', 'Add this rule'),
  );
  bench.envoys.gone.add('gateway-1');
  const status = await statusOf(bench);
  expect(status.findings.map(({ what }) => what)).toContain(
    'the lease could not be read: not allowed to get leases',
  );
  expect(wrongs(status)).toContain('gateway istio-system/gateway-1 cannot be judged: pod gateway-1 is gone');
  expect(status.serving).toBe('v1.0.0 in slot blue, 100 %');
});

test('a cluster that cannot be reached is an error', async () => {
  const bench = shopOf();
  const fault = (): Error => new ConnectionError('the cluster cannot be reached', 'Check the address.');
  for (const kind of ['Service', 'Service', 'Deployment', 'Deployment', 'ConfigMap']) {
    bench.api.failNext('get', kind, fault);
  }
  bench.leases.failNext('get', 'Lease', fault);
  await expect(statusOf(bench)).rejects.toThrow('the cluster cannot be reached');
});

test('the step fails for what is wrong only when it is told to, and has told everything by then', async () => {
  const bench = shopOf();
  await bench.begin('switching');
  await expect(statusOf(bench, { 'fail-when-wrong': 'true' })).rejects.toThrow(
    'something is wrong: release rel-1 is switching',
  );
  expect(bench.given.get('health')).toBe('wrong');
  bench.given.clear();
  await bench.begin('verified');
  await statusOf(bench, { 'fail-when-wrong': 'true' });
  expect(bench.given.get('health')).toBe('well');
});

test('the table at a terminal', async () => {
  const bench = shopOf();
  await bench.begin('verified', {
    timeline: [{ at: '2026-11-20T23:57:00.000Z', phase: 'verified', note: '24 of 24 as expected' }],
    actor: 'kim',
  });
  await statusOf(bench);
  expect(bench.lines.join('\n')).toBe(`order-api in ecommerce: v1.0.0 in slot blue, 100 %

SLOT   ROLE       USERS  VERSION  READY  IMAGE                ROLLED OUT
blue   live       100 %  v1.0.0   2/2    sha256:bbbbbbbbbbbb  -
green  candidate  0 %    v1.1.0   2/2    sha256:aaaaaaaaaaaa  -

proxies  2 gateways and 1 caller serve blue 100 / green 0, as the API server has it
release  v1.1.0 in green is verified for 3 min: 24 of 24 as expected
         verify: pass, well
         rel-1, by kim

next  c4ang plan order-api -n ecommerce    shows the exact patch, and changes nothing
      c4ang switch order-api -n ecommerce  moves the users to v1.1.0 in green`);
});

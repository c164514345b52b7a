import { expect, test } from '@jest/globals';
import type { KubeObject, Resource } from '../../src/cluster/api/kubeApi.ts';
import { destinationRules, gateways, pods, virtualServices } from '../../src/cluster/api/resources.ts';
import { ConflictError, ConnectionError, PermissionError } from '../../src/runtime/errors.ts';
import { Bench } from '../fakes/bench.ts';
import {
  byVersion,
  destination,
  destinationRule,
  gatewayPod,
  servicePod,
  shop,
  virtualService,
} from '../fakes/shop.ts';

const toGreen = { blue: 0, green: 100 };
const options = { timeoutMs: 5_000 };

const forMesh = virtualService({
  name: 'order-api-mesh',
  hosts: ['order-api'],
  gateways: ['mesh'],
  http: [{ route: [destination('blue', 100), destination('green', 0)] }],
});

test('a switch is proven in every gateway and in the caller, in milliseconds from the accepted patch', async () => {
  const { mesh, weights } = bench();
  const routing = await mesh.read(shop);
  const change = await mesh.setSplit(routing, toGreen);
  const proof = await mesh.proveSplit(routing, toGreen, { ...options, sinceMs: change.acceptedMs });
  expect(weights()).toEqual(['order-api-vs: 0/100']);
  expect(proof.proxies.map(({ proxy }) => proxy.pod.name)).toEqual([
    'gateway-1',
    'gateway-2',
    'payment-caller',
  ]);
  expect(proof.worstMs).toBeGreaterThanOrEqual(100);
  expect(proof.worstMs).toBeLessThan(150);
});

test('all VirtualServices are switched, bound to a gateway first', async () => {
  const { mesh, api, weights } = bench([virtualServices, forMesh]);
  await mesh.setSplit(await mesh.read(shop), toGreen);
  expect(api.writes.map(({ name }) => name)).toEqual(['order-api-vs', 'order-api-mesh']);
  expect(weights()).toEqual(['order-api-vs: 0/100', 'order-api-mesh: 0/100']);
});

test('when the second VirtualService cannot be written, the first is put back', async () => {
  const { mesh, api, weights } = bench([virtualServices, forMesh]);
  const routing = await mesh.read(shop);
  const denied = (): Error => new PermissionError('no', 'grant it');
  let patches = 0;
  api.onWrite(() => {
    patches += 1;
    if (patches === 1) api.failNext('patch', 'VirtualService', denied);
  });
  await expect(mesh.setSplit(routing, toGreen)).rejects.toThrow(PermissionError);
  expect(weights()).toEqual(['order-api-vs: 100/0', 'order-api-mesh: 100/0']);
});

test('a write whose answer was lost is put back as well', async () => {
  const { mesh, api, weights } = bench();
  const routing = await mesh.read(shop);
  const original = api.jsonPatch.bind(api);
  let isFirst = true;
  api.jsonPatch = async (...call) => {
    const written = await original(...call);
    if (!isFirst) return written;
    isFirst = false;
    throw new ConnectionError('the connection broke', 'look');
  };
  await expect(mesh.setSplit(routing, toGreen)).rejects.toThrow('the connection broke');
  expect(weights()).toEqual(['order-api-vs: 100/0']);
});

test('what someone else changed meanwhile is kept: the plan is made anew', async () => {
  const { mesh, api, weights } = bench();
  const routing = await mesh.read(shop);
  const edited = virtualService();
  api.put(virtualServices, { ...edited, spec: { ...(edited['spec'] as object), exportTo: ['.'] } });
  await mesh.setSplit(routing, toGreen);
  expect(weights()).toEqual(['order-api-vs: 0/100']);
  expect(api.peek(virtualServices, 'ecommerce', 'order-api-vs')['spec']).toMatchObject({ exportTo: ['.'] });
});

test('after five lost races it gives up', async () => {
  const { mesh, api } = bench();
  const routing = await mesh.read(shop);
  for (let race = 0; race < 5; race += 1) {
    api.failNext('patch', 'VirtualService', () => new ConflictError('lost', 'again'));
  }
  await expect(mesh.setSplit(routing, toGreen)).rejects.toThrow(ConflictError);
  await mesh.setSplit(routing, toGreen);
});

test('a webhook that changes more than was written is found out, and the object is put back', async () => {
  const { mesh, api, weights } = bench();
  const routing = await mesh.read(shop);
  const original = api.jsonPatch.bind(api);
  let isFirst = true;
  api.jsonPatch = async (resource, namespace, name, patch) => {
    const extra = isFirst ? [{ op: 'remove' as const, path: '/spec/http/0/timeout' }] : [];
    isFirst = false;
    return original(resource, namespace, name, [...patch, ...extra]);
  };
  await expect(mesh.setSplit(routing, toGreen)).rejects.toThrow('more changes than were written');
  expect(weights()).toEqual(['order-api-vs: 100/0']);
  expect(api.peek(virtualServices, 'ecommerce', 'order-api-vs')['spec']).toEqual(virtualService()['spec']);
});

test('a switch that is there already writes nothing', async () => {
  const { mesh, api } = bench();
  const change = await mesh.setSplit(await mesh.read(shop), { blue: 100, green: 0 });
  expect([change.changed, api.writes]).toEqual([false, []]);
});

test('a gateway that never gets the new weights fails the proof, by its name', async () => {
  const { mesh, envoys } = bench();
  const routing = await mesh.read(shop);
  envoys.freeze('gateway-2');
  await mesh.setSplit(routing, toGreen);
  await expect(mesh.proveSplit(routing, toGreen, options)).rejects.toThrow(
    /1 of 3 proxies\)\n {2}gateway istio-system\/gateway-2: it serves blue 100 \/ green 0/,
  );
});

test('a gateway pod that appears meanwhile has to prove it too, and one that is gone need not', async () => {
  const { mesh, api, envoys, clock } = bench();
  const routing = await mesh.read(shop);
  envoys.freeze('gateway-2');
  envoys.freeze('gateway-3');
  await mesh.setSplit(routing, toGreen);
  const sleep = clock.sleep.bind(clock);
  clock.sleep = async (ms, signal) => {
    await sleep(ms, signal);
    if (clock.monotonic() > 700) {
      api.drop(pods, 'istio-system', 'gateway-2');
      api.put(pods, gatewayPod(3));
    }
  };
  await expect(mesh.proveSplit(routing, toGreen, options)).rejects.toThrow(/gateway-3: it serves/);
});

test('a VirtualService bound to a Gateway that does not exist is refused before anything is written', async () => {
  const { mesh, api } = bench();
  api.drop(gateways, 'ecommerce', 'ecommerce-gateway');
  await expect(mesh.gateways(await mesh.read(shop))).rejects.toThrow(
    'Gateway ecommerce/ecommerce-gateway does not exist',
  );
});

test('no proxy at all proves nothing', async () => {
  const { mesh, api } = bench();
  const routing = await mesh.read(shop);
  for (const name of ['gateway-1', 'gateway-2']) api.drop(pods, 'istio-system', name);
  await expect(mesh.proveSplit(routing, { blue: 100, green: 0 }, options)).rejects.toThrow(
    'has no ready pod',
  );
});

test('the endpoints of a slot are proven in every proxy', async () => {
  const { mesh, envoys } = bench();
  const routing = await mesh.read(shop);
  const proof = await mesh.proveSubset(routing, 'green', ['10.244.0.31', '10.244.0.32'], options);
  expect(proof.proxies).toHaveLength(3);
  envoys.hosts.green.pop();
  await expect(mesh.proveSubset(routing, 'green', ['10.244.0.31', '10.244.0.32'], options)).rejects.toThrow(
    'its cluster of green lacks 10.244.0.32',
  );
});

test('pods are sorted by the subset that selects them', async () => {
  const stray = servicePod('blue', 3, { labels: { slot: 'purple' } });
  const { mesh } = bench([pods, stray]);
  const found = await mesh.pods(await mesh.read(shop));
  expect([found.blue.length, found.green.length, found.both.length]).toEqual([2, 2, 0]);
  expect(found.neither.map(({ name }) => name)).toEqual(['order-api-blue-5d4f-3']);
  expect(found.green[0]).toMatchObject({ ip: '10.244.0.31', port: 8080, deployment: 'order-api-green' });
});

test('a subset that selects by version is pointed at the new one, and nothing else changes', async () => {
  const { mesh, api } = bench([destinationRules, destinationRule(byVersion)]);
  const routing = await mesh.read(shop);
  expect(await mesh.setSubsetVersion(routing, 'green', 'v1.1.0')).toBe(true);
  expect(await mesh.setSubsetVersion(await mesh.read(shop), 'green', 'v1.1.0')).toBe(false);
  expect(api.peek(destinationRules, 'ecommerce', 'order-api-dr')['spec']).toEqual({
    host: 'order-api',
    subsets: [
      { name: 'blue', labels: { version: 'v1.0.0' } },
      { name: 'green', labels: { version: 'v1.1.0' } },
    ],
  });
});

test('the subset of a slot that takes traffic is never changed, nor pointed at the other slot’s pods', async () => {
  const { mesh, api } = bench([destinationRules, destinationRule(byVersion)]);
  const routing = await mesh.read(shop);
  await expect(mesh.setSubsetVersion(routing, 'blue', 'v2.0.0')).rejects.toThrow('takes traffic');
  await expect(mesh.setSubsetVersion(routing, 'green', 'v1.0.0')).rejects.toThrow(
    'would select 2 pods of blue',
  );
  expect(api.writes).toEqual([]);
});

test('callers in the mesh are found, the service’s own pods and the gateways are none', async () => {
  const { mesh, envoys } = bench();
  envoys.count('payment-caller', 'blue', '10.244.0.21', 7, 0);
  expect(await mesh.callers(await mesh.read(shop))).toEqual([
    { pod: { namespace: 'ecommerce', name: 'payment-caller' }, requests: 7 },
  ]);
});

test('counters tell who did not answer', async () => {
  const { mesh, envoys } = bench();
  envoys.count('gateway-1', 'green', '10.244.0.31', 12, 3);
  envoys.gone.add('gateway-2');
  const { slots, silent } = await mesh.counters(await mesh.read(shop));
  expect(slots.green.counters.find(({ requests }) => requests === 12)).toMatchObject({
    errors: 3,
    subject: '10.244.0.31:8080',
  });
  expect(silent).toEqual([expect.stringContaining('gateway-2')]);
});

test('a preview is opened before its route, proven in the gateways, and closed without a trace', async () => {
  const { mesh, api, routeCount } = bench();
  const routing = await mesh.read(shop);
  const preview = { slot: 'green', header: 'version', value: 'v1.1.0' } as const;
  await mesh.openPreview(routing, preview);
  expect(routeCount()).toBe(2);
  expect((await mesh.provePreview(routing, preview, options)).proxies).toHaveLength(2);
  await mesh.closePreview(await mesh.read(shop));
  expect((await mesh.provePreview(routing, null, options)).proxies).toHaveLength(3);
  expect(api.peek(virtualServices, 'ecommerce', 'order-api-vs')['spec']).toEqual(virtualService()['spec']);
});

test('requests enter a gateway by the listener and the host that its routes name', async () => {
  const { mesh } = bench();
  expect(await mesh.entries(await mesh.read(shop))).toMatchObject([
    { port: 8080, host: 'api.c4ang.com' },
    { port: 8080, host: 'api.c4ang.com' },
  ]);
});

function bench(...objects: readonly (readonly [Resource, KubeObject])[]) {
  const made = new Bench(...objects);
  return {
    mesh: made.mesh,
    api: made.api,
    envoys: made.envoys,
    clock: made.clock,
    weights: () => made.weights(),
    routeCount: () => made.routeCount(),
  };
}

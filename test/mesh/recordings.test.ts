import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { readRouting } from '../../src/domain/routing/readRouting.ts';
import type { RoutingReading } from '../../src/domain/routing/readRouting.ts';
import type { ServiceRouting } from '../../src/domain/routing/routing.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import { parseClusters } from '../../src/mesh/proxies/envoyClusters.ts';
import { parseRoutes } from '../../src/mesh/proxies/envoyRoutes.ts';
import { endpointDifference } from '../../src/mesh/proxies/judgeClusters.ts';
import { previewDifference } from '../../src/mesh/proxies/judgePreview.ts';
import { differenceIn, reachesService } from '../../src/mesh/proxies/judgeRoutes.ts';

// What a real istiod 1.28.3 made of real objects, as a real Envoy held it.
interface Recording {
  readonly applied: readonly (JsonObject & { readonly kind: string })[];
  readonly routes: unknown;
  readonly hosts: unknown;
  readonly sidecar?: { readonly routes: unknown };
}

const folder = join(import.meta.dirname, '..', 'fixtures', 'istio-recordings');
const record = (name: string): Recording => {
  const file = readdirSync(folder).find((one) => one.startsWith(name)) ?? name;
  return JSON.parse(readFileSync(join(folder, file), 'utf8')) as Recording;
};

const service = {
  metadata: { name: 'order-api', namespace: 'ecommerce' },
  spec: { selector: { app: 'order-api' }, ports: [{ port: 80, targetPort: 8080 }] },
};

function readingOf({ applied }: Recording): RoutingReading {
  return readRouting(
    { service: 'order-api', namespace: 'ecommerce' },
    {
      service,
      virtualServices: applied.filter(({ kind }) => kind === 'VirtualService'),
      destinationRules: applied.filter(({ kind }) => kind === 'DestinationRule'),
    },
    'forward',
  );
}

function routingOf(recording: Recording): ServiceRouting {
  const reading = readingOf(recording);
  if (reading.kind === 'refused') throw new Error(reading.problems.map(({ what }) => what).join('; '));
  return reading.routing;
}

const gatewayRoutes = ({ routes }: Recording) => parseRoutes(JSON.stringify(routes));
const sidecarRoutes = ({ sidecar }: Recording) => parseRoutes(JSON.stringify(sidecar?.routes));
const bound = (routing: ServiceRouting) =>
  routing.virtualServices.filter(({ gateways }) => gateways.length > 0);

const asRead = (routing: ServiceRouting) => ({
  mustServe: bound(routing),
  splitOf: ({ split }: ServiceRouting['virtualServices'][number]['routes'][number]) => split,
});
const wanting = (routing: ServiceRouting, blue: number) => ({
  mustServe: bound(routing),
  splitOf: () => ({ blue, green: 100 - blue }),
});

test.each([
  ['01', 100],
  ['02', 0],
  ['03', 70],
  ['07', 100],
  ['08', 100],
  ['09', 50],
  ['12', 100],
  ['13', 100],
  ['22', 100],
  ['23', 100],
])('a real gateway is seen to serve what was applied: recording %s, blue %i', (name, blue) => {
  const recording = record(name);
  const routing = routingOf(recording);
  expect(routing.split).toEqual({ blue, green: 100 - blue });
  expect(differenceIn(gatewayRoutes(recording), routing, asRead(routing))).toBeNull();
  expect(differenceIn(gatewayRoutes(recording), routing, wanting(routing, blue))).toBeNull();
});

test('a gateway that serves another split is not taken for served', () => {
  const recording = record('03');
  const routing = routingOf(recording);
  expect(differenceIn(gatewayRoutes(recording), routing, wanting(routing, 0))).toMatch(
    'it serves blue 70 / green 30',
  );
});

test('a gateway that has nothing of the VirtualService is not taken for served', () => {
  const recording = record('01');
  const routing = routingOf(recording);
  expect(differenceIn([], routing, asRead(routing))).toMatch(
    'no route of VirtualService ecommerce/order-api-vs',
  );
});

test('a gateway that misses one of several named routes is not taken for served', () => {
  const recording = record('13');
  const routing = routingOf(recording);
  const partial = gatewayRoutes(recording).filter(({ name }) => name !== 'write');
  expect(differenceIn(partial, routing, asRead(routing))).toMatch('has no route write');
});

test('one route of several that lags behind is found', () => {
  const recording = record('13');
  const routing = routingOf(recording);
  const stale = gatewayRoutes(recording).map((route) =>
    route.name === 'write'
      ? { ...route, clusters: new Map([['outbound|80|green|order-api.ecommerce.svc.cluster.local', 100]]) }
      : route,
  );
  expect(differenceIn(stale, routing, asRead(routing))).toMatch('it serves blue 0 / green 100');
});

test('a VirtualService for the mesh that lags behind the one of the gateway is a disagreement', () => {
  const recording = record('24');
  const routing = routingOf(recording);
  expect(routing.split).toBeNull();
  expect(routing.disagreement).toMatch('order-api-vs');
  expect(differenceIn(sidecarRoutes(recording), routing, { ...asRead(routing), mustServe: [] })).toBeNull();
  expect(
    differenceIn(sidecarRoutes(recording), routing, { ...wanting(routing, 0), mustServe: [] }),
  ).not.toBeNull();
});

test('with the gateway governed alone, a sidecar reaches both slots past the weights', () => {
  const recording = record('21');
  const routing = routingOf(recording);
  expect(routing.meshGoverned).toBe(false);
  expect(sidecarRoutes(recording).some((route) => reachesService(route, routing))).toBe(true);
  expect(differenceIn(sidecarRoutes(recording), routing, { ...asRead(routing), mustServe: [] })).toMatch(
    'past the managed VirtualServices',
  );
});

test.each(['22', '23'])('with the mesh governed, the sidecar follows the weights: recording %s', (name) => {
  const recording = record(name);
  const routing = routingOf(recording);
  expect(routing.meshGoverned).toBe(true);
  expect(differenceIn(sidecarRoutes(recording), routing, { ...asRead(routing), mustServe: [] })).toBeNull();
});

test.each([
  ['04', 'route preview of VirtualService ecommerce/order-api-vs has no entry for subset blue'],
  ['06', 'has no subset green'],
  ['10', 'has no entry for subset green'],
])('what cannot be switched is refused by name: recording %s', (name, what) => {
  const reading = readingOf(record(name));
  expect(reading.kind === 'refused' && reading.problems.map((problem) => problem.what).join('\n')).toMatch(
    what,
  );
});

test('a header route is recognised in a real Envoy, with its value and its only destination', () => {
  const recording = record('04');
  const routes = gatewayRoutes(recording).map((route) =>
    route.name === 'preview' ? { ...route, name: 'order-api-preview' } : route,
  );
  const routing = routingOf(record('01'));
  const preview = { slot: 'green', header: 'version', value: 'v1.1.0' } as const;
  expect(previewDifference(routes, routing, preview, bound(routing))).toBeNull();
  expect(previewDifference(routes, routing, { ...preview, value: 'v1.2.0' }, bound(routing))).not.toBeNull();
  expect(previewDifference(routes, routing, null, bound(routing))).toMatch('still has a preview route');
  expect(previewDifference(gatewayRoutes(record('01')), routing, null, bound(routing))).toBeNull();
  expect(previewDifference(gatewayRoutes(record('01')), routing, preview, bound(routing))).toMatch(
    'no preview route',
  );
});

test('the endpoints of a slot are read with their health', () => {
  const recording = record('22');
  const routing = routingOf(recording);
  const clusters = parseClusters(JSON.stringify(recording.hosts));
  const green = ['10.244.0.25', '10.244.0.27'];
  expect(endpointDifference(clusters, routing, 'green', green)).toBeNull();
  expect(endpointDifference(clusters, routing, 'green', [...green, '10.244.0.29'])).toMatch(
    'lacks 10.244.0.29',
  );
  expect(endpointDifference(clusters, routing, 'green', ['10.244.0.25'])).toMatch('has 10.244.0.27 besides');
});

test('a slot without pods has no endpoint, and a subset that nobody declared no cluster', () => {
  const empty = record('05');
  const routing = routingOf(empty);
  const clusters = parseClusters(JSON.stringify(empty.hosts));
  expect(endpointDifference(clusters, routing, 'green', ['10.244.0.25'])).toMatch('lacks 10.244.0.25');
  const undeclared = parseClusters(JSON.stringify(record('06').hosts));
  expect(endpointDifference(undeclared, routing, 'green', [])).toMatch('does not know the cluster of green');
});

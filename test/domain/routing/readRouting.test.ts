import { expect, test } from '@jest/globals';
import type { KubeObject } from '../../../src/cluster/api/kubeApi.ts';
import { readRouting } from '../../../src/domain/routing/readRouting.ts';
import type { Purpose, ServiceRouting } from '../../../src/domain/routing/routing.ts';
import { meshRouteToAdd } from '../../../src/domain/routing/exposure.ts';
import { bySlot, destination, destinationRule, shop, virtualService } from '../../fakes/shop.ts';
import type { VirtualServiceOptions } from '../../fakes/shop.ts';

const service = (ports: readonly unknown[] = [{ port: 80, targetPort: 'http' }]) => ({
  metadata: { name: 'order-api', namespace: 'ecommerce' },
  spec: { selector: { app: 'order-api' }, ports },
});

const read = (
  virtualServices: readonly KubeObject[],
  destinationRules: readonly KubeObject[] = [destinationRule(bySlot)],
  object = service(),
  purpose: Purpose = 'forward',
) => readRouting(shop, { service: object, virtualServices, destinationRules }, purpose);

function routing(...given: Parameters<typeof read>): ServiceRouting {
  const reading = read(...given);
  if (reading.kind === 'refused') throw new Error(reading.problems.map(({ what }) => what).join('\n'));
  return reading.routing;
}

function refusal(...given: Parameters<typeof read>): string {
  const reading = read(...given);
  return reading.kind === 'managed'
    ? 'not refused'
    : reading.problems.map(({ what, remedy }) => `${what} -> ${remedy}`).join('\n');
}

const withHttp = (http: readonly unknown[], options: VirtualServiceOptions = {}): KubeObject =>
  virtualService({ ...options, http });

test.each([
  'order-api',
  'order-api.ecommerce',
  'order-api.ecommerce.svc',
  'order-api.ecommerce.svc.cluster.local',
])('the service is found under the host %s', (host) => {
  const vs = withHttp([{ route: [destination('blue', 100, host), destination('green', 0, host)] }]);
  expect(routing([vs]).live).toBe('blue');
});

test('a short host in another namespace is another service', () => {
  const foreign = virtualService({ name: 'x', namespace: 'other' });
  expect(routing([foreign, virtualService()]).virtualServices).toHaveLength(1);
});

test('a VirtualService of another namespace that routes here is found', () => {
  const host = 'order-api.ecommerce.svc.cluster.local';
  const foreign = withHttp([{ route: [destination('blue', 100, host), destination('green', 0, host)] }], {
    namespace: 'istio-system',
    name: 'edge',
    gateways: ['./edge', 'ecommerce/ecommerce-gateway'],
  });
  expect(routing([foreign]).virtualServices[0]?.gateways).toEqual([
    { namespace: 'istio-system', name: 'edge' },
    { namespace: 'ecommerce', name: 'ecommerce-gateway' },
  ]);
});

test('an absent weight is 0', () => {
  const vs = withHttp([{ route: [destination('blue', 100), destination('green')] }]);
  expect(routing([vs]).split).toEqual({ blue: 100, green: 0 });
});

test('weights that do not add up to 100 are read as they are served', () => {
  const vs = withHttp([{ route: [destination('blue', 30), destination('green', 30)] }]);
  expect(routing([vs]).split).toEqual({ blue: 50, green: 50 });
});

test('a slot that gets next to nothing never looks idle', () => {
  const vs = withHttp([{ route: [destination('blue', 1000), destination('green', 1)] }]);
  expect(routing([vs])).toMatchObject({ split: { blue: 99, green: 1 }, live: null });
});

test('routes that disagree have no split, and say where', () => {
  const vs = withHttp([
    { name: 'read', route: [destination('blue', 100), destination('green', 0)] },
    { name: 'write', route: [destination('blue', 0), destination('green', 100)] },
  ]);
  expect(routing([vs])).toMatchObject({
    split: null,
    live: null,
    disagreement: expect.stringContaining('route write has blue 0 / green 100') as unknown,
  });
});

test('the mesh is governed only under the service’s own host', () => {
  expect(routing([virtualService()]).meshGoverned).toBe(true);
  expect(
    routing([virtualService({ hosts: ['*.ecommerce.svc.cluster.local'], gateways: [] })]).meshGoverned,
  ).toBe(true);
  expect(routing([virtualService({ hosts: ['api.c4ang.com'] })]).meshGoverned).toBe(false);
  expect(routing([virtualService({ gateways: ['ecommerce-gateway'] })]).meshGoverned).toBe(false);
});

test.each([
  ['without a subset', [{ destination: { host: 'order-api' } }], 'sends to order-api without a subset'],
  ['to another subset', [destination('canary', 100)], 'sends to subset canary of order-api'],
  [
    'with one entry',
    [destination('blue', 100)],
    'Add to its route list: {destination: {host: order-api, subset: green}, weight: 0}',
  ],
  [
    'with three entries',
    [destination('blue', 50), destination('blue', 50), destination('green', 0)],
    'has 2 entries for subset blue',
  ],
  [
    'shared with another host',
    [destination('blue', 50), destination('green', 0), destination('blue', 50, 'other')],
    'splits between order-api and another host',
  ],
])('a route %s is refused by name', (_title, route, message) => {
  expect(refusal([withHttp([{ name: 'main', route }])])).toContain(message);
  expect(refusal([withHttp([{ name: 'main', route }])])).toContain(
    'route main of VirtualService ecommerce/order-api-vs',
  );
});

test('tcp routes are refused rather than left behind', () => {
  const plain = virtualService();
  const tcp = { ...plain, spec: { ...(plain['spec'] as object), tcp: [{ route: [destination('blue')] }] } };
  expect(refusal([tcp])).toContain('tcp route number 1');
});

test('everything that stands in the way is told at once', () => {
  const text = refusal([withHttp([{ route: [destination('blue', 100)] }])], []);
  expect(text).toContain('has no entry for subset green');
  expect(text).toContain('no DestinationRule has the host order-api.ecommerce.svc.cluster.local');
});

test('no VirtualService, and two DestinationRules, are refused', () => {
  expect(refusal([])).toContain('no VirtualService routes to order-api.ecommerce');
  const second = { ...destinationRule(bySlot), metadata: { name: 'second', namespace: 'ecommerce' } };
  expect(refusal([virtualService()], [destinationRule(bySlot), second])).toContain('have the same host');
});

test('an ambient waypoint is refused', () => {
  const object = service();
  const labels = { 'istio.io/use-waypoint': 'waypoint' };
  const ambient = { ...object, metadata: { ...object.metadata, labels } };
  expect(refusal([virtualService()], undefined, ambient)).toContain('ambient waypoint');
});

test('a missing subset, and one without labels, are refused', () => {
  const blueOnly = {
    ...destinationRule(bySlot),
    spec: { host: 'order-api', subsets: [{ name: 'blue', labels: {} }] },
  };
  expect(refusal([virtualService()], [blueOnly])).toContain(
    'has no labels: it selects the pods of both slots',
  );
  expect(refusal([virtualService()], [blueOnly])).toContain('has no subset green');
});

test('the port is the routes’ one, or the Service’s only one', () => {
  const noPort = withHttp([
    {
      route: [
        { destination: { host: 'order-api', subset: 'blue' }, weight: 100 },
        { destination: { host: 'order-api', subset: 'green' } },
      ],
    },
  ]);
  expect(routing([noPort])).toMatchObject({ port: 80, targetPort: 'http' });
  const two = service([{ port: 80 }, { port: 9090 }]);
  expect(refusal([noPort], undefined, two)).toContain('name no port');
  expect(routing([virtualService()], undefined, two).port).toBe(80);
  expect(refusal([virtualService()], undefined, service([{ port: 8080 }]))).toContain('use port 80');
});

test('the VirtualService to add for the mesh has the weights of now, and the policy that users have', () => {
  const gatewayOnly = routing([virtualService({ gateways: ['ecommerce-gateway'], weights: [0, 100] })]);
  expect(meshRouteToAdd(gatewayOnly)).toEqual({
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: 'order-api-mesh', namespace: 'ecommerce' },
    spec: {
      hosts: ['order-api.ecommerce.svc.cluster.local'],
      gateways: ['mesh'],
      http: [
        {
          name: 'mesh',
          route: [
            {
              destination: {
                host: 'order-api.ecommerce.svc.cluster.local',
                port: { number: 80 },
                subset: 'blue',
              },
              weight: 0,
            },
            {
              destination: {
                host: 'order-api.ecommerce.svc.cluster.local',
                port: { number: 80 },
                subset: 'green',
              },
              weight: 100,
            },
          ],
          timeout: '30s',
          retries: { attempts: 3, perTryTimeout: '10s', retryOn: '5xx,reset' },
        },
      ],
    },
  });
  expect(meshRouteToAdd(routing([virtualService()]))).toBeNull();
  const applied = meshRouteToAdd(gatewayOnly) as KubeObject;
  const governed = routing([virtualService({ gateways: ['ecommerce-gateway'], weights: [0, 100] }), applied]);
  expect([governed.meshGoverned, governed.live]).toEqual([true, 'green']);
});

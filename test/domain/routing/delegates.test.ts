import { expect, test } from '@jest/globals';
import type { KubeObject } from '../../../src/cluster/api/kubeApi.ts';
import { mergeRoute } from '../../../src/domain/routing/delegateMerge.ts';
import { readRouting } from '../../../src/domain/routing/readRouting.ts';
import type { Purpose, ServiceRouting } from '../../../src/domain/routing/routing.ts';
import { bySlot, destination, destinationRule, shop, virtualService } from '../../fakes/shop.ts';

const service = {
  metadata: { name: 'order-api', namespace: 'ecommerce' },
  spec: { selector: { app: 'order-api' }, ports: [{ port: 80, targetPort: 8080 }] },
};
const delegate = (options: Parameters<typeof virtualService>[0] = {}): KubeObject =>
  virtualService({ name: 'orders', hosts: [], gateways: [], ...options });
const root = (options: Parameters<typeof virtualService>[0] = {}): KubeObject =>
  virtualService({
    name: 'edge',
    namespace: 'istio-system',
    hosts: ['api.c4ang.com'],
    gateways: ['ecommerce/ecommerce-gateway'],
    http: [
      {
        name: 'shop',
        match: [{ uri: { prefix: '/api' } }],
        delegate: { name: 'orders', namespace: 'ecommerce' },
      },
    ],
    ...options,
  });
const meshRoot = root({
  name: 'inside',
  namespace: 'ecommerce',
  hosts: ['order-api'],
  gateways: ['mesh'],
  http: [{ delegate: { name: 'orders' } }],
});

const read = (virtualServices: readonly KubeObject[], purpose: Purpose = 'forward') =>
  readRouting(shop, { service, virtualServices, destinationRules: [destinationRule(bySlot)] }, purpose);

function routing(...given: Parameters<typeof read>): ServiceRouting {
  const reading = read(...given);
  if (reading.kind === 'refused') throw new Error(reading.problems.map(({ what }) => what).join('\n'));
  return reading.routing;
}

function refusal(...given: Parameters<typeof read>): string {
  const reading = read(...given);
  return reading.kind === 'managed' ? 'not refused' : reading.problems.map(({ what }) => what).join('\n');
}

test('a delegate is what is written, and its root in another namespace is what proxies have', () => {
  const { virtualServices, served, live, meshGoverned } = routing([delegate(), root()]);
  expect(live).toBe('blue');
  expect(meshGoverned).toBe(false);
  expect(virtualServices).toMatchObject([
    {
      name: 'orders',
      hosts: ['api.c4ang.com'],
      gateways: [{ namespace: 'ecommerce', name: 'ecommerce-gateway' }],
      mesh: false,
    },
  ]);
  expect(served).toMatchObject([
    { namespace: 'istio-system', name: 'edge', routes: [{ index: 0, name: 'shop', split: { blue: 100 } }] },
  ]);
});

test('a delegate of two roots is written once, and served by both', () => {
  const { virtualServices, served, meshGoverned } = routing([root(), delegate(), meshRoot]);
  expect(virtualServices.map(({ name }) => name)).toEqual(['orders']);
  expect(virtualServices[0]).toMatchObject({ hosts: ['api.c4ang.com', 'order-api'], mesh: true });
  expect(served.map(({ name }) => name)).toEqual(['edge', 'inside']);
  expect(meshGoverned).toBe(true);
});

test('a root may have routes of its own beside: both objects are written, one is served', () => {
  const own = { name: 'own', match: [{ uri: { prefix: '/own' } }] };
  const full = 'order-api.ecommerce';
  const route = [destination('blue', 100, full), destination('green', 0, full)];
  const both = root({
    http: [
      { ...own, route },
      { name: 'shop', delegate: { name: 'orders', namespace: 'ecommerce' } },
    ],
  });
  const { virtualServices, served } = routing([both, delegate()]);
  expect(virtualServices.map(({ name }) => name)).toEqual(['orders', 'edge']);
  expect(served.map(({ name, routes }) => [name, routes.map((one) => one.name)])).toEqual([
    ['edge', ['own', 'shop']],
  ]);
});

test('a delegate that nobody gets the routes of is refused, with the reason', () => {
  expect(refusal([delegate()])).toContain(
    'VirtualService ecommerce/orders has no hosts, which makes it a delegate, and no VirtualService with hosts hands over to it',
  );
  const spec = { ...(delegate()['spec'] as object), exportTo: ['.'] };
  expect(refusal([{ ...delegate(), spec }, root()])).toContain(
    'VirtualService ecommerce/orders is a delegate of VirtualService istio-system/edge, and is not exported to istio-system',
  );
  expect(refusal([{ ...delegate(), spec }, root(), meshRoot])).toContain('is not exported to istio-system');
  const route = [destination('blue', 100), destination('green', 0)];
  const outside = delegate({ http: [{ match: [{ uri: { prefix: '/admin' } }], route }] });
  expect(refusal([outside, root()])).toContain(
    'none of its matches is within one of the route that hands over to it',
  );
});

test('a delegate of a delegate is nobody’s: Istio follows one level', () => {
  const middle = delegate({ name: 'middle', http: [{ delegate: { name: 'orders' } }] });
  const top = root({ http: [{ delegate: { name: 'middle', namespace: 'ecommerce' } }] });
  expect(refusal([delegate(), middle, top])).toContain('no VirtualService with hosts hands over to it');
});

test('going back, the weights of a delegate that nobody names are written all the same', () => {
  const { virtualServices, overlooked } = routing([delegate(), virtualService()], 'back');
  expect(virtualServices.map(({ name }) => name)).toEqual(['order-api-vs', 'orders']);
  expect(overlooked.map(({ what }) => what).join()).toContain('serve nobody');
});

test('what a delegate says is not within its own host is looked at as it is served: overlaps are found there', () => {
  const other = virtualService({
    name: 'archive',
    hosts: ['api.c4ang.com'],
    gateways: ['ecommerce-gateway'],
    http: [
      {
        name: 'archive',
        match: [{ uri: { prefix: '/api/v1/orders/old' } }],
        route: [destination('blue', 100, 'archive')],
      },
    ],
  });
  expect(refusal([delegate(), root(), other])).toContain(
    'route shop of VirtualService istio-system/edge ({"uri":{"prefix":"/api/v1/orders"}}) and route archive of VirtualService ecommerce/archive',
  );
});

const uri = (condition: object): object => ({ uri: condition });
test.each<[string, object[], object[], object[] | null]>([
  ['without any in the delegate, the root’s', [uri({ prefix: '/a' })], [], [uri({ prefix: '/a' })]],
  ['without any in the root, the delegate’s', [], [uri({ prefix: '/a' })], [uri({ prefix: '/a' })]],
  ['a longer prefix', [uri({ prefix: '/a' })], [uri({ prefix: '/a/b' })], [uri({ prefix: '/a/b' })]],
  ['a path under the prefix', [uri({ prefix: '/a' })], [uri({ exact: '/a/b' })], [uri({ exact: '/a/b' })]],
  ['a shorter prefix', [uri({ prefix: '/a/b' })], [uri({ prefix: '/a' })], null],
  ['a prefix under a path', [uri({ exact: '/a' })], [uri({ prefix: '/a' })], null],
  ['a regular expression', [uri({ regex: '/a' })], [uri({ regex: '/a' })], null],
  [
    'another header',
    [{ headers: { x: { exact: '1' } } }],
    [{ headers: { y: {} } }],
    [{ headers: { x: { exact: '1' }, y: {} } }],
  ],
  [
    'the same header otherwise',
    [{ headers: { x: { exact: '1' } } }],
    [{ headers: { x: { exact: '2' } } }],
    null,
  ],
  ['another case', [{ ...uri({ prefix: '/a' }), ignoreUriCase: true }], [uri({ prefix: '/a' })], null],
  ['another port', [{ port: 80 }], [{ port: 81 }], null],
  ['its own port', [{}], [{ port: 81 }], [{ port: 81 }]],
  ['no namespace of callers where the root has one', [{ sourceNamespace: 'a' }], [{ port: 80 }], null],
  [
    'a gateway of the root’s',
    [{ gateways: ['a/g', 'mesh'] }],
    [{ gateways: ['mesh'] }],
    [{ gateways: ['mesh'] }],
  ],
  ['another gateway', [{ gateways: ['a/g'] }], [{ gateways: ['mesh'] }], null],
  [
    'two of the root’s',
    [uri({ prefix: '/' }), { name: 'n', port: 80 }],
    [{ name: 'm' }],
    [
      { ...uri({ prefix: '/' }), name: 'm' },
      { port: 80, name: 'n-m' },
    ],
  ],
])('a delegate’s match with %s', (_title, ours, leaf, merged) => {
  const found = mergeRoute({ match: ours, delegate: { name: 'x' } }, { match: leaf, redirect: { uri: '/' } });
  expect(found).toEqual(merged === null ? null : { match: merged, redirect: { uri: '/' } });
});

test('names are joined, and what the delegate leaves open comes from the root', () => {
  const ours = { name: 'r', timeout: '1s', retries: { attempts: 1 }, delegate: { name: 'x' } };
  expect(mergeRoute(ours, { name: 'd', timeout: '2s' })).toEqual({
    name: 'r-d',
    timeout: '2s',
    retries: { attempts: 1 },
  });
  expect(mergeRoute(ours, {})).toMatchObject({ name: 'r', timeout: '1s' });
});

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isUnseen, meetAt, reaches, reachOf } from '../../../src/domain/routing/exportTo.ts';
import { inDoubt, readRouting } from '../../../src/domain/routing/readRouting.ts';
import type { RoutingObjects } from '../../../src/domain/routing/readRouting.ts';
import type { KubeObject } from '../../../src/cluster/api/kubeApi.ts';
import { bySlot, destination, destinationRule, shop, virtualService } from '../../fakes/shop.ts';

const runs = { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 500) };
const full = 'order-api.ecommerce.svc.cluster.local';
const service = {
  metadata: { name: 'order-api', namespace: 'ecommerce' },
  spec: { selector: { app: 'order-api' }, ports: [{ port: 80, targetPort: 8080 }] },
};
const atGateway = new Map([['ecommerce/ecommerce-gateway', ['istio-system']]]);

const exportedTo = (exportTo: readonly string[], object: KubeObject = virtualService()): KubeObject => ({
  ...object,
  spec: { ...(object['spec'] as object), exportTo },
});
/** Lacks a slot: whoever counts it refuses the service. */
const odd = (options: Parameters<typeof virtualService>[0] = {}): KubeObject =>
  virtualService({
    name: 'odd-vs',
    namespace: 'other',
    hosts: ['odd.c4ang.com'],
    gateways: ['ecommerce/ecommerce-gateway'],
    http: [{ name: 'odd', match: [{ uri: { prefix: '/odd' } }], route: [destination('blue', 100, full)] }],
    ...options,
  });

function problems(objects: Partial<RoutingObjects>): string {
  const given = {
    service,
    virtualServices: [virtualService()],
    destinationRules: [destinationRule(bySlot)],
    ...objects,
  };
  const reading = readRouting(shop, given, 'forward');
  return reading.kind === 'managed' ? '' : reading.problems.map(({ what }) => what).join('\n');
}

const beside = (other: KubeObject): string =>
  problems({ virtualServices: [virtualService(), other], gatewayNamespaces: atGateway });

test('a VirtualService that no pod of its Gateway gets stands in nobody’s way', () => {
  expect(beside(odd())).toContain('has no entry for subset green');
  expect(beside(exportedTo(['istio-system'], odd()))).toContain('has no entry for subset green');
  for (const exportTo of [['.'], ['other', 'third'], ['~']])
    expect(beside(exportedTo(exportTo, odd()))).toBe('');
});

test('for the mesh whoever it is exported to may be a caller', () => {
  expect(beside(exportedTo(['.'], odd({ gateways: ['mesh'] })))).toContain('has no entry for subset green');
  expect(beside(exportedTo(['.'], odd({ gateways: [] })))).toContain('has no entry for subset green');
  expect(beside(exportedTo(['~'], odd({ gateways: ['mesh'] })))).toBe('');
});

test('two that no gateway has at once do not overlap', () => {
  const other = odd({
    hosts: ['api.c4ang.com'],
    http: [
      {
        match: [{ uri: { prefix: '/api' } }],
        route: [destination('blue', 100, full), destination('green', 0, full)],
      },
    ],
  });
  expect(beside(other)).toContain('can both take a request');
  expect(beside(exportedTo(['.', 'istio-system'], other))).toContain('can both take a request');
  expect(beside(exportedTo(['other'], other))).toBe('');
});

test('where a Gateway’s pods are is asked for only when something hangs on it', () => {
  const reading = (virtualServices: readonly KubeObject[]) => {
    const objects = { service, virtualServices, destinationRules: [destinationRule(bySlot)] };
    return inDoubt(readRouting(shop, objects, 'forward'), objects);
  };
  expect(reading([exportedTo(['.', 'istio-system'])])).toEqual([]);
  expect(reading([virtualService(), odd()])).toEqual([]);
  expect(reading([virtualService(), exportedTo(['.'], odd())])).toEqual([
    { namespace: 'ecommerce', name: 'ecommerce-gateway' },
  ]);
  const moved = odd({
    http: [{ name: 'odd', route: [destination('blue', 0, full), destination('green', 100, full)] }],
  });
  expect(reading([virtualService(), exportedTo(['.'], moved)])).toHaveLength(1);
});

test.each<[string, string, readonly string[], boolean]>([
  ['of another namespace, for that one alone', 'other', ['.'], false],
  ['of another namespace, for a third', 'other', ['third'], false],
  ['of another namespace, for everybody', 'other', ['*'], true],
  ['of another namespace, for ours', 'other', ['ecommerce'], true],
  ['of ours, for the gateways alone', 'ecommerce', ['istio-system'], true],
  ['of Istio’s own, which its gateways look at first', 'istio-system', ['.'], true],
  ['of ours, for nobody', 'ecommerce', ['~'], false],
])('a second DestinationRule %s', (_title, namespace, exportTo, counts) => {
  const rule = destinationRule(bySlot);
  const second = exportedTo(exportTo, {
    ...rule,
    metadata: { name: 'second', namespace },
    spec: { ...(rule['spec'] as object), host: full },
  });
  expect(problems({ destinationRules: [rule, second] }).includes('have the same host')).toBe(counts);
});

test('callers are governed by what is exported to the service’s own namespace', () => {
  const governed = (exportTo: readonly string[]): boolean => {
    const objects = {
      service,
      virtualServices: [exportedTo(exportTo)],
      destinationRules: [destinationRule(bySlot)],
    };
    const reading = readRouting(shop, objects, 'forward');
    return reading.kind === 'managed' && reading.routing.meshGoverned;
  };
  expect([['*'], ['.'], ['ecommerce', 'istio-system'], ['istio-system'], []].map(governed)).toEqual([
    true,
    true,
    true,
    false,
    true,
  ]);
});

const namespaces = ['a', 'b', 'c', 'd'] as const;
const namespace = fc.constantFrom(...namespaces);
const exportTo = fc.oneof(
  fc.constant<readonly string[]>([]),
  fc.constant<readonly string[]>(['~']),
  fc.uniqueArray(fc.constantFrom('*', '.', ...namespaces), { maxLength: 3 }),
);
const exported = fc.record({ home: namespace, exportTo });

/** Istio's words, one namespace at a time. */
const gets = (
  { home, exportTo: list }: { home: string; exportTo: readonly string[] },
  proxy: string,
): boolean =>
  list.length === 0 || list.includes('*') || list.includes(proxy) || (list.includes('.') && proxy === home);

const asObject = ({ home, exportTo: list }: { home: string; exportTo: readonly string[] }): KubeObject =>
  exportedTo(list, virtualService({ namespace: home, gateways: ['x/gateway'] }));

test('a VirtualService is unseen exactly when no pod of its Gateway gets it', () => {
  fc.assert(
    fc.property(exported, fc.uniqueArray(namespace, { minLength: 1 }), (one, pods) => {
      const object = asObject(one);
      for (const proxy of namespaces) expect(reaches(reachOf(object), proxy)).toBe(gets(one, proxy));
      expect(isUnseen(object, new Map([['x/gateway', pods]]))).toBe(!pods.some((pod) => gets(one, pod)));
      // Unknown, it is unseen only when it is exported to nobody.
      if (isUnseen(object, new Map())) expect(namespaces.some((proxy) => gets(one, proxy))).toBe(false);
    }),
    runs,
  );
});

test('two of them meet exactly where one pod gets both, and may meet wherever that is not known', () => {
  fc.assert(
    fc.property(exported, exported, fc.uniqueArray(namespace, { minLength: 1 }), (a, b, pods) => {
      const [one, other] = [reachOf(asObject(a)), reachOf(asObject(b))];
      const gateway = { namespace: 'x', name: 'gateway' };
      const meet = pods.some((pod) => gets(a, pod) && gets(b, pod));
      expect(meetAt(gateway, one, other, new Map([['x/gateway', pods]]))).toBe(meet);
      expect(meetAt(gateway, one, other, new Map())).toBe(meetAt(gateway, other, one, new Map()));
      if (meet) expect(meetAt(gateway, one, other, new Map())).toBe(true);
    }),
    runs,
  );
});

import { expect, test } from '@jest/globals';
import type { JsonObject } from '../../../src/domain/json.ts';
import { readRouting } from '../../../src/domain/routing/readRouting.ts';
import type { RoutingReading } from '../../../src/domain/routing/readRouting.ts';
import type { ServiceRouting } from '../../../src/domain/routing/routing.ts';
import { bySlot, destination, destinationRule, shop, virtualService } from '../../fakes/shop.ts';

// Going back needs almost nothing (invariant 4).

const service = {
  metadata: { name: 'order-api', namespace: 'ecommerce' },
  spec: { selector: { app: 'order-api' }, ports: [{ port: 80, targetPort: 'http' }] },
};
const rule = destinationRule(bySlot);
const both = [destination('blue', 0), destination('green', 100)];

const read = (
  virtualServices: readonly JsonObject[],
  destinationRules: readonly JsonObject[] = [rule],
  object: JsonObject = service,
): RoutingReading => readRouting(shop, { service: object, virtualServices, destinationRules }, 'back');

function back(...given: Parameters<typeof read>): ServiceRouting {
  const reading = read(...given);
  if (reading.kind === 'refused') throw new Error(reading.problems.map(({ what }) => what).join('\n'));
  return reading.routing;
}

const overlooked = (routing: ServiceRouting): string => routing.overlooked.map(({ what }) => what).join('\n');

test('nothing is overlooked where nothing is wrong', () => {
  expect(back([virtualService()]).overlooked).toEqual([]);
});

test.each([
  ['one entry', [destination('green', 100)]],
  ['no subset', [{ destination: { host: 'order-api' } }]],
  ['another subset', [destination('canary', 100)]],
  ['a share for another host', [...both, destination('blue', 10, 'other')]],
])('a route with %s is left alone, and said', (_title, route) => {
  const routing = back([
    virtualService({
      http: [
        { name: 'odd', route },
        { name: 'main', route: both },
      ],
    }),
  ]);
  expect(routing.virtualServices[0]).toMatchObject({ routes: [{ name: 'main' }], leftAlone: [0] });
  expect(overlooked(routing)).toContain('route odd of VirtualService ecommerce/order-api-vs');
});

test('a tcp route, a VirtualService with strange routes alone, and an ambient waypoint are overlooked', () => {
  const tcp = { ...(virtualService()['spec'] as object), tcp: [{ route: [destination('blue')] }] };
  const odd = virtualService({ name: 'odd', http: [{ route: [destination('green', 100)] }] });
  const ambient = { ...service.metadata, labels: { 'istio.io/use-waypoint': 'waypoint' } };
  const routing = back([{ ...virtualService(), spec: tcp }, odd], undefined, {
    ...service,
    metadata: ambient,
  });
  expect(routing.virtualServices.map(({ name }) => name)).toEqual(['order-api-vs']);
  expect(routing.overlooked).toHaveLength(3);
});

test('of two DestinationRules the oldest counts, as for istiod', () => {
  const older = {
    ...destinationRule({ blue: { color: 'b' }, green: { color: 'g' } }),
    metadata: { name: 'second', namespace: 'ecommerce', creationTimestamp: '2026-01-01T00:00:00Z' },
  };
  const newer = { ...rule, metadata: { ...rule.metadata, creationTimestamp: '2026-02-01T00:00:00Z' } };
  const routing = back([virtualService()], [newer, older]);
  expect(routing.destinationRule.subsets.blue.labels).toEqual({ color: 'b' });
  expect(overlooked(routing)).toContain('have the same host');
});

test('a subset that is missing selects nobody, and does not keep the other from being gone back to', () => {
  const blueOnly = {
    ...rule,
    spec: { host: 'order-api', subsets: [{ name: 'blue', labels: { slot: 'blue' } }] },
  };
  const { destinationRule: found } = back([virtualService()], [blueOnly]);
  expect(found.subsets.blue.labels).toEqual({ slot: 'blue' });
  expect(Object.keys(found.subsets.green.labels)).not.toHaveLength(0);
});

test('routes that use two ports are all gone back with', () => {
  const other = { destination: { host: 'order-api', port: { number: 81 }, subset: 'green' }, weight: 100 };
  const entry = { ...other, destination: { ...other.destination, subset: 'blue' }, weight: 0 };
  const routing = back([virtualService({ http: [{ route: [entry, other] }, { route: both }] })]);
  expect(routing.virtualServices[0]?.routes).toHaveLength(2);
  expect(routing.port).toBe(80);
});

test('without any weights to write, or without a DestinationRule, there is nothing to go back with', () => {
  expect(read([]).kind).toBe('refused');
  expect(read([virtualService({ http: [{ route: [destination('green', 100)] }] })]).kind).toBe('refused');
  expect(read([virtualService()], []).kind).toBe('refused');
});

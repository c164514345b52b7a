import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { sameJson } from '../../../src/domain/json.ts';
import type { JsonObject } from '../../../src/domain/json.ts';
import { mergeRoute } from '../../../src/domain/routing/delegateMerge.ts';
import { readRouting } from '../../../src/domain/routing/readRouting.ts';
import type { ServiceRouting } from '../../../src/domain/routing/routing.ts';
import { everywhere, planWeights } from '../../../src/domain/routing/switchPlan.ts';
import { applyPatch } from '../../fakes/jsonPatch.ts';
import { bySlot, destinationRule, shop } from '../../fakes/shop.ts';
import { target, virtualServiceOf } from './anyVirtualService.ts';
import type { AnyVirtualService } from './anyVirtualService.ts';

/** Each reads a whole cluster three times: fewer of them than of the others, where there is time for many. */
const runs = { numRuns: Math.min(2_000, Number(process.env['PROPERTY_RUNS'] ?? 200)) };
const service = {
  metadata: { name: 'order-api', namespace: 'ecommerce' },
  spec: { selector: { app: 'order-api' }, ports: [{ port: 80, targetPort: 8080 }] },
};

/** Any VirtualService, made a delegate: without hosts, gateways and whatever else belongs to its roots. */
const delegate = virtualServiceOf().map(({ metadata, spec }): AnyVirtualService => ({
  metadata: { ...metadata, name: 'orders' },
  spec: { http: spec.http },
}));
const prefix = fc.constantFrom(undefined, 'shop');
const root = (name: string, namespace: string, gateway: string) =>
  prefix.map((routeName) => ({
    metadata: { name, namespace, resourceVersion: '3' },
    spec: {
      hosts: [`${name}.c4ang.com`],
      gateways: [gateway],
      http: [
        {
          ...(routeName === undefined ? {} : { name: routeName }),
          delegate: { name: 'orders', namespace: 'ecommerce' },
        },
      ],
    },
  }));

function read(virtualServices: readonly JsonObject[]): ServiceRouting {
  const reading = readRouting(
    shop,
    { service, virtualServices, destinationRules: [destinationRule(bySlot)] },
    'back',
  );
  if (reading.kind === 'refused') throw new Error(JSON.stringify(reading.problems));
  return reading.routing;
}

test('what is written in a delegate is what both of its roots serve, route for route', () => {
  fc.assert(
    fc.property(
      delegate,
      root('edge', 'istio-system', 'ecommerce/gateway'),
      root('inside', 'ecommerce', 'mesh'),
      target,
      (leaf, edge, inside, wanted) => {
        const before = read([{ ...leaf }, edge, inside]);
        const [vs] = before.virtualServices;
        if (vs === undefined) throw new Error('nothing to write');
        expect(before.virtualServices.map(({ name }) => name)).toEqual(['orders']);
        const after = applyPatch(leaf, planWeights(vs, everywhere(wanted)).patch);
        const now = read([{ ...after }, edge, inside]);
        expect(now.served.map(({ name }) => name)).toEqual(['edge', 'inside']);
        for (const { routes } of now.served) {
          expect(routes).toHaveLength(vs.routes.length);
          for (const { destinations } of routes) {
            const written = { blue: destinations.blue.weight ?? 0, green: destinations.green.weight ?? 0 };
            if (!sameJson(written, wanted)) expect(written).toEqual(wanted);
          }
        }
        const [again] = now.virtualServices;
        expect(again === undefined ? [] : planWeights(again, everywhere(wanted)).patch).toEqual([]);
      },
    ),
    runs,
  );
});

const text = fc.stringMatching(/^[ab]{1,3}$/);
const condition = fc.oneof(
  text.map((exact) => ({ exact })),
  text.map((head) => ({ prefix: head })),
);
const match = fc.record(
  {
    uri: condition,
    method: condition,
    headers: fc.dictionary(fc.constantFrom('x', 'y'), condition),
    port: fc.constantFrom(80, 81),
  },
  { requiredKeys: [] },
);
interface Condition {
  readonly exact?: string;
  readonly prefix?: string;
}
interface Match {
  readonly uri?: Condition;
  readonly method?: Condition;
  readonly headers?: Readonly<Record<string, Condition>>;
  readonly port?: number;
}
const request = fc.record({
  uri: text,
  method: text,
  headers: fc.dictionary(fc.constantFrom('x', 'y'), text),
  port: fc.constantFrom(80, 81),
});
type Request = typeof request extends fc.Arbitrary<infer T> ? T : never;

const meets = ({ exact, prefix: head }: Condition, value: string | undefined): boolean =>
  value !== undefined &&
  (exact === undefined || value === exact) &&
  (head === undefined || value.startsWith(head));

const takes = (matches: readonly Match[], { uri, method, headers, port }: Request): boolean =>
  matches.length === 0 ||
  matches.some(
    (one) =>
      meets(one.uri ?? {}, uri) &&
      meets(one.method ?? {}, method) &&
      (one.port ?? port) === port &&
      Object.entries(one.headers ?? {}).every(([name, wanted]) => meets(wanted, headers[name])),
  );

test('a merged route takes exactly the requests that root and delegate both take', () => {
  fc.assert(
    fc.property(fc.array(match, { maxLength: 2 }), match, request, (ours, leaf, one) => {
      const merged = mergeRoute({ match: ours, delegate: { name: 'x' } }, { match: [leaf], route: [{}] });
      if (merged === null) return;
      const found = (merged['match'] ?? []) as readonly Match[];
      // Of several matches of the root, only those count that the delegate's is within.
      if (takes(found, one)) expect(takes(ours, one) && takes([leaf], one)).toBe(true);
      else if (ours.length < 2) expect(takes(ours, one) && takes([leaf], one)).toBe(false);
    }),
    { numRuns: Math.max(1_000, runs.numRuns) },
  );
});

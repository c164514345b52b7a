import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { mayOverlap } from '../../../src/domain/routing/matchOverlap.ts';
import { readRouting } from '../../../src/domain/routing/readRouting.ts';
import { destinationRules, services } from '../../../src/cluster/api/resources.ts';
import { destination, shop, shopObjects, virtualService } from '../../fakes/shop.ts';

const find = (kind: unknown) => shopObjects().find(([resource]) => resource === kind)?.[1] ?? fail('missing');
const fail = (why: string): never => {
  throw new Error(why);
};

/** What stands in the way of order-api beside one more VirtualService on its host. */
function problemsBeside(match: unknown, options: { hosts?: string[]; gateways?: string[] } = {}): string {
  const other = virtualService({
    name: 'product-api-vs',
    hosts: ['api.c4ang.com'],
    gateways: ['ecommerce-gateway'],
    ...options,
    http: [
      {
        name: 'products',
        ...(match === null ? {} : { match }),
        route: [destination('blue', 100, 'product-api')],
      },
    ],
  });
  const objects = {
    service: find(services),
    virtualServices: [virtualService(), other],
    destinationRules: [find(destinationRules)],
  };
  const reading = readRouting(shop, objects, 'forward');
  return reading.kind === 'managed' ? '' : reading.problems.map(({ what }) => what).join('\n');
}

test.each([
  ['another prefix', [{ uri: { prefix: '/api/v1/products' } }]],
  ['another exact path', [{ uri: { exact: '/api/v1' } }]],
  ['a pattern that begins otherwise', [{ uri: { regex: '^/api/v1/products/[0-9]+' } }]],
  ['everything: istiod puts it last', null],
  ['everything, by its prefix', [{ uri: { prefix: '/' } }]],
])('%s on the same host is the usual layout', (_title, match) => {
  expect(problemsBeside(match)).toBe('');
});

test.each([
  ['a longer prefix', [{ uri: { prefix: '/api/v1/orders/archive' } }]],
  ['a shorter prefix', [{ uri: { prefix: '/api' } }]],
  ['a path under it', [{ uri: { exact: '/api/v1/orders' } }]],
  ['a pattern that may meet it', [{ uri: { regex: '/api/v[12]/.*' } }]],
  ['one of its matches', [{ uri: { prefix: '/x' } }, { uri: { prefix: '/api/v1/o' } }]],
  ['a header on any path', [{ headers: { version: { exact: 'v2' } } }]],
])('%s is refused, with both routes named', (_title, match) => {
  expect(problemsBeside(match)).toMatch(
    /^route number 1 of VirtualService ecommerce\/order-api-vs .* and route products of VirtualService ecommerce\/product-api-vs .* host api\.c4ang\.com at Gateway ecommerce\/ecommerce-gateway/,
  );
});

test('on another host or gateway nothing is shared', () => {
  expect(problemsBeside([{ uri: { prefix: '/api' } }], { hosts: ['shop.c4ang.com'] })).toBe('');
  expect(problemsBeside([{ uri: { prefix: '/api' } }], { gateways: ['other/gateway'] })).toBe('');
  expect(problemsBeside([{ uri: { prefix: '/api' } }], { gateways: ['mesh'] })).toBe('');
});

const text = fc.stringMatching(/^[ab]{0,3}$/);
const condition = fc.oneof(
  fc.constant({}),
  text.map((exact) => ({ exact })),
  text.map((prefix) => ({ prefix })),
  fc
    .tuple(text, fc.constantFrom('.*', '[ab]+', 'a?b*', 'a|b'))
    .map(([head, tail]) => ({ regex: head + tail })),
);
const match = fc.record(
  {
    uri: condition,
    method: condition,
    headers: fc.dictionary(fc.constantFrom('x', 'y'), condition),
    withoutHeaders: fc.dictionary(fc.constantFrom('x', 'y'), condition),
    ignoreUriCase: fc.boolean(),
  },
  { requiredKeys: [] },
);
type Match = typeof match extends fc.Arbitrary<infer T> ? T : never;
interface Condition {
  readonly exact?: string;
  readonly prefix?: string;
  readonly regex?: string;
}
const request = fc.record({
  uri: text,
  method: text,
  headers: fc.dictionary(fc.constantFrom('x', 'y'), text),
});
type Request = typeof request extends fc.Arbitrary<infer T> ? T : never;

const meets = ({ exact, prefix, regex }: Condition, value: string | undefined): boolean =>
  value !== undefined &&
  (exact === undefined || value === exact) &&
  (prefix === undefined || value.startsWith(prefix)) &&
  (regex === undefined || new RegExp(`^(?:${regex})$`).test(value));

const takes = (one: Match, { uri, method, headers }: Request): boolean =>
  meets(one.uri ?? {}, uri) &&
  meets(one.method ?? {}, method) &&
  Object.entries(one.headers ?? {}).every(([name, wanted]) => meets(wanted, headers[name])) &&
  !Object.entries(one.withoutHeaders ?? {}).some(([name, unwanted]) => meets(unwanted, headers[name]));

test('whatever request meets two matches, they are said to overlap', () => {
  fc.assert(
    fc.property(match, match, request, (a, b, one) => {
      if (takes(a, one) && takes(b, one)) expect(mayOverlap(a, b)).toBe(true);
      expect(mayOverlap(a, b)).toBe(mayOverlap(b, a));
    }),
    { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 500) },
  );
});

import { expect, test } from '@jest/globals';
import { describeRest } from '../../src/actions/switch-traffic/describeRest.ts';
import type { Proof } from '../../src/mesh/mesh.ts';

const proxy = (kind: 'gateway' | 'caller', name: string) => ({
  proxy: { kind, pod: { namespace: 'shop', name }, uid: name },
  ms: 100,
});
const proof: Proof = {
  proxies: [proxy('gateway', 'g'), proxy('caller', 'a'), proxy('caller', 'b')],
  worstMs: 100,
  unasked: 0,
  callers: null,
  rest: null,
};

test('nobody left out, nothing to say', () => {
  expect(describeRest(proof, 'order-api')).toBeNull();
});

test('where only gateways were to be asked, how to ask more', () => {
  expect(describeRest({ ...proof, unasked: 9 }, 'order-api')).toEqual({
    text: '9 sidecars were not asked themselves: verify: callers asks a sample, verify: all every one',
    isKnown: false,
  });
});

test('what istiod says of the others', () => {
  const rest = { kind: 'told', current: 900, unsent: 50, unknown: 0, silent: [] } as const;
  expect(describeRest({ ...proof, unasked: 950, callers: 3, rest }, 'order-api')).toEqual({
    text: '950 sidecars were not asked themselves, a sample of 50 was (first of all those of the 3 that have called order-api since its pods started; 2 of the 50 know order-api). By istiod, of the others 900 have taken the same routes or newer ones; 50 were sent none: they have no such route, or no turn yet',
    isKnown: true,
  });
});

test('what is not known is a warning, with its reason', () => {
  const told = { kind: 'told', current: 1, unsent: 0, unknown: 4, silent: ['istiod-2 is gone'] } as const;
  expect(describeRest({ ...proof, unasked: 5, rest: told }, 'order-api')).toMatchObject({
    text: expect.stringContaining(
      'order-api has no sidecar that tells who calls it; 2 of the 50 know order-api). By istiod, of the others 1 have taken the same routes or newer ones; nothing is known of 4; no answer from one: istiod-2 is gone',
    ) as unknown,
    isKnown: false,
  });
  const unasked = { kind: 'unasked', why: 'not allowed' } as const;
  expect(describeRest({ ...proof, unasked: 5, rest: unasked }, 'order-api')).toMatchObject({
    text: expect.stringContaining(
      'istiod cannot be asked for the others: not allowed (verify: all asks every sidecar)',
    ) as unknown,
    isKnown: false,
  });
});

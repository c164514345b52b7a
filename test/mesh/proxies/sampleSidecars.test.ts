import { expect, test } from '@jest/globals';
import type { Sidecar } from '../../../src/mesh/proxies/proxies.ts';
import { sampleSidecars, sampleSize } from '../../../src/mesh/proxies/sampleSidecars.ts';

const sidecar = (namespace: string, uid: string, workload = 'web'): Sidecar => ({
  proxy: { kind: 'caller', pod: { namespace, name: `pod-${uid}` }, uid },
  mustServe: [],
  workload: `${namespace}/${workload}`,
});
const many = Array.from({ length: 60 }, (_, index) => sidecar('other', String(100 + index)));

test('few are all asked; for gateways alone none is, and who was left out is known', () => {
  const few = many.slice(0, sampleSize);
  expect(sampleSidecars(few, 'callers', 'ecommerce', null)).toEqual({ asked: few, rest: [], callers: null });
  expect(sampleSidecars(few, 'gateways', 'ecommerce', null)).toEqual({ asked: [], rest: few, callers: null });
});

test('many are sampled, those of the namespace first, and the same ones every time', () => {
  const own = sidecar('ecommerce', '999');
  const sample = sampleSidecars([...many, own], 'callers', 'ecommerce', null);
  expect(sample.asked).toHaveLength(sampleSize);
  expect(sample.asked[0]).toBe(own);
  expect(sample.rest).toHaveLength(61 - sampleSize);
  expect(sampleSidecars([own, ...many.toReversed()], 'callers', 'ecommerce', null)).toEqual(sample);
});

test('whoever was seen to call comes before all others', () => {
  const own = sidecar('ecommerce', '000');
  const caller = sidecar('shop', '999', 'cart');
  const sample = sampleSidecars([...many, own, caller], 'callers', 'ecommerce', new Set(['shop/cart']));
  expect(sample.asked.slice(0, 2)).toEqual([caller, own]);
  expect(sample.callers).toBe(1);
});

test('all are all', () => {
  expect(sampleSidecars(many, 'all', 'ecommerce', null)).toEqual({ asked: many, rest: [], callers: null });
});

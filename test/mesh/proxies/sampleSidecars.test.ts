import { expect, test } from '@jest/globals';
import type { BoundProxy } from '../../../src/mesh/proxies/proxies.ts';
import { sampleSidecars, sampleSize } from '../../../src/mesh/proxies/sampleSidecars.ts';

const sidecar = (namespace: string, uid: string): BoundProxy => ({
  proxy: { kind: 'caller', pod: { namespace, name: `pod-${uid}` }, uid },
  mustServe: [],
});
const many = Array.from({ length: 60 }, (_, index) => sidecar('other', String(100 + index)));

test('few are all asked; for gateways alone none is, and that is told', () => {
  const few = many.slice(0, sampleSize);
  expect(sampleSidecars(few, 'callers', 'ecommerce')).toEqual({ asked: few, unasked: 0 });
  expect(sampleSidecars(few, 'gateways', 'ecommerce')).toEqual({ asked: [], unasked: sampleSize });
});

test('many are sampled, those of the namespace first, and the same ones every time', () => {
  const own = sidecar('ecommerce', '999');
  const sample = sampleSidecars([...many, own], 'callers', 'ecommerce');
  expect(sample.asked).toHaveLength(sampleSize);
  expect(sample.asked[0]).toBe(own);
  expect(sample.unasked).toBe(61 - sampleSize);
  expect(sampleSidecars([own, ...many.toReversed()], 'callers', 'ecommerce')).toEqual(sample);
});

test('all are all', () => {
  expect(sampleSidecars(many, 'all', 'ecommerce')).toEqual({ asked: many, unasked: 0 });
});

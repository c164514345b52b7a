import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Sidecar } from '../../../src/mesh/proxies/proxies.ts';
import { sampleSidecars, sampleSize } from '../../../src/mesh/proxies/sampleSidecars.ts';

const runs = { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 200) };

const sidecar: fc.Arbitrary<Sidecar> = fc
  .record({
    uid: fc.uuid(),
    namespace: fc.constantFrom('ecommerce', 'front'),
    workload: fc.constantFrom('a', 'b'),
  })
  .map(({ uid, namespace, workload }) => ({
    proxy: { kind: 'caller', pod: { namespace, name: `pod-${uid}` }, uid },
    mustServe: [],
    workload: `${namespace}/${workload}`,
  }));
const sidecars = fc.uniqueArray(sidecar, { selector: ({ proxy }) => proxy.uid, maxLength: 120 });
const verify = fc.constantFrom('gateways' as const, 'callers' as const, 'all' as const);
const seen = fc.option(fc.subarray(['front/a', 'front/b', 'ecommerce/a']).map((keys) => new Set(keys)));

test('everybody is either asked or left out, and never more than fifty of many are asked', () => {
  fc.assert(
    fc.property(sidecars, verify, seen, (all, how, callers) => {
      const { asked, rest } = sampleSidecars(all, how, 'ecommerce', callers);
      const uids = [...asked, ...rest].map(({ proxy }) => proxy.uid);
      expect(uids.toSorted()).toEqual(all.map(({ proxy }) => proxy.uid).toSorted());
      if (how === 'callers') expect(asked.length).toBe(Math.min(all.length, sampleSize));
    }),
    runs,
  );
});

test('nobody who was seen to call is left out for one who was not', () => {
  fc.assert(
    fc.property(sidecars, seen, (all, callers) => {
      const { asked, rest } = sampleSidecars(all, 'callers', 'ecommerce', callers);
      const isSeen = new Map(all.map(({ proxy, workload }) => [proxy.uid, callers?.has(workload) === true]));
      const isLeftOut = rest.some(({ proxy }) => isSeen.get(proxy.uid) === true);
      if (isLeftOut) expect(asked.every(({ proxy }) => isSeen.get(proxy.uid) === true)).toBe(true);
    }),
    runs,
  );
});

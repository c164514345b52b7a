import { describe, expect, test } from '@jest/globals';
import { parseSyncStatus, pushOf } from '../../../src/mesh/proxies/syncStatus.ts';

const uuid = '1f5a6ccd-1cb3-48e0-9fc2-46fc2a8a122f';

/** As istiod 1.28 answers, with what is not read here left in. */
const answer = JSON.stringify([
  {
    cluster_id: 'Kubernetes',
    proxy: 'payment-7d9f-x2x1z.ecommerce',
    proxy_type: 'sidecar',
    istio_version: '1.28.3',
    route_sent: `2026-11-21T03:00:00Z/18${uuid}`,
    route_acked: `2026-11-21T03:00:00Z/17${uuid}`,
    endpoint_sent: `2026-11-21T03:00:00Z/18${uuid}`,
  },
  { cluster_id: 'Kubernetes', proxy: 'db.0.data', proxy_type: 'sidecar', cluster_sent: `x/1${uuid}` },
  { cluster_id: 'Kubernetes', proxy_type: 'sidecar' },
]);

test('what each proxy was sent and has taken of its routes, by the number of the push', () => {
  expect(parseSyncStatus(answer)).toEqual([
    { pod: { namespace: 'ecommerce', name: 'payment-7d9f-x2x1z' }, sent: 18, acked: 17 },
    { pod: { namespace: 'data', name: 'db.0' }, sent: null, acked: null },
  ]);
});

test.each(['{}', 'null', '"x"', 'no'])('%s is no answer of an istiod', (body) => {
  expect(() => parseSyncStatus(body)).toThrow(SyntaxError);
});

describe('the number of a push', () => {
  test('ends where the UUID begins, whatever digits that has', () => {
    expect(pushOf(`2026-11-21T03:00:00+09:00/123${uuid}`)).toBe(123);
  });

  test.each([[null], [''], ['7'], [uuid], [`v1${uuid}`], ['2026-11-21T03:00:00Z/18']])(
    '%s has none',
    (nonce) => {
      expect(pushOf(nonce)).toBeNull();
    },
  );
});

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseCallers } from '../../../src/mesh/proxies/seenCallers.ts';

const runs = { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 300) };

const line = (labels: Readonly<Record<string, string>>, count = 3): string =>
  `istio_requests_total{${Object.entries(labels)
    .map(([name, value]) => `${name}="${value}"`)
    .join(',')}} ${String(count)}`;
const from = (workload: string, namespace: string, reporter = 'destination') => ({
  reporter,
  response_code: '200',
  source_workload: workload,
  source_workload_namespace: namespace,
  destination_workload: 'order-api-blue',
});

test('workloads whose requests arrived, each once', () => {
  const text = [
    '# TYPE istio_requests_total counter',
    line(from('payment', 'ecommerce')),
    line({ ...from('payment', 'ecommerce'), response_code: '503' }),
    line(from('ingress', 'istio-system'), 1e9),
    '',
  ].join('\n');
  expect(parseCallers(text)).toEqual(new Set(['ecommerce/payment', 'istio-system/ingress']));
});

test('what the pod has sent itself, what was never counted, and who has no name, are left out', () => {
  const text = [
    line(from('order-api', 'ecommerce', 'source')),
    line(from('cart', 'ecommerce'), 0),
    line(from('unknown', 'unknown')),
    'istio_request_bytes_sum{reporter="destination",source_workload="a",source_workload_namespace="b"} 3',
  ].join('\n');
  expect(parseCallers(text)).toEqual(new Set());
});

test('whatever a label says, the next one is read, and nothing is ever thrown', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (odd, garbage) => {
      const value = odd
        .replaceAll('\\', '\\\\')
        .replaceAll('"', '\\"')
        .replaceAll(/[\r\n\u2028\u2029]/g, '');
      const text = `${garbage}\n${line({ request_protocol: value, ...from('cart', 'shop') })}`;
      expect(parseCallers(text).has('shop/cart')).toBe(true);
    }),
    runs,
  );
});

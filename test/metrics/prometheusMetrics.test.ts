import { expect, test } from '@jest/globals';
import { prometheusMetrics, queryFor } from '../../src/metrics/prometheusMetrics.ts';
import { shop } from '../fakes/shop.ts';

const answering = (status: number, body: unknown) => {
  const asked: URL[] = [];
  const metrics = prometheusMetrics(new URL('http://prometheus:9090/base/'), shop, 'green', (url) => {
    asked.push(url);
    return Promise.resolve({ status, body: typeof body === 'string' ? body : JSON.stringify(body) });
  });
  return { metrics, asked };
};

const series = (labels: Readonly<Record<string, string>>, value: string) => ({
  metric: labels,
  value: [1, value],
});
const vector = (...result: readonly unknown[]) => ({
  status: 'success',
  data: { resultType: 'vector', result },
});

test('it asks for the candidate’s requests as callers saw them, and for errors that no workload made', async () => {
  const { metrics, asked } = answering(200, vector());
  await metrics.sample();
  expect(asked[0]?.pathname).toBe('/base/api/v1/query');
  expect(asked[0]?.searchParams.get('query')).toBe(queryFor(shop, 'green'));
  expect(queryFor(shop, 'green')).toMatch(
    /reporter="source",destination_workload="order-api-green",destination_workload_namespace="ecommerce"/,
  );
  expect(queryFor(shop, 'green')).toMatch(
    /destination_workload="unknown",destination_service_name="order-api"/,
  );
});

test.each([
  [{ response_code: '200' }, 0],
  [{ response_code: '404' }, 0],
  [{ response_code: '503' }, 12],
  [{ response_code: '0', response_flags: 'UC' }, 12],
  [{ response_code: '0', response_flags: 'DC' }, 0],
  [{ response_code: '200', grpc_response_status: '14' }, 12],
  [{ response_code: '200', grpc_response_status: '5' }, 0],
])('a series with %j counts %i errors of 12', async (labels, errors) => {
  const { metrics } = answering(200, vector(series(labels, '12')));
  expect((await metrics.sample()).counters).toMatchObject([{ requests: 12, errors }]);
});

test('series are told apart by all of their labels', async () => {
  const { metrics } = answering(
    200,
    vector(
      series({ response_code: '200', source_workload: 'a' }, '1'),
      series({ response_code: '200', source_workload: 'b' }, '2'),
    ),
  );
  const subjects = (await metrics.sample()).counters.map(({ subject }) => subject);
  expect(new Set(subjects).size).toBe(2);
});

test.each([
  [200, vector(series({}, 'NaN'))],
  [200, vector({ metric: {} })],
  [200, { status: 'error', error: 'query timed out' }],
  [502, '<html>bad gateway</html>'],
  [200, 'nonsense'],
])('an answer that says nothing is no data: %i %j', async (status, body) => {
  const { metrics } = answering(status, body);
  await expect(metrics.sample()).rejects.toThrow('Prometheus at prometheus:9090 gives no counters');
});

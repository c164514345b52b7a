import { expect, test } from '@jest/globals';
import { hostNamed } from '../../../src/domain/exposure/hostNamed.ts';
import { shop } from '../../fakes/shop.ts';

const named = (value: string, { key = 'SETTING', from = 'ecommerce' } = {}): string | null =>
  hostNamed({ key, value }, shop, from);

test.each([
  ['http://order-api', 'order-api'],
  ['https://order-api:8443/api/v1', 'order-api'],
  ['http://user:secret@order-api/orders', 'order-api'],
  ['dns:///order-api:9090', 'order-api'],
  ['order-api:80', 'order-api'],
  ['order-api:$(ORDER_PORT)', 'order-api'],
  ['order-api/api/v1/orders', 'order-api'],
  ['payment-api:80,order-api:80', 'order-api'],
  ['{"orders": "order-api:80"}', 'order-api'],
  ['while true; do curl -s http://order-api/orders; done', 'order-api'],
  ['ORDER-API:80', 'order-api'],
  ['order-api.ecommerce', 'order-api.ecommerce'],
  ['http://order-api.ecommerce:80', 'order-api.ecommerce'],
  ['order-api.ecommerce.svc', 'order-api.ecommerce.svc'],
  ['order-api.ecommerce.svc.cluster.local', 'order-api.ecommerce.svc.cluster.local'],
  ['http://order-api.ecommerce.svc.cluster.local./x', 'order-api.ecommerce.svc.cluster.local'],
])('%s names it', (value, host) => {
  expect(named(value)).toBe(host);
});

test.each([
  'order-api',
  'order-api-blue:80',
  'http://order-api-green',
  'http://my-order-api',
  'http://order-api.other',
  'http://order-api.ecommerce.example.com',
  'http://order-api.ecommerce.svc.example.com',
  'http://pod-1.order-api.ecommerce.svc',
  'order-api.ecommerce.events/v1/'.replace('/', '-'),
  'registry.example.com/order-api:1.4.2',
  'c4ang/order-api:80',
  'order-api:v1.0.0',
  'order-api:1.0',
  '/etc/order-api/config.yaml',
  './order-api/config.yaml',
  'reads what order-api wrote',
  'kafka/order-api.ecommerce',
  '',
])('%s does not', (value) => {
  expect(named(value)).toBeNull();
});

test.each([
  ['ORDER_HOST', 'order-api'],
  ['ORDER_API_URL', 'order-api'],
  ['UPSTREAM_HOSTS', 'payment-api,order-api'],
  ['--target', 'order-api'],
  ['orderApiEndpoint', 'order-api'],
  ['hostName', 'order-api'],
  ['HOSTNAME', 'order-api'],
])('the bare name alone is a host where the setting is called %s', (key, value) => {
  expect(named(value, { key })).toBe('order-api');
});

test.each(['APP', 'OTEL_SERVICE_NAME', 'SERVER_NAME', 'TARGET_APP', 'TARGET_TOPIC', 'targetName', 'JOB'])(
  'the bare name alone is no host where it is called %s',
  (key) => {
    expect(named('order-api', { key })).toBeNull();
  },
);

test('the bare name means the service only in its own namespace', () => {
  expect(named('http://order-api:80', { from: 'reporting' })).toBeNull();
  expect(named('http://order-api.ecommerce:80', { from: 'reporting' })).toBe('order-api.ecommerce');
});

test('what goes past a web proxy is no call', () => {
  expect(named('localhost,order-api.ecommerce.svc', { key: 'NO_PROXY' })).toBeNull();
});

import { expect, test } from '@jest/globals';
import { formatUnproxied, unproxiedCallers } from '../../../src/domain/exposure/unproxiedCallers.ts';
import type { JsonObject } from '../../../src/domain/json.ts';
import { readRouting } from '../../../src/domain/routing/readRouting.ts';
import { destinationRules, services, virtualServices } from '../../../src/cluster/api/resources.ts';
import { shop, shopObjects } from '../../fakes/shop.ts';

const ofKind = (kind: unknown) =>
  shopObjects().flatMap(([resource, one]) => (resource === kind ? [one] : []));
const reading = readRouting(
  shop,
  {
    service: ofKind(services)[0] ?? {},
    virtualServices: ofKind(virtualServices),
    destinationRules: ofKind(destinationRules),
  },
  'forward',
);
if (reading.kind !== 'managed') throw new Error('the shop cannot be read');
const { routing } = reading;

interface Options {
  readonly metadata?: JsonObject;
  readonly spec?: JsonObject;
  readonly container?: JsonObject;
  readonly status?: JsonObject;
}

const env = (name: string, value: string) => ({ env: [{ name, value }] });

const podOf = ({ metadata = {}, spec = {}, container = {}, status = {} }: Options = {}): JsonObject => ({
  metadata: { name: 'invoices-6f7-x2', namespace: 'ecommerce', labels: {}, ...metadata },
  spec: {
    containers: [{ name: 'app', ...env('ORDER_URL', 'http://me:secret@order-api/orders'), ...container }],
    ...spec,
  },
  status: { phase: 'Running', ...status },
});

const found = (...pods: readonly JsonObject[]): readonly string[] =>
  unproxiedCallers(pods, routing).map(formatUnproxied);

test('it is told by its Deployment, how many pods it has, and where it names the service; never the value', () => {
  const metadata = {
    labels: { 'pod-template-hash': '6f7' },
    ownerReferences: [{ kind: 'ReplicaSet', name: 'invoices-6f7', controller: true }],
  };
  expect(found(podOf({ metadata }), podOf({ metadata }))).toEqual([
    'Deployment ecommerce/invoices (2 pods): env ORDER_URL of container app names order-api',
  ]);
});

test.each([
  ['a Job', { ownerReferences: [{ kind: 'Job', name: 'nightly-123' }] }, 'Job ecommerce/nightly-123'],
  [
    'a ReplicaSet of nobody',
    { ownerReferences: [{ kind: 'ReplicaSet', name: 'rs-1' }] },
    'ReplicaSet ecommerce/rs-1',
  ],
  ['nobody', {}, 'Pod ecommerce/invoices-6f7-x2'],
])('made by %s', (_title, metadata, workload) => {
  expect(found(podOf({ metadata }))[0]).toContain(`${workload} (1 pod)`);
});

test.each([
  ['in its command', { env: [], command: ['curl', 'http://order-api.ecommerce/x'] }],
  ['in its arguments', { env: [], args: ['--verbose', '--upstream', 'order-api'] }],
  ['in a flag with a value', { env: [], args: ['--order-host=order-api'] }],
])('found %s', (_title, container) => {
  expect(found(podOf({ container }))).toHaveLength(1);
});

test('found in an initContainer', () => {
  const waiting = { name: 'wait', args: ['until nc -z order-api:80; do sleep 1; done', 'http://order-api'] };
  expect(found(podOf({ spec: { containers: [{ name: 'app' }], initContainers: [waiting] } }))).toEqual([
    'Pod ecommerce/invoices-6f7-x2 (1 pod): args of container wait names order-api',
  ]);
});

const sidecar = { name: 'istio-proxy' };

test.each([
  [
    'with a sidecar',
    podOf({ spec: { containers: [{ name: 'app', ...env('URL', 'http://order-api') }, sidecar] } }),
  ],
  [
    'with a native sidecar',
    podOf({
      spec: { containers: [{ name: 'app', ...env('URL', 'http://order-api') }], initContainers: [sidecar] },
    }),
  ],
  [
    'whose sidecar only the injector tells of',
    podOf({ metadata: { annotations: { 'sidecar.istio.io/status': '{}' } } }),
  ],
  ['of a gateway', podOf({ metadata: { labels: { 'gateway.networking.k8s.io/gateway-name': 'shop' } } })],
  ['of the service itself', podOf({ metadata: { labels: { app: 'order-api', slot: 'blue' } } })],
  ['that has ended', podOf({ status: { phase: 'Succeeded' } })],
  ['that failed', podOf({ status: { phase: 'Failed' } })],
  ['on its way out', podOf({ metadata: { deletionTimestamp: '2026-11-21T00:00:00Z' } })],
  [
    'of a node, that does not name it',
    podOf({ spec: { hostNetwork: true, containers: [{ name: 'kube-proxy' }] } }),
  ],
  ['of another namespace, that means its own order-api', podOf({ metadata: { namespace: 'staging' } })],
])('not a pod %s', (_title, pod) => {
  expect(found(pod)).toEqual([]);
});

test('a pod of another namespace has the labels of the service by chance', () => {
  const metadata = { namespace: 'reporting', labels: { app: 'order-api' } };
  expect(found(podOf({ metadata, container: env('URL', 'http://order-api.ecommerce') }))).toHaveLength(1);
});

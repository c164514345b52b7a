// The service's routes stand in a VirtualService without hosts, which one root in another namespace serves at the
// gateways and another one in the mesh.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { virtualServices } from '../../src/cluster/api/resources.ts';
import type { KubeObject } from '../../src/cluster/api/kubeApi.ts';
import { api, applyObject, close, mustStep, namespace, routing, step, virtualService } from './harness.ts';
import type { StepResult } from '../../lab/runner/step.ts';
import { verifiedCandidate } from './rewind.ts';
import { underLoad } from './underLoad.ts';

const service = 'order-api';
const delegate = 'order-api-routes';
const edge = { namespace: 'istio-system', name: 'shop-edge' };
const minutes = 60_000;
const kind = { apiVersion: 'networking.istio.io/v1', kind: 'VirtualService' };

let originals: readonly KubeObject[] = [];

const httpOf = (object: KubeObject): unknown => (object['spec'] as { readonly http: unknown }).http;
const replaceSpec = (name: string, change: Readonly<Record<string, unknown>>): Promise<unknown> =>
  api.jsonPatch(
    virtualServices,
    namespace,
    name,
    Object.entries(change).map(([field, value]) => ({ op: 'add', path: `/spec/${field}`, value })),
  );

beforeAll(async () => {
  await verifiedCandidate(service);
  originals = [await virtualService('order-api-vs'), await virtualService('order-api-mesh')];
  const [gateway] = originals;
  if (gateway === undefined) throw new Error('order-api-vs is not there');
  await applyObject({ ...kind, metadata: { name: delegate, namespace }, spec: { http: httpOf(gateway) } });
  await applyObject({
    ...kind,
    metadata: edge,
    spec: {
      hosts: ['api.c4ang.com'],
      gateways: [`${namespace}/ecommerce-gateway`],
      http: [{ name: 'shop', match: [{ uri: { prefix: '/api' } }], delegate: { name: delegate, namespace } }],
    },
  });
  await replaceSpec('order-api-mesh', { http: [{ delegate: { name: delegate } }] });
  await api.delete(virtualServices, namespace, 'order-api-vs');
}, 3 * minutes);

afterAll(async () => {
  for (const { metadata, ['spec']: spec } of originals) {
    const { name, labels = {}, annotations = {} } = metadata;
    await applyObject({ ...kind, metadata: { name, namespace, labels, annotations }, spec });
    await replaceSpec(name, { http: (spec as { readonly http: unknown }).http });
  }
  await api.delete(virtualServices, edge.namespace, edge.name);
  await api.delete(virtualServices, namespace, delegate);
  close();
}, minutes);

/** Of those that have proven it: `gateway` or `sidecar`. */
const provenKinds = ({ outputs }: StepResult): readonly string[] =>
  (JSON.parse(outputs['proxies'] ?? '[]') as readonly { readonly proxy: string }[])
    .map(({ proxy }) => proxy.split(' ')[0] ?? '')
    .toSorted();

test('the delegate is what is found to be written, and its roots are what proxies have', async () => {
  const found = await routing(service);
  expect(found.virtualServices.map(({ name }) => name)).toEqual([delegate]);
  expect(found.served.map(({ name }) => name).toSorted()).toEqual(['order-api-mesh', 'shop-edge']);
  expect([found.live, found.meshGoverned]).toEqual(['blue', true]);
});

test('one that is not exported to its root’s namespace is refused by name', async () => {
  await replaceSpec(delegate, { exportTo: ['.'] });
  const result = await step('switch-traffic', { service, 'dry-run': 'true' });
  await replaceSpec(delegate, { exportTo: ['*'] });
  expect(result.exitCode).toBe(1);
  expect(result.log).toContain('is not exported to istio-system');
});

test(
  'its preview is opened, gone through and closed again in every gateway',
  async () => {
    await mustStep('verify-green', { service, 'smoke-paths': '/api/v1/orders' });
    expect((await routing(service)).virtualServices.flatMap(({ previews }) => previews)).toEqual([]);
  },
  2 * minutes,
);

test(
  'it is switched and rolled back under load, proven in both gateways and in the mesh, without a failed request',
  async () => {
    let [switched, returned] = [Infinity, Infinity];
    const report = await underLoad(service, 200, async () => {
      const there = await mustStep('switch-traffic', { service });
      switched = there.endedAt;
      expect(provenKinds(there)).toEqual(['gateway', 'gateway', 'sidecar']);
      expect((await routing(service)).split).toEqual({ blue: 0, green: 100 });
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      const back = await mustStep('rollback', { service });
      returned = back.endedAt;
      expect((await routing(service)).split).toEqual({ blue: 100, green: 0 });
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    });
    expect(switched).toBeLessThan(returned);
    expect(report.count({ version: 'v1.1.0' }).requests).toBeGreaterThan(0);
    expect(report.count({ version: 'v1.1.0', fromMs: returned }).requests).toBe(0);
  },
  2 * minutes,
);

import { describe, expect, test } from '@jest/globals';
import type { KubeObject } from '../../src/cluster/api/kubeApi.ts';
import { configMaps, peerAuthentications, pods } from '../../src/cluster/api/resources.ts';
import { everyCallerHasProxy } from '../../src/domain/exposure/checks.ts';
import { formatUnproxied } from '../../src/domain/exposure/unproxiedCallers.ts';
import { PermissionError } from '../../src/runtime/errors.ts';
import { Bench } from '../fakes/bench.ts';
import { servicePod, shop, unproxiedPod } from '../fakes/shop.ts';

const exposureOf = async (bench: Bench) => bench.mesh.exposure(await bench.mesh.read(shop));
const unproxiedIn = async (bench: Bench): Promise<readonly string[]> =>
  (await exposureOf(bench)).unproxied.map(formatUnproxied);

const podWith = (container: object, namespace = 'ecommerce'): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'reports', namespace },
  spec: { containers: [{ name: 'app', ...container }] },
});

const configMap = (data: object, namespace = 'ecommerce'): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings', namespace },
  data,
});

test('the callers of the shop have proxies, and so have its gateways', async () => {
  expect(await unproxiedIn(new Bench())).toEqual([]);
});

describe('a value from a ConfigMap', () => {
  const all = { envFrom: [{ prefix: 'APP_', configMapRef: { name: 'settings' } }] };
  const one = {
    env: [{ name: 'URL', valueFrom: { configMapKeyRef: { name: 'settings', key: 'orders' } } }],
  };

  test('is seen where all of it becomes the environment', async () => {
    const bench = new Bench([pods, podWith(all)], [configMaps, configMap({ URL: 'http://order-api' })]);
    expect(await unproxiedIn(bench)).toEqual([
      'Pod ecommerce/reports (1 pod): env APP_URL from ConfigMap settings names order-api',
    ]);
  });

  test('is seen where one key does, and no other key', async () => {
    const named = configMap({ orders: 'http://order-api' });
    expect(await unproxiedIn(new Bench([pods, podWith(one)], [configMaps, named]))).toEqual([
      'Pod ecommerce/reports (1 pod): env URL from ConfigMap settings names order-api',
    ]);
    const other = configMap({ others: 'http://order-api' });
    expect(await unproxiedIn(new Bench([pods, podWith(one)], [configMaps, other]))).toEqual([]);
  });

  test('is not asked for where it may not be read: the pods are told all the same', async () => {
    const bench = new Bench([pods, podWith(all)], [pods, unproxiedPod]);
    bench.api.failNext('get', 'ConfigMap', () => new PermissionError('not allowed', 'the rule'));
    const exposure = await exposureOf(bench);
    expect(exposure.unproxied).toHaveLength(1);
    expect(exposure.unreadConfigMaps).toBe(1);
    const elsewhere = new Bench(
      [pods, podWith(all, 'reporting')],
      [configMaps, configMap({ URL: 'http://order-api.ecommerce' }, 'reporting')],
    );
    expect(await unproxiedIn(elsewhere)).toEqual([]);
  });

  test('is not looked for in more than 50, and the check says so', async () => {
    const many = Array.from({ length: 52 }, (_, index) => ({ configMapRef: { name: `settings-${index}` } }));
    const bench = new Bench([pods, podWith({ envFrom: many })]);
    const routing = await bench.mesh.read(shop);
    expect(everyCallerHasProxy(routing, await bench.mesh.exposure(routing))).toMatchObject({
      ok: true,
      detail: expect.stringContaining('more than 50: 2)'),
    });
  });
});

describe('PeerAuthentication', () => {
  const policy = (
    name: string,
    spec: object,
    namespace = 'ecommerce',
  ): readonly [typeof peerAuthentications, KubeObject] => [
    peerAuthentications,
    {
      apiVersion: 'security.istio.io/v1',
      kind: 'PeerAuthentication',
      metadata: { name, namespace },
      spec,
    },
  ];
  const strict = { mtls: { mode: 'STRICT' } };
  const containers = ['app', 'istio-proxy'];
  const slotPods = (['blue', 'green'] as const).flatMap((slot) =>
    [1, 2].map((number) => [pods, servicePod(slot, number, { containers })] as const),
  );
  const refuses = async (...policies: readonly (readonly [typeof peerAuthentications, KubeObject])[]) =>
    (await exposureOf(new Bench([pods, unproxiedPod], ...slotPods, ...policies))).refusesPlaintext;

  test.each([
    ['the namespace', [policy('default', strict)], true],
    ['the whole mesh', [policy('default', strict, 'istio-system')], true],
    ['another namespace', [policy('default', strict, 'reporting')], false],
    ['nobody', [], false],
    [
      'the mesh, and the namespace takes plain text',
      [policy('default', strict, 'istio-system'), policy('lenient', { mtls: { mode: 'PERMISSIVE' } })],
      false,
    ],
    [
      'the mesh, and the namespace says nothing',
      [policy('default', strict, 'istio-system'), policy('unset', { mtls: { mode: 'UNSET' } })],
      true,
    ],
    ['one slot', [policy('blue', { ...strict, selector: { matchLabels: { slot: 'blue' } } })], false],
    ['the service', [policy('api', { ...strict, selector: { matchLabels: { app: 'order-api' } } })], true],
    [
      'the namespace, but for a port',
      [policy('default', { ...strict, portLevelMtls: { 8080: { mode: 'DISABLE' } } })],
      false,
    ],
  ])('STRICT for %s', async (_title, policies, expected) => {
    expect(await refuses(...policies)).toBe(expected);
  });

  test('STRICT where one pod of the service has no sidecar refuses nobody there', async () => {
    const bench = new Bench(
      [pods, unproxiedPod],
      ...slotPods,
      [pods, servicePod('green', 2)],
      policy('default', strict),
    );
    expect((await exposureOf(bench)).refusesPlaintext).toBe(false);
  });

  test('that may not be read shows nobody to be refused', async () => {
    const bench = new Bench([pods, unproxiedPod], ...slotPods, policy('default', strict));
    bench.api.failNext('list', 'PeerAuthentication', () => new PermissionError('not allowed', 'the rule'));
    expect(await exposureOf(bench)).toMatchObject({ refusesPlaintext: false, unproxied: [{ pods: 1 }] });
  });
});

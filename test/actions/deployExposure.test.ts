import { describe, expect, test } from '@jest/globals';
import { namespaces, peerAuthentications, pods, virtualServices } from '../../src/cluster/api/resources.ts';
import { PermissionError } from '../../src/runtime/errors.ts';
import { Bench } from '../fakes/bench.ts';
import { Deploying } from '../fakes/deploying.ts';
import { namespace, servicePod, unproxiedPod, virtualService } from '../fakes/shop.ts';

describe('refused before anything is written', () => {
  const refusal = async (
    bench: Deploying,
    message: RegExp,
    given: Readonly<Record<string, string>> = {},
  ): Promise<void> => {
    await expect(bench.deploy(given)).rejects.toThrow(message);
    expect(bench.changes).toEqual([]);
  };

  test('callers in the mesh would reach the candidate at once; they and the change to make are named', async () => {
    const bench = new Deploying([virtualServices, virtualService({ gateways: ['ecommerce-gateway'] })]);
    // Without a VirtualService, a sidecar has the Service's own route.
    bench.envoys.freezeAs('payment-caller', new Bench().envoys);
    bench.envoys.count('payment-caller', 'blue', '10.244.0.21', 7, 0);
    await refusal(bench, /ecommerce\/payment-caller: 7 requests/);
    const yaml = bench.lines.slice(bench.lines.indexOf('apiVersion: networking.istio.io/v1'));
    expect(yaml.join('\n')).toMatch(
      /gateways:\n {4}- mesh\n[^]*subset: blue\n\s+weight: 100[^]*timeout: 30s/,
    );
  });

  test('a workload without a proxy names the service: it is named, with what to do about it', async () => {
    await refusal(
      new Deploying([pods, unproxiedPod]),
      /unproxied-callers: 1 workload without a proxy names order-api[^]*Deployment reporting\/invoices \(1 pod\): env ORDERS of container app names order-api.ecommerce\nNothing was deployed/,
    );
  });

  test.each([
    ['its namespace is in ambient mode', { 'istio.io/dataplane-mode': 'ambient' }],
    ['its namespace has a waypoint', { 'istio.io/use-waypoint': 'waypoint' }],
  ])('%s, whatever is allowed', (_title, labels) =>
    refusal(new Deploying([namespaces, namespace(labels)]), /ambient: Namespace ecommerce/, {
      'mesh-exposure': 'allow',
    }),
  );

  test('the namespace may not be read: the rule to add is the remedy', () => {
    const bench = new Deploying();
    bench.api.failNext('get', 'Namespace', () => new PermissionError('not allowed', 'the rule'));
    return refusal(bench, /not allowed/);
  });
});

test('PeerAuthentication STRICT refuses callers without a proxy: the release goes on', async () => {
  const strict = {
    apiVersion: 'security.istio.io/v1',
    kind: 'PeerAuthentication',
    metadata: { name: 'default', namespace: 'ecommerce' },
    spec: { mtls: { mode: 'STRICT' } },
  };
  const containers = ['app', 'istio-proxy'];
  const bench = new Deploying(
    [pods, unproxiedPod],
    [peerAuthentications, strict],
    ...[1, 2].map((number) => [pods, servicePod('blue', number, { containers })] as const),
  );
  await bench.deploy();
  expect(bench.lines.join('\n')).toContain('PeerAuthentication STRICT refuses them');
});

test('mesh-exposure: allow goes on, and names the callers without a proxy', async () => {
  const bench = new Deploying([pods, unproxiedPod]);
  await bench.deploy({ 'mesh-exposure': 'allow' });
  expect(bench.lines.join('\n')).toMatch(/invoices[^]*mesh-exposure: allow goes on all the same/);
});

test('mesh-exposure: allow goes on with a warning', async () => {
  const bench = new Deploying([virtualServices, virtualService({ gateways: ['ecommerce-gateway'] })]);
  await bench.deploy({ 'mesh-exposure': 'allow' });
  expect(bench.lines.join('\n')).toContain('mesh-exposure: allow goes on all the same');
  expect(bench.given.get('slot')).toBe('green');
});

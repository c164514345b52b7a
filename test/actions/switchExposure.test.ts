import { describe, expect, test } from '@jest/globals';
import { namespaces, pods, virtualServices } from '../../src/cluster/api/resources.ts';
import { switchTraffic } from '../../src/actions/switch-traffic/run.ts';
import { parse } from '../../src/actions/switch-traffic/inputs.ts';
import type { Inputs } from '../../src/actions/switch-traffic/inputs.ts';
import { Bench } from '../fakes/bench.ts';
import { namespace, servicePod, unproxiedPod, virtualService } from '../fakes/shop.ts';

const inputs = (given: Readonly<Record<string, string>> = {}): Inputs =>
  parse({ service: 'order-api', ...given });

/** No route steers the caller inside the mesh: its sidecar has the Service's own. */
function ungoverned(weights: readonly [number, number] = [100, 0]): Bench {
  const bench = new Bench([virtualServices, virtualService({ gateways: ['ecommerce-gateway'], weights })]);
  bench.envoys.freezeAs('payment-caller', new Bench().envoys);
  bench.envoys.count('payment-caller', 'blue', '10.244.0.21', 7, 0);
  return bench;
}

test('each condition is printed with its number when it holds', async () => {
  const bench = new Bench();
  await bench.begin('verified');
  await switchTraffic(inputs(), bench.tools);
  expect(bench.lines.filter((line) => /mesh-route|unproxied|ambient/.test(line))).toEqual([
    '✓ ambient: none of 4 pods, nor their namespace, is in ambient mode',
    '✓ mesh-route: callers inside the mesh are steered by VirtualService ecommerce/order-api-vs',
    '✓ unproxied-callers: 0 workloads without a proxy name order-api',
  ]);
});

describe('forward is refused, and nothing is written', () => {
  const refused = async (bench: Bench, message: RegExp, given = {}): Promise<void> => {
    await bench.begin('verified');
    await expect(switchTraffic(inputs(given), bench.tools)).rejects.toThrow(message);
    expect(bench.weights()).toEqual(['order-api-vs: 100/0']);
    expect(bench.api.writes).toEqual([]);
    expect(bench.lines.join('\n')).not.toContain('secret');
  };

  test('while no route steers the mesh: its callers are named, and the route to add is printed', async () => {
    const bench = ungoverned();
    await refused(bench, /mesh-route: no VirtualService steers[^]*payment-caller: 7 requests/);
    expect(bench.lines).toContain('kind: VirtualService');
  });

  test('while a workload without a proxy names the service', () =>
    refused(
      new Bench([pods, unproxiedPod]),
      /unproxied-callers: 1 workload[^]*Deployment reporting\/invoices/,
    ));

  test('in a dry run too', () =>
    refused(new Bench([pods, unproxiedPod]), /unproxied-callers/, { 'dry-run': 'true' }));

  test('where a pod of the slots is in ambient mode, whatever is allowed', () => {
    const pod = servicePod('green', 1, { labels: { 'istio.io/dataplane-mode': 'ambient' } });
    return refused(new Bench([pods, pod]), /ambient: pod order-api-green-5d4f-1 is in ambient mode/, {
      'mesh-exposure': 'allow',
    });
  });

  test('where the namespace is', () =>
    refused(
      new Bench([namespaces, namespace({ 'istio.io/dataplane-mode': 'ambient' })]),
      /ambient: Namespace ecommerce is in ambient mode/,
    ));
});

test('mesh-exposure: allow goes on with a warning for each', async () => {
  const bench = ungoverned();
  bench.api.put(pods, unproxiedPod);
  await bench.begin('verified');
  await switchTraffic(inputs({ 'mesh-exposure': 'allow' }), bench.tools);
  expect(bench.weights()).toEqual(['order-api-vs: 0/100']);
  for (const name of ['mesh-route', 'unproxied-callers']) {
    expect(bench.lines.join('\n')).toContain(`${name} does not hold and is skipped, as asked`);
  }
});

test.each(['previous', 'blue'])('on the way back (to: %s) nobody asks', async (to) => {
  const bench = ungoverned([0, 100]);
  bench.api.put(pods, unproxiedPod);
  bench.api.put(namespaces, namespace({ 'istio.io/dataplane-mode': 'ambient' }));
  bench.api.failNext('get', 'Namespace', () => new Error('asked on the way back'));
  await bench.begin('monitoring');
  await switchTraffic(inputs({ to }), bench.tools);
  expect(bench.weights()).toEqual(['order-api-vs: 100/0']);
});

import { expect, test } from '@jest/globals';
import { pods, virtualServices } from '../../src/cluster/api/resources.ts';
import { parse } from '../../src/actions/switch-traffic/inputs.ts';
import type { Inputs } from '../../src/actions/switch-traffic/inputs.ts';
import { switchTraffic } from '../../src/actions/switch-traffic/run.ts';
import { Bench } from '../fakes/bench.ts';
import { servicePod, virtualService } from '../fakes/shop.ts';

const inputs = (given: Readonly<Record<string, string>>): Inputs => parse({ service: 'order-api', ...given });

test('a dry run prints the exact patch and every check, and writes nothing', async () => {
  const bench = new Bench();
  await bench.begin('verified');
  await switchTraffic(inputs({ steps: '10, 50, 100', 'dry-run': 'true' }), bench.tools);
  expect(bench.api.writes).toEqual([]);
  expect(bench.lines).toContain('{"op":"replace","path":"/spec/http/0/route/0/weight","value":90}');
  expect(bench.lines.join('\n')).toMatch(/then, each after its judgement: blue 50[^]*✓ capacity: /);
  expect(JSON.parse(bench.given.get('plan') ?? '')).toMatchObject([
    { virtualService: 'ecommerce/order-api-vs' },
  ]);
});

test('a dry run of what would be refused fails, after it has shown the patch', async () => {
  const bench = new Bench();
  await bench.begin('deployed');
  await expect(switchTraffic(inputs({ 'dry-run': 'true' }), bench.tools)).rejects.toThrow('verified:');
  expect(bench.given.get('plan')).toBeDefined();
  expect(bench.api.writes).toEqual([]);
});

test('force skips what it names and nothing else, and warns', async () => {
  const bench = new Bench([pods, servicePod('green', 2, { ready: false })]);
  bench.envoys.hosts.green = ['10.244.0.31'];
  await bench.begin('deployed');
  await expect(switchTraffic(inputs({ force: 'capacity' }), bench.tools)).rejects.toThrow(
    /^(?![^]*capacity)/,
  );
  await switchTraffic(inputs({ force: 'capacity, verified' }), bench.tools);
  expect(bench.lines).toContain(
    'capacity does not hold and is skipped, as asked: green has 1 ready pods, blue has 2',
  );
  expect(bench.weights()).toEqual(['order-api-vs: 0/100']);
});

test('what Flux would put back is refused with what to set, until someone says that it is set', async () => {
  const vs = virtualService();
  const owned = {
    'kustomize.toolkit.fluxcd.io/name': 'shop',
    'kustomize.toolkit.fluxcd.io/namespace': 'flux',
  };
  const bench = new Bench([virtualServices, { ...vs, metadata: { ...vs.metadata, labels: owned } }]);
  await bench.begin('verified');
  const refused = await switchTraffic(inputs({}), bench.tools).catch((error: unknown) => error);
  expect(refused).toMatchObject({
    message: expect.stringContaining('kept: VirtualService ecommerce/order-api-vs is applied by Flux'),
    remedy: expect.stringContaining('flux suspend kustomization shop -n flux'),
  });
  expect(bench.api.writes).toEqual([]);
  await switchTraffic(inputs({ 'allow-gitops-owned': 'true' }), bench.tools);
  expect(bench.weights()).toEqual(['order-api-vs: 0/100']);
});

test.each([
  [{ steps: '10, 50' }, /steps: given "10, 50"/],
  [{ steps: '50, 10, 100' }, /rising/],
  [{ weight: '0' }, /weight: given "0"/],
  [{ weight: '10', steps: '50, 100' }, /together with weight/],
  [{ weight: '10', to: 'previous' }, /going back is done at once/],
  [{ force: 'everything' }, /one or more of verified, capacity/],
] as const)('%j is refused', (given, message) => {
  expect(() => inputs(given)).toThrow(message);
});

test('a slot that is not the candidate takes no weight', async () => {
  const bench = new Bench();
  await bench.begin('verified');
  await expect(switchTraffic(inputs({ to: 'blue', weight: '10' }), bench.tools)).rejects.toThrow(
    'blue is not the candidate',
  );
});

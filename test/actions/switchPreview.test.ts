import { expect, test } from '@jest/globals';
import { virtualServices } from '../../src/cluster/api/resources.ts';
import { objectAt, objectsAt } from '../../src/domain/json.ts';
import { parse } from '../../src/actions/switch-traffic/inputs.ts';
import type { Inputs } from '../../src/actions/switch-traffic/inputs.ts';
import { finishOrUndo } from '../../src/actions/switch-traffic/post.ts';
import { switchTraffic } from '../../src/actions/switch-traffic/run.ts';
import { Bench } from '../fakes/bench.ts';
import { shop } from '../fakes/shop.ts';

const inputs = (given: Readonly<Record<string, string>> = {}): Inputs =>
  parse({ service: 'order-api', ...given });

const held = { weight: '30', preview: 'true' };

/** The header that each route of the VirtualService wants, in their order. */
const headers = (bench: Bench): readonly unknown[] =>
  objectsAt(objectAt(bench.api.peek(virtualServices, 'ecommerce', 'order-api-vs'), 'spec'), 'http').map(
    ([, http]) => objectsAt(http, 'match').map(([, match]) => match['headers'] ?? null)[0],
  );
const open = [{ version: { exact: 'v1.1.0' } }, null];
const closed = [null];

async function verified(): Promise<Bench> {
  const bench = new Bench();
  await bench.begin('verified');
  return bench;
}

/** The weights of the real route, which stands last. */
const share = (bench: Bench): string | undefined => bench.weights().at(-1);

test('while the candidate has a share, the header reaches it: proven, and left open', async () => {
  const bench = await verified();
  await switchTraffic(inputs(held), bench.tools);
  expect(headers(bench)).toEqual(open);
  expect(share(bench)).toBe('order-api-vs: 70/30');
  expect(bench.lines.join('\n')).toContain('✓ preview: requests with version: v1.1.0 reach green');
  expect((await bench.release()).phase).toBe('switching');
});

test('the intent is on record before the header route is written, and that before the weights', async () => {
  const bench = await verified();
  await switchTraffic(inputs(held), bench.tools);
  expect(bench.api.writes.filter(({ kind }) => kind !== 'Event').map(({ kind }) => kind)).toEqual([
    'ConfigMap',
    'VirtualService',
    'VirtualService',
    'ConfigMap',
  ]);
});

test('going on with preview keeps it, at 100 % it is closed and proven so', async () => {
  const bench = await verified();
  await switchTraffic(inputs(held), bench.tools);
  await switchTraffic(inputs({ ...held, weight: '50' }), bench.tools);
  expect(headers(bench)).toEqual(open);
  await switchTraffic(inputs({ ...held, weight: '100' }), bench.tools);
  expect(headers(bench)).toEqual(closed);
  expect(share(bench)).toBe('order-api-vs: 0/100');
  expect(bench.lines.join('\n')).toContain('✓ preview closed');
});

test.each([
  ['to a share', { weight: '50' }, 'order-api-vs: 50/50'],
  ['all the way', {}, 'order-api-vs: 0/100'],
])('going on %s without preview closes it', async (_title, given, weights) => {
  const bench = await verified();
  await switchTraffic(inputs(held), bench.tools);
  await switchTraffic(inputs(given), bench.tools);
  expect(headers(bench)).toEqual(closed);
  expect(share(bench)).toBe(weights);
});

test('a switch that is put back closes it', async () => {
  const bench = await verified();
  bench.envoys.freeze('gateway-2');
  await expect(switchTraffic(inputs(held), bench.tools)).rejects.toThrow('gateway-2');
  expect(headers(bench)).toEqual(closed);
  expect(bench.weights()).toEqual(['order-api-vs: 100/0']);
  expect((await bench.release()).phase).toBe('verified');
});

test('put back to a share that is held still, it stays as it was found', async () => {
  const bench = await verified();
  await switchTraffic(inputs(held), bench.tools);
  bench.envoys.freeze('gateway-2');
  await expect(switchTraffic(inputs({ weight: '50' }), bench.tools)).rejects.toThrow('gateway-2');
  expect(headers(bench)).toEqual(open);
  expect(share(bench)).toBe('order-api-vs: 70/30');
});

test('the way back closes it', async () => {
  const bench = await verified();
  await switchTraffic(inputs(held), bench.tools);
  await switchTraffic(inputs({ to: 'previous' }), bench.tools);
  expect(headers(bench)).toEqual(closed);
  expect(bench.weights()).toEqual(['order-api-vs: 100/0']);
});

test.each(['switching', 'monitoring'] as const)(
  'killed while the release was %s, the post step closes it',
  async (phase) => {
    const bench = await verified();
    const routing = await bench.mesh.read(shop);
    await bench.mesh.openPreview(routing, { slot: 'green', header: 'version', value: 'v1.1.0' });
    await bench.begin(phase);
    await finishOrUndo(inputs(held), 'rel-1', bench.tools);
    expect(headers(bench)).toEqual(closed);
  },
);

test('the header has the name that it is given', async () => {
  const bench = await verified();
  await switchTraffic(inputs({ ...held, 'preview-header': 'X-Candidate' }), bench.tools);
  expect(bench.lines.join('\n')).toContain('✓ preview: requests with x-candidate: v1.1.0 reach green');
});

test('it goes with a share, and with nothing else', () => {
  expect(() => inputs({ preview: 'true' })).toThrow(/preview: given "true"; .*together with weight or steps/);
});

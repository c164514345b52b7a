import { expect, test } from '@jest/globals';
import { configMaps, virtualServices } from '../../src/cluster/api/resources.ts';
import type { HeldLease } from '../../src/cluster/lease/releaseLease.ts';
import { parse } from '../../src/actions/switch-traffic/inputs.ts';
import type { Inputs } from '../../src/actions/switch-traffic/inputs.ts';
import { switchTraffic } from '../../src/actions/switch-traffic/run.ts';
import { ConflictError } from '../../src/runtime/errors.ts';
import { Bench } from '../fakes/bench.ts';
import { shop, virtualService } from '../fakes/shop.ts';

// A slot by its name is forward or back, as the release on record has it: nobody is to wait for a lease to go back.

const inputs = (given: Readonly<Record<string, string>>): Inputs => parse({ service: 'order-api', ...given });

const onGreen = (): Bench => new Bench([virtualServices, virtualService({ weights: [0, 100] })]);

/** A switch of another process, that holds the lease. */
const held = (bench: Bench): Promise<HeldLease> =>
  bench.leaseOf('switch-traffic of run 7, by kim').hold(shop, bench.forOthers);

test('back to a slot by its name takes the lease from whoever holds it, who learns of it', async () => {
  const bench = onGreen();
  await bench.begin('monitoring');
  const theirs = await held(bench);
  await switchTraffic(inputs({ to: 'blue' }), bench.tools);
  expect(bench.weights()).toEqual(['order-api-vs: 100/0']);
  expect((await bench.release()).phase).toBe('rolled-back');
  await expect(theirs.check()).rejects.toThrow('this step stops, and puts nothing back');
});

test.each([
  ['cannot be read', () => new Error('down')],
  ['is in nobody’s words', null],
] as const)('a record that %s makes it a way back too', async (_title, fault) => {
  const bench = onGreen();
  await bench.begin('monitoring');
  await held(bench);
  if (fault === null) {
    bench.api.put(configMaps, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'order-api-release', namespace: shop.namespace },
      data: { 'release.json': 'not JSON' },
    });
  } else for (let i = 0; i < 2; i += 1) bench.api.failNext('get', 'ConfigMap', fault);
  await switchTraffic(inputs({ to: 'blue' }), bench.tools);
  expect(bench.weights()).toEqual(['order-api-vs: 100/0']);
});

test('the candidate by its name is a way forward: it takes the lease from nobody', async () => {
  const bench = new Bench();
  await bench.begin('verified');
  const theirs = await held(bench);
  await expect(switchTraffic(inputs({ to: 'green', 'on-busy': 'fail' }), bench.tools)).rejects.toThrow(
    'switch-traffic of run 7, by kim',
  );
  await theirs.check();
  expect(bench.api.writes).toEqual([]);
});

test('a share of a slot that is not the candidate is refused before the lease is taken', async () => {
  const bench = new Bench();
  await bench.begin('switching');
  const theirs = await held(bench);
  await expect(switchTraffic(inputs({ to: 'blue', weight: '10' }), bench.tools)).rejects.toThrow(
    'blue is not the candidate',
  );
  await theirs.check();
});

test('a dry run of a way back takes no lease', async () => {
  const bench = onGreen();
  await bench.begin('monitoring');
  const theirs = await held(bench);
  await switchTraffic(inputs({ to: 'blue', 'dry-run': 'true' }), bench.tools);
  await theirs.check();
  expect(bench.api.writes).toEqual([]);
});

test('a release that ended while this step waited makes it a way back, and it goes there', async () => {
  const bench = onGreen();
  await bench.begin('monitoring', { candidate: 'blue' });
  const theirs = await held(bench);
  bench.clock.every(2_000, () => {
    void bench.begin('monitoring', { candidate: 'green' }).then(() => theirs.release());
  });
  await switchTraffic(inputs({ to: 'blue' }), bench.tools);
  expect(bench.weights()).toEqual(['order-api-vs: 100/0']);
});

test('a slot that becomes the candidate of a new release meanwhile is not gone forward to', async () => {
  const bench = onGreen();
  await bench.begin('monitoring');
  const lease = {
    ...bench.lease,
    take: async () => {
      await bench.begin('verified', { candidate: 'blue' });
      return bench.lease.take(shop);
    },
  };
  await expect(switchTraffic(inputs({ to: 'blue' }), { ...bench.tools, lease })).rejects.toThrow(
    'a release has made blue its candidate',
  );
  expect(bench.weights()).toEqual(['order-api-vs: 0/100']);
});

test('a patch of the loser that arrives late meets a conflict, although there were no weights to write', async () => {
  const bench = new Bench();
  await bench.begin('switching');
  await held(bench);
  const [vs] = (await bench.mesh.read(shop)).virtualServices;
  await switchTraffic(inputs({ to: 'blue' }), bench.tools);
  await expect(
    bench.api.jsonPatch(virtualServices, 'ecommerce', 'order-api-vs', [
      { op: 'test', path: '/metadata/resourceVersion', value: vs?.resourceVersion ?? '' },
      { op: 'replace', path: '/spec/http/0/route/0/weight', value: 0 },
    ]),
  ).rejects.toThrow(ConflictError);
  expect(bench.weights()).toEqual(['order-api-vs: 100/0']);
});

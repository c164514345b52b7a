import { expect, test } from '@jest/globals';
import { parse } from '../../src/actions/switch-traffic/inputs.ts';
import type { Inputs } from '../../src/actions/switch-traffic/inputs.ts';
import { switchTraffic } from '../../src/actions/switch-traffic/run.ts';
import { PreconditionError } from '../../src/runtime/errors.ts';
import { Bench } from '../fakes/bench.ts';

const inputs = (given: Readonly<Record<string, string>>): Inputs => parse({ service: 'order-api', ...given });

test('the release that was approved is switched', async () => {
  const bench = new Bench();
  await bench.begin('verified');
  await switchTraffic(inputs({ 'release-id': 'rel-1' }), bench.tools);
  expect(bench.weights()).toEqual(['order-api-vs: 0/100']);
});

test('a candidate that another run has put in its place meanwhile is refused, by its name, and nothing is written', async () => {
  const bench = new Bench();
  await bench.begin('verified', { id: 'rel-2', actor: 'kim', runUrl: 'https://github.com/shop/runs/2' });
  const writes = bench.api.writes.length;
  const refused = await switchTraffic(inputs({ 'release-id': 'rel-1' }), bench.tools).catch(
    (error: unknown) => error,
  );
  expect(refused).toBeInstanceOf(PreconditionError);
  expect(refused).toMatchObject({
    message:
      'release rel-1 was to be switched, and rel-2 has taken its place: v1.1.0 in green, verified (kim, https://github.com/shop/runs/2)',
    remedy: expect.stringContaining('Nothing was changed'),
  });
  expect(bench.api.writes).toHaveLength(writes);
  expect(bench.weights()).toEqual(['order-api-vs: 100/0']);
  // Whoever comes next need not wait for a lease.
  await switchTraffic(inputs({ 'release-id': 'rel-2' }), bench.tools);
  expect(bench.weights()).toEqual(['order-api-vs: 0/100']);
});

test('without a release on record nothing that was approved can be told', async () => {
  const bench = new Bench();
  await expect(switchTraffic(inputs({ 'release-id': 'rel-1' }), bench.tools)).rejects.toThrow(
    'there is no release on record',
  );
});

test('it says nothing about going back', async () => {
  expect(() => inputs({ 'release-id': 'rel-1', to: 'previous' })).toThrow('nothing keeps from going back');
  expect(() => inputs({ 'release-id': 'v1.1.0' })).toThrow('release-id: given "v1.1.0"');
  const bench = new Bench();
  await bench.begin('verified');
  await expect(switchTraffic(inputs({ 'release-id': 'rel-1', to: 'blue' }), bench.tools)).rejects.toThrow(
    'blue is not the candidate',
  );
});

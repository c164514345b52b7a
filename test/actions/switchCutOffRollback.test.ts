import { expect, test } from '@jest/globals';
import { parse } from '../../src/actions/switch-traffic/inputs.ts';
import { switchTraffic } from '../../src/actions/switch-traffic/run.ts';
import { Bench } from '../fakes/bench.ts';

// A release that was found to be bad, and whose process was killed before everybody was back, is taken forward by nobody.

const again = (bench: Bench, given: Readonly<Record<string, string>> = {}): Promise<void> =>
  switchTraffic(parse({ service: 'order-api', ...given }), bench.tools);

const home = ['order-api-vs: 100/0', 'order-api-mesh: 100/0'];

test.each([
  ['before it moved anybody', [90, 10], [90, 10], { steps: '10, 100' }],
  ['with all of the users', [0, 100], [0, 100], {}],
  ['between two VirtualServices', [100, 0], [90, 10], { steps: '10, 100' }],
  ['before its last entry', [100, 0], [100, 0], {}],
] as const)('cut off %s: the same step finishes the way back', async (_, gateway, mesh, given) => {
  const bench = await Bench.inTwo(gateway, mesh, 'rolling-back', { splitAfter: { blue: 90, green: 10 } });
  await expect(again(bench, given)).rejects.toThrow(
    'release rel-1 is rolled back: that was begun before, and cut off. blue 100 / green 0, proven in 3 proxies',
  );
  expect(bench.weights()).toEqual(home);
  expect(await bench.release()).toMatchObject({ phase: 'rolled-back', splitAfter: { blue: 100, green: 0 } });
});

test('a share whose monitor was killed on its way back does not grow', async () => {
  const bench = await Bench.inTwo([100, 0], [70, 30], 'switching', {
    splitAfter: { blue: 70, green: 30 },
    goesBackTo: { blue: 100, green: 0 },
  });
  await expect(again(bench, { weight: '50' })).rejects.toThrow('release rel-1 is rolled back');
  expect(bench.weights()).toEqual(home);
  expect((await bench.release()).phase).toBe('rolled-back');
});

test('a dry run says so, and writes nothing', async () => {
  const bench = await Bench.inTwo([90, 10], [90, 10], 'rolling-back');
  await expect(again(bench, { 'dry-run': 'true' })).rejects.toThrow(
    'a rollback of release rel-1 was begun and cut off',
  );
  expect(bench.api.writes).toEqual([]);
});

test('with nobody ready to go back to, the traffic stays, and it is still going back', async () => {
  const bench = await Bench.inTwo([90, 10], [90, 10], 'rolling-back');
  bench.dropPods('order-api-blue-5d4f-1', 'order-api-blue-5d4f-2');
  await expect(again(bench)).rejects.toThrow('blue has no ready pod to go back to: the traffic stays');
  expect(bench.weights()).toEqual(['order-api-vs: 90/10', 'order-api-mesh: 90/10']);
  expect((await bench.release()).phase).toBe('rolling-back');
});

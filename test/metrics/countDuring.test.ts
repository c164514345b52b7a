import { expect, test } from '@jest/globals';
import { countDuring } from '../../src/metrics/countDuring.ts';
import { Bench } from '../fakes/bench.ts';

test('counts what every proxy sent to either slot meanwhile, and what failed of it', async () => {
  const { mesh, envoys, name } = new Bench();
  envoys.count('gateway-1', 'blue', '10.244.0.21', 100, 3);
  const end = countDuring(mesh, await mesh.read(name));
  await new Promise(setImmediate);
  envoys.count('gateway-1', 'blue', '10.244.0.21', 130, 3);
  envoys.count('gateway-2', 'green', '10.244.0.31', 12, 1);
  expect(await end()).toEqual({ requests: 42, errors: 1 });
});

test('counters that cannot be read are not known, and stop nothing', async () => {
  const { mesh, name } = new Bench();
  const routing = await mesh.read(name);
  const failing = { counters: () => Promise.reject(new Error('no')) };
  expect(await countDuring(failing, routing)()).toBeNull();
});

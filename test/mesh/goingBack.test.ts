import { expect, test } from '@jest/globals';
import { virtualServices } from '../../src/cluster/api/resources.ts';
import { Bench } from '../fakes/bench.ts';
import { destination, shop, virtualService } from '../fakes/shop.ts';

const toBlue = { blue: 100, green: 0 };
const options = { timeoutMs: 5_000 };
const onGreen = [destination('blue', 0), destination('green', 100)];

const strange = virtualService({
  http: [
    { name: 'odd', route: [destination('green', 100)] },
    { route: onGreen, match: [{ uri: { prefix: '/api/v1/orders' } }] },
    { route: [destination('green', 100)], match: [{ uri: { prefix: '/api/v2/orders' } }] },
  ],
});

test('a route that weights cannot steer keeps nobody from going back, and is left as it is', async () => {
  const bench = new Bench([virtualServices, strange]);
  await expect(bench.mesh.read(shop)).rejects.toThrow('route odd');
  const routing = await bench.mesh.read(shop, 'back');
  await bench.mesh.setSplit(routing, toBlue);
  expect(bench.weights()).toEqual(['order-api-vs: 0/100', 'order-api-vs: 100/0', 'order-api-vs: 0/100']);
  const proof = await bench.mesh.proveSplit(routing, toBlue, options);
  expect(proof.proxies).toHaveLength(3);
});

test('a route that did not move is not taken for moved', async () => {
  const bench = new Bench([virtualServices, strange]);
  const routing = await bench.mesh.read(shop, 'back');
  await expect(bench.mesh.proveSplit(routing, toBlue, options)).rejects.toThrow(
    'it serves blue 0 / green 100',
  );
});

test('a Gateway that does not exist keeps nobody who comes through another from going back', async () => {
  const bound = virtualService({ gateways: ['ecommerce-gateway', 'gone', 'mesh'], weights: [0, 100] });
  const bench = new Bench([virtualServices, bound]);
  const forward = await bench.mesh.read(shop);
  await expect(bench.mesh.gateways(forward)).rejects.toThrow('Gateway ecommerce/gone does not exist');
  const routing = await bench.mesh.read(shop, 'back');
  await bench.mesh.setSplit(routing, toBlue);
  expect((await bench.mesh.proveSplit(routing, toBlue, options)).proxies).toHaveLength(3);
});

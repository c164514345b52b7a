import { expect, test } from '@jest/globals';
import { virtualServices } from '../../src/cluster/api/resources.ts';
import { switchTraffic } from '../../src/actions/switch-traffic/run.ts';
import { parse } from '../../src/actions/switch-traffic/inputs.ts';
import { Bench } from '../fakes/bench.ts';
import { virtualService } from '../fakes/shop.ts';

const handingOver = (name: string, hosts: readonly string[], gateway: string) =>
  virtualService({ name, hosts, gateways: [gateway], http: [{ name, delegate: { name: 'order-api-vs' } }] });

/** order-api's routes in a delegate, which the gateways and the mesh have from a root each. */
const delegated = (): Bench =>
  new Bench(
    [virtualServices, virtualService({ hosts: [], gateways: [] })],
    [virtualServices, handingOver('edge', ['api.c4ang.com'], 'ecommerce-gateway')],
    [virtualServices, handingOver('inside', ['order-api'], 'mesh')],
  );

const weights = (bench: Bench): readonly string[] =>
  bench.weights().filter((line) => line.startsWith('order-api-vs'));

test('the weights of a delegate are written in it, and proven in every proxy of its roots', async () => {
  const bench = delegated();
  await bench.begin('verified');
  await switchTraffic(parse({ service: 'order-api' }), bench.tools);
  expect(weights(bench)).toEqual(['order-api-vs: 0/100']);
  expect(bench.api.writes.filter(({ kind }) => kind === 'VirtualService')).toHaveLength(1);
  expect(JSON.parse(bench.given.get('proxies') ?? '')).toHaveLength(3);
  await switchTraffic(parse({ service: 'order-api', to: 'previous' }), bench.tools);
  expect(weights(bench)).toEqual(['order-api-vs: 100/0']);
});

test('a gateway that never gets the delegate’s new weights has them put back', async () => {
  const bench = delegated();
  await bench.begin('verified');
  bench.envoys.freeze('gateway-2');
  await expect(switchTraffic(parse({ service: 'order-api' }), bench.tools)).rejects.toThrow(
    /gateway-2: it serves blue 100[^]*The previous split is back/,
  );
  expect(weights(bench)).toEqual(['order-api-vs: 100/0']);
});

test('someone who edits the delegate meanwhile loses nothing', async () => {
  const bench = delegated();
  const routing = await bench.mesh.read(bench.name);
  const edited = bench.api.peek(virtualServices, 'ecommerce', 'order-api-vs');
  bench.api.put(virtualServices, { ...edited, metadata: { ...edited.metadata, labels: { edited: 'yes' } } });
  await bench.mesh.setSplit(routing, { blue: 0, green: 100 });
  expect(weights(bench)).toEqual(['order-api-vs: 0/100']);
  expect(bench.api.peek(virtualServices, 'ecommerce', 'order-api-vs').metadata.labels).toEqual({
    edited: 'yes',
  });
});

test('a preview in a delegate is proven open, and closed, under the name it has in the proxies', async () => {
  const bench = delegated();
  const preview = { slot: 'green', header: 'version', value: 'v1.1.0' } as const;
  const options = { timeoutMs: 5_000 };
  await bench.mesh.openPreview(await bench.mesh.read(bench.name), preview);
  const open = await bench.mesh.read(bench.name);
  expect((await bench.mesh.provePreview(open, preview, options)).proxies).toHaveLength(2);
  expect((await bench.mesh.splits(open)).map((one) => one.difference)).toEqual([null, null, null]);
  await bench.mesh.closePreview(open);
  const closed = await bench.mesh.read(bench.name);
  expect((await bench.mesh.provePreview(closed, null, options)).proxies).toHaveLength(3);
  expect(bench.routeCount()).toBe(1);
});

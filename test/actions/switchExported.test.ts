import { expect, test } from '@jest/globals';
import { destinationRules, virtualServices } from '../../src/cluster/api/resources.ts';
import { switchTraffic } from '../../src/actions/switch-traffic/run.ts';
import { parse } from '../../src/actions/switch-traffic/inputs.ts';
import { Bench } from '../fakes/bench.ts';
import { bySlot, destination, destinationRule, virtualService } from '../fakes/shop.ts';

// What is not exported to where the proxies are (spec.exportTo) is not there for them.

const inputs = () => parse({ service: 'order-api' });

test('a VirtualService that the gateways’ namespace does not get serves nobody there, and is refused', async () => {
  const limited = virtualService();
  const spec = { ...(limited['spec'] as object), exportTo: ['.'] };
  const bench = new Bench([virtualServices, { ...limited, spec }]);
  await bench.begin('verified');
  await expect(switchTraffic(inputs(), bench.tools)).rejects.toThrow(
    'VirtualService ecommerce/order-api-vs is bound to Gateway ecommerce/ecommerce-gateway, whose pods run in istio-system, and is not exported there: nobody would be served',
  );
  expect(bench.api.writes).toEqual([]);
});

test('the mesh’s own default keeps it from the gateways: the proxies show it, and nothing is written', async () => {
  const bench = new Bench();
  const unexported = new Bench();
  await unexported.api.delete(virtualServices, 'ecommerce', 'order-api-vs');
  await unexported.clock.sleep(200);
  for (const pod of ['gateway-1', 'gateway-2']) bench.envoys.freezeAs(pod, unexported.envoys);
  await bench.begin('verified');
  const written = bench.api.writes.length;
  await expect(switchTraffic(inputs(), bench.tools)).rejects.toThrow(
    /routes-known: .*\n {2}gateway istio-system\/.*: it has no route of VirtualService ecommerce\/order-api-vs: .*defaultVirtualServiceExportTo/,
  );
  expect(bench.api.writes.slice(written)).toEqual([]);
});

test('a DestinationRule that the gateways do not get is refused', async () => {
  const rule = destinationRule(bySlot);
  const spec = { ...(rule['spec'] as object), exportTo: ['.'] };
  const bench = new Bench([destinationRules, { ...rule, spec }]);
  await bench.begin('verified');
  await expect(switchTraffic(inputs(), bench.tools)).rejects.toThrow(
    'DestinationRule ecommerce/order-api-dr is not exported to istio-system, where the pods of Gateway ecommerce/ecommerce-gateway run',
  );
});

test('a broken VirtualService that no gateway gets does not stand in the way', async () => {
  const odd = virtualService({
    name: 'odd-vs',
    namespace: 'other',
    hosts: ['odd.c4ang.com'],
    gateways: ['ecommerce/ecommerce-gateway'],
    http: [{ route: [destination('blue', 100, 'order-api.ecommerce')] }],
  });
  const spec = { ...(odd['spec'] as object), exportTo: ['.'] };
  const bench = new Bench([virtualServices, { ...odd, spec }]);
  await expect(bench.mesh.read(bench.name)).resolves.toMatchObject({ live: 'blue' });
  bench.api.put(virtualServices, odd);
  await expect(bench.mesh.read(bench.name)).rejects.toThrow('has no entry for subset green');
});

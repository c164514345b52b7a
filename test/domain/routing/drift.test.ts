import { expect, test } from '@jest/globals';
import { driftFrom } from '../../../src/domain/routing/drift.ts';
import { virtualServices } from '../../../src/cluster/api/resources.ts';
import { Bench } from '../../fakes/bench.ts';
import { virtualService } from '../../fakes/shop.ts';

const written = { blue: 0, green: 100 };

test('names the VirtualService that was overwritten, what it says, and who wrote last', async () => {
  const object = virtualService();
  const managedFields = [
    { manager: 'argocd-controller', time: '2026-11-21T05:30:00Z' },
    { manager: 'c4ang-actions', time: '2026-11-21T05:29:59Z' },
  ];
  const bench = new Bench([virtualServices, { ...object, metadata: { ...object.metadata, managedFields } }]);
  expect(driftFrom(await bench.mesh.read(bench.name, 'back'), written)).toEqual([
    'VirtualService ecommerce/order-api-vs says blue 100 / green 0, last written by argocd-controller at 2026-11-21T05:30:00Z',
  ]);
});

test('nothing has drifted where every route says what was written', async () => {
  const bench = new Bench([virtualServices, virtualService({ weights: [0, 100] })]);
  expect(driftFrom(await bench.mesh.read(bench.name), written)).toEqual([]);
});

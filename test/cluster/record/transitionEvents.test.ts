import { expect, test } from '@jest/globals';
import { configMaps, events, virtualServices } from '../../../src/cluster/api/resources.ts';
import { transitionEvents } from '../../../src/cluster/record/transitionEvents.ts';
import type { Release } from '../../../src/domain/release/release.ts';
import { PermissionError } from '../../../src/runtime/errors.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { FakeKubeApi } from '../../fakes/kubeApi.ts';
import { shop, virtualService } from '../../fakes/shop.ts';

const release: Release = {
  id: 'rel-1',
  ...shop,
  phase: 'rolling-back',
  candidate: 'green',
  slots: {},
  splitBefore: { blue: 100, green: 0 },
  splitAfter: null,
  verdicts: {},
  timeline: [{ at: '2026-11-21T00:00:00.000Z', phase: 'rolling-back', note: 'too many errors' }],
  runUrl: null,
  actor: 'anna',
};

function stage() {
  const api = new FakeKubeApi();
  const clock = new FakeClock();
  const record = api.put(configMaps, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'order-api-release', namespace: 'ecommerce' },
  });
  return { api, clock, record, told: transitionEvents((event) => api.create(events, event), clock) };
}

test('a transition is told on the record and on every VirtualService, where each of them is', async () => {
  const { api, record, told } = stage();
  const elsewhere = virtualService({ name: 'edge', namespace: 'istio-system' });
  told.about([{ ...elsewhere, metadata: { ...elsewhere.metadata, uid: 'u-1' } }]);
  told.tell(release, record);
  await told.sent();
  expect(api.all(events)).toMatchObject([
    {
      metadata: { namespace: 'ecommerce' },
      involvedObject: { kind: 'ConfigMap', name: 'order-api-release' },
      type: 'Warning',
      reason: 'ReleaseRollingBack',
      message: 'order-api rel-1: too many errors',
    },
    {
      metadata: { namespace: 'istio-system' },
      involvedObject: { kind: 'VirtualService', name: 'edge', uid: 'u-1' },
    },
  ]);
});

test('a missing right to write Events, or no answer at all, stops nothing', async () => {
  const { api, record, told } = stage();
  api.failNext('create', 'Event', () => new PermissionError('no', 'Grant it.'));
  told.tell(release, record);
  await told.sent();
  expect(api.all(events)).toEqual([]);
});

test('what a transition announces goes first: its Events come a moment later, by themselves', async () => {
  const { api, clock, record, told } = stage();
  told.tell(release, record);
  expect(api.all(events)).toEqual([]);
  await clock.sleep(60);
  expect(api.all(events)).toHaveLength(1);
});

test('a patch takes them with it: they are on their way before it is answered, and not before it is sent', async () => {
  const { api, record, told } = stage();
  api.put(virtualServices, virtualService());
  const patched = told.behindPatches(api);
  told.tell(release, record);
  const answers: string[] = [];
  api.onWrite(({ kind }) => answers.push(kind));
  await patched.jsonPatch(virtualServices, 'ecommerce', 'order-api-vs', []);
  await new Promise((resolve) => setImmediate(resolve));
  expect(answers).toEqual(['VirtualService', 'Event']);
  expect(api.all(events)).toHaveLength(1);
});

test('a patch with nothing to tell, and one that fails, are what they are', async () => {
  const { api, told } = stage();
  const patched = told.behindPatches(api);
  await expect(patched.jsonPatch(virtualServices, 'ecommerce', 'none', [])).rejects.toThrow('not found');
  await new Promise((resolve) => setImmediate(resolve));
  expect(api.writes).toEqual([]);
});

import { expect, test } from '@jest/globals';
import { configMapRecord } from '../../src/cluster/releaseRecord.ts';
import { configMaps, events } from '../../src/cluster/resources.ts';
import { enter } from '../../src/domain/release.ts';
import type { Release } from '../../src/domain/release.ts';
import { ConflictError, PermissionError, PreconditionError } from '../../src/runtime/errors.ts';
import { FakeClock } from '../fakes/clock.ts';
import { FakeKubeApi } from '../fakes/kubeApi.ts';
import { shop } from '../fakes/shop.ts';

const release: Release = {
  id: 'rel-1',
  ...shop,
  phase: 'deploying',
  candidate: 'green',
  slots: { green: { version: 'v1.1.0', image: 'shop/order-api@sha256:1' } },
  splitBefore: { blue: 100, green: 0 },
  splitAfter: null,
  verdicts: {},
  timeline: [{ at: '2026-11-21T00:00:00.000Z', phase: 'deploying', note: 'v1.1.0 into green' }],
  runUrl: null,
  actor: 'anna',
};

const clock = new FakeClock();
const stored = (data: unknown) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'order-api-release', namespace: 'ecommerce' },
  data: { 'release.json': typeof data === 'string' ? data : JSON.stringify(data) },
});

test('what is saved is what is read, and an Event tells it', async () => {
  const api = new FakeKubeApi();
  const record = configMapRecord(api, clock);
  expect(await record.read(shop)).toEqual({ kind: 'none' });
  await record.save(release, { kind: 'none' });
  expect(await record.read(shop)).toMatchObject({ kind: 'release', release });
  expect(api.all(events)).toMatchObject([
    { type: 'Normal', reason: 'ReleaseDeploying', message: 'rel-1: v1.1.0 into green' },
  ]);
});

test('of two writers that read the same, one fails', async () => {
  const record = configMapRecord(new FakeKubeApi(), clock);
  const state = await record.save(release, { kind: 'none' });
  await record.save(enter(release, 'deployed', 'up', new Date(0)), state);
  await expect(record.save(release, state)).rejects.toThrow(ConflictError);
  await expect(record.save(release, { kind: 'none' })).rejects.toThrow(ConflictError);
});

test('a missing right to write Events stops nothing', async () => {
  const api = new FakeKubeApi();
  api.failNext('create', 'Event', () => new PermissionError('no', 'Grant it.'));
  await expect(configMapRecord(api, clock).save(release, { kind: 'none' })).resolves.toMatchObject({
    kind: 'release',
  });
});

test.each([
  ['a newer schema', { schemaVersion: 2, anything: true }, /schema 2 is newer than the 1 known/],
  ['no JSON', '{', /not JSON/],
  ['no version', {}, /no schemaVersion/],
  ['an unknown phase', { schemaVersion: 1, ...release, phase: 'dreaming' }, /its field phase is wrong/],
])('a record with %s can be told from none, and is not written over', async (_what, data, reason) => {
  const api = new FakeKubeApi([configMaps, stored(data)]);
  const record = configMapRecord(api, clock);
  const state = await record.read(shop);
  expect(state).toMatchObject({ kind: 'unreadable', reason: expect.stringMatching(reason) });
  await expect(record.save(release, state)).rejects.toThrow(PreconditionError);
  expect(api.writes).toEqual([]);
});

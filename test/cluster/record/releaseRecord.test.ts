import { expect, test } from '@jest/globals';
import { configMapRecord, releaseOf } from '../../../src/cluster/record/releaseRecord.ts';
import { configMaps } from '../../../src/cluster/api/resources.ts';
import { enter } from '../../../src/domain/release/release.ts';
import type { Release } from '../../../src/domain/release/release.ts';
import { ConflictError, PreconditionError } from '../../../src/runtime/errors.ts';
import { FakeKubeApi } from '../../fakes/kubeApi.ts';
import { shop } from '../../fakes/shop.ts';

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

const tell = (): void => undefined;
const stored = (data: unknown) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'order-api-release', namespace: 'ecommerce' },
  data: { 'release.json': typeof data === 'string' ? data : JSON.stringify(data) },
});

test('what is saved is what is read, and is told', async () => {
  const api = new FakeKubeApi();
  const told: string[] = [];
  const record = configMapRecord(api, ({ phase }, { kind }) => told.push(`${phase} in ${kind}`));
  expect(await record.read(shop)).toEqual({ kind: 'none' });
  await record.save(release, { kind: 'none' });
  expect(await record.read(shop)).toMatchObject({ kind: 'release', release });
  expect(told).toEqual(['deploying in ConfigMap']);
});

test('where everybody goes back to is read, is told to nobody, and ends with the next entry', async () => {
  const told: string[] = [];
  const record = configMapRecord(new FakeKubeApi(), ({ phase }) => told.push(phase));
  const begun = await record.save(release, { kind: 'none' });
  const watched: Release = { ...release, goesBackTo: { blue: 100, green: 0 } };
  const state = await record.save(watched, begun);
  expect(await record.read(shop)).toMatchObject({ kind: 'release', release: watched });
  await record.save(enter(watched, 'deployed', 'up', new Date(0)), state);
  expect(releaseOf(await record.read(shop))).not.toHaveProperty('goesBackTo');
  expect(told).toEqual(['deploying', 'deployed']);
});

test('a save gives what a reading would', async () => {
  const record = configMapRecord(new FakeKubeApi(), tell);
  const begun = await record.save(release, { kind: 'none' });
  expect(begun).toEqual(await record.read(shop));
  const deployed = await record.save(enter(release, 'deployed', 'up', new Date(0)), begun);
  expect(deployed).toEqual(await record.read(shop));
});

test('what came back otherwise than it was sent is read', async () => {
  const api = new FakeKubeApi();
  const rewritten = { ...release, schemaVersion: 1, actor: 'a webhook' };
  api.create = () => Promise.resolve(stored(rewritten));
  const record = configMapRecord(api, tell);
  expect(await record.save(release, { kind: 'none' })).toMatchObject({ release: { actor: 'a webhook' } });
});

test('of two writers that read the same, one fails', async () => {
  const record = configMapRecord(new FakeKubeApi(), tell);
  const state = await record.save(release, { kind: 'none' });
  await record.save(enter(release, 'deployed', 'up', new Date(0)), state);
  await expect(record.save(release, state)).rejects.toThrow(ConflictError);
  await expect(record.save(release, { kind: 'none' })).rejects.toThrow(ConflictError);
});

test.each([
  ['a newer schema', { schemaVersion: 2, anything: true }, /schema 2 is newer than the 1 known/],
  ['no JSON', '{', /not JSON/],
  ['no version', {}, /no schemaVersion/],
  ['an unknown phase', { schemaVersion: 1, ...release, phase: 'dreaming' }, /its field phase is wrong/],
])('a record with %s can be told from none, and is not written over', async (_what, data, reason) => {
  const api = new FakeKubeApi([configMaps, stored(data)]);
  const record = configMapRecord(api, tell);
  const state = await record.read(shop);
  expect(state).toMatchObject({ kind: 'unreadable', reason: expect.stringMatching(reason) });
  await expect(record.save(release, state)).rejects.toThrow(PreconditionError);
  expect(api.writes).toEqual([]);
});

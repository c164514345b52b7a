import { beforeEach, expect, test } from '@jest/globals';
import { guarded } from '../../../src/cluster/api/guardedApi.ts';
import type { KubeApi, KubeObject } from '../../../src/cluster/api/kubeApi.ts';
import { configMaps, virtualServices } from '../../../src/cluster/api/resources.ts';
import { clusterLease } from '../../../src/cluster/lease/releaseLease.ts';
import type { OwnLease } from '../../../src/cluster/lease/releaseLease.ts';
import { ConflictError, LostLeaseError } from '../../../src/runtime/errors.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { fakeHolder } from '../../fakes/holder.ts';
import { FakeKubeApi } from '../../fakes/kubeApi.ts';
import { shop, virtualService } from '../../fakes/shop.ts';

const names = ['ecommerce', 'order-api-vs'] as const;
const log = { info: () => undefined, warning: () => undefined, group: () => undefined };

let cluster: FakeKubeApi;
let clock: FakeClock;
let api: KubeApi;
let lease: OwnLease;
/** How often the cluster was asked who holds the lease. */
let looks: number;

beforeEach(() => {
  cluster = new FakeKubeApi([virtualServices, virtualService()]);
  clock = new FakeClock();
  looks = 0;
  const own = clusterLease(cluster, clock, log, fakeHolder('a'));
  const counted = {
    ...own,
    check: () => {
      looks += 1;
      return own.check();
    },
  };
  ({ api, lease } = guarded(cluster, counted));
});

const hold = () => lease.hold(shop, { onBusy: 'fail', timeoutMs: 0, signal: new AbortController().signal });
const taken = () => clusterLease(cluster, clock, log, fakeHolder('b')).take(shop);
const read = async (): Promise<KubeObject> => {
  const found = await api.get(virtualServices, ...names);
  if (found === null) throw new Error('it is there');
  return found;
};
const patch = ({ metadata }: KubeObject) =>
  api.jsonPatch(virtualServices, ...names, [
    { op: 'test', path: '/metadata/resourceVersion', value: metadata.resourceVersion },
    { op: 'add', path: '/metadata/annotations', value: {} },
  ]);

test('who has lost the lease changes nothing', async () => {
  const vs = await read();
  await api.update(virtualServices, vs);
  const held = await hold();
  const now = await api.update(virtualServices, await read());
  await taken();
  await expect(api.update(virtualServices, now)).rejects.toThrow(LostLeaseError);
  await expect(api.delete(configMaps, 'ecommerce', 'x')).rejects.toThrow(LostLeaseError);
  expect(held.signal.aborted).toBe(true);
});

test('one look after what is patched was read is enough; without one the patch asks for itself', async () => {
  await hold();
  const before = await read();
  await lease.check();
  const now = await patch(before);
  expect(looks).toBe(1);
  await patch(now);
  expect(looks).toBe(2);
});

test('a look that had begun before the object was read says nothing', async () => {
  await hold();
  const looking = lease.check();
  const vs = await read();
  await looking;
  await patch(vs);
  expect(looks).toBe(2);
});

test('a look is not enough once the time of the lease is over: the process may have been stopped', async () => {
  await hold();
  const vs = await read();
  await lease.check();
  clock.advance(14_000);
  await patch(vs);
  expect(looks).toBe(2);
});

test('a list is a reading as well', async () => {
  await hold();
  const [vs] = await api.list(virtualServices, {});
  await lease.check();
  if (vs !== undefined) await patch(vs);
  expect(looks).toBe(1);
});

test('whoever takes the lease after the look, and writes, is not overwritten', async () => {
  await hold();
  const vs = await read();
  await lease.check();
  await taken();
  cluster.put(virtualServices, vs);
  await expect(patch(vs)).rejects.toThrow(ConflictError);
  // Read again, after the loss: now the lease is looked at.
  await expect(patch(await read())).rejects.toThrow(LostLeaseError);
});

test('a patch that tests for no version, or for one that was not read here, asks for itself', async () => {
  await hold();
  await lease.check();
  await api.jsonPatch(virtualServices, ...names, []);
  expect(looks).toBe(2);
});

test('a rehearsed patch asks nobody, and what comes back is no version of anything', async () => {
  await hold();
  const vs = await read();
  await taken();
  await api.jsonPatch(virtualServices, ...names, [], { dryRun: true });
  await expect(patch(vs)).rejects.toThrow(LostLeaseError);
});

import { beforeEach, describe, expect, test } from '@jest/globals';
import { clusterLease } from '../../../src/cluster/lease/releaseLease.ts';
import type { OwnLease } from '../../../src/cluster/lease/releaseLease.ts';
import { leases } from '../../../src/cluster/api/resources.ts';
import { objectAt } from '../../../src/domain/json.ts';
import { BusyError, ConnectionError, LostLeaseError, PermissionError } from '../../../src/runtime/errors.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { fakeHolder } from '../../fakes/holder.ts';
import { FakeKubeApi } from '../../fakes/kubeApi.ts';
import { shop } from '../../fakes/shop.ts';

let api: FakeKubeApi;
let clock: FakeClock;
let lines: string[];

const say = (line: string): void => {
  lines.push(line);
};
const log = { info: say, warning: say, group: say };

beforeEach(() => {
  api = new FakeKubeApi();
  clock = new FakeClock();
  lines = [];
});

const process = (title: string, ...ended: readonly string[]): OwnLease =>
  clusterLease(api, clock, log, fakeHolder(title, ...ended));
const waiting = (timeoutMs = 60_000, signal = new AbortController().signal) =>
  ({ onBusy: 'wait', timeoutMs, signal }) as const;
const failing = { ...waiting(), onBusy: 'fail' } as const;
const spec = () => objectAt(api.peek(leases, 'ecommerce', 'order-api-release'), 'spec');
const down = (): Error => new ConnectionError('nobody answers', 'Look.');
/** Killed: its timers are gone with it. */
const killed = async (title: string): Promise<void> => {
  await clusterLease(api, new FakeClock(), log, fakeHolder(title)).hold(shop, waiting());
};

test('what is held can be seen by everybody, and is given back', async () => {
  const held = await process('a').hold(shop, waiting());
  expect(await process('b').read(shop)).toEqual({
    identity: 'id of a',
    title: 'a',
    since: '2026-11-21T00:00:00.000Z',
    expires: '2026-11-21T00:00:15.000Z',
  });
  expect(spec()).toMatchObject({ leaseDurationSeconds: 15, acquireTime: '2026-11-21T00:00:00.000000Z' });
  await held.release();
  await held.release();
  expect(await process('b').read(shop)).toBeNull();
  expect((await process('b').hold(shop, failing)).takenFrom).toBeNull();
  expect(spec()).toMatchObject({ holderIdentity: 'id of b', leaseTransitions: 1 });
});

test('whoever has nothing left to change gives it back at once, and waits for it only at the end', async () => {
  const own = process('a');
  await own.hold(shop, waiting());
  own.giveBack();
  await own.releaseAll();
  expect(await process('b').read(shop)).toBeNull();
  expect(api.writes.filter(({ verb }) => verb === 'update')).toHaveLength(1);
});

test('at the end what is being given back is waited for', async () => {
  const own = process('a');
  await own.hold(shop, waiting());
  let isGone = false;
  const update = api.update.bind(api);
  api.update = async (...asked) => {
    await new Promise((resolve) => setImmediate(resolve));
    isGone = true;
    return update(...asked);
  };
  own.giveBack();
  expect(isGone).toBe(false);
  await own.releaseAll();
  expect(isGone).toBe(true);
});

describe('while another one holds it', () => {
  test('on-busy: fail names holder and time', async () => {
    await process('switch-traffic of https://github.com/c4ang/shop/actions/runs/7, by anna').hold(
      shop,
      failing,
    );
    await expect(process('b').hold(shop, failing)).rejects.toThrow(BusyError);
    await expect(process('b').hold(shop, failing)).rejects.toThrow(
      'another release of order-api is under way: switch-traffic of https://github.com/c4ang/shop/actions/runs/7, by anna, since 2026-11-21T00:00:00.000Z',
    );
  });

  test('on-busy: wait gets it as soon as it is free', async () => {
    const held = await process('a').hold(shop, waiting());
    clock.every(3_000, () => void held.release());
    const next = await process('b').hold(shop, waiting());
    expect(clock.monotonic()).toBeLessThan(5_000);
    expect(next.takenFrom).toBeNull();
    expect(lines).toEqual(['waiting for a, since 2026-11-21T00:00:00.000Z']);
  });

  test('the wait ends: a holder that works renews for as long as it takes', async () => {
    await process('a').hold(shop, waiting());
    await expect(process('b').hold(shop, waiting(120_000))).rejects.toThrow('(waited 120 s)');
    expect(spec()).toMatchObject({ holderIdentity: 'id of a' });
    expect(clock.monotonic()).toBe(120_000);
  });

  test('the wait ends when the job is cancelled', async () => {
    await process('a').hold(shop, waiting());
    const stop = new AbortController();
    clock.every(1_000, () => stop.abort(new Error('stopped by SIGINT')));
    await expect(process('b').hold(shop, waiting(60_000, stop.signal))).rejects.toThrow('stopped by SIGINT');
  });

  test('of ten that want it at once, one gets it', async () => {
    const all = await Promise.allSettled(
      Array.from({ length: 10 }, (_, index) => process(String(index)).hold(shop, failing)),
    );
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});

describe('a process that was killed', () => {
  test('blocks others for 15 s at most', async () => {
    await killed('a');
    const { takenFrom } = await process('b').hold(shop, waiting());
    expect(takenFrom?.title).toBe('a');
    expect(clock.monotonic()).toBe(15_000);
  });

  test('blocks nobody on its own machine, where it is seen to have ended', async () => {
    await killed('a');
    expect(await process('b', 'a').read(shop)).toBeNull();
    await process('b', 'a').hold(shop, failing);
    expect(lines).toEqual(['a left its lease behind: it is ours now']);
  });

  test('blocks for no longer than that on a machine whose clock runs late', async () => {
    await killed('a');
    clock = new FakeClock('2026-11-20T23:00:00.000Z');
    await process('b').hold(shop, waiting());
    expect(clock.monotonic()).toBe(15_000);
  });
});

describe('a lease that is lost', () => {
  test('to a rollback stops its holder, which is told who took it', async () => {
    const release = process('a');
    const held = await release.hold(shop, waiting());
    const { takenFrom } = await process('rollback of laptop, by ben').take(shop);
    expect(takenFrom?.title).toBe('a');
    expect(lines).toEqual(['the lease is taken from a, since 2026-11-21T00:00:00.000Z']);
    expect(held.signal.aborted).toBe(false);
    await clock.sleep(6_000);
    expect(held.signal.reason).toBeInstanceOf(LostLeaseError);
    expect(() => release.assertKept()).toThrow(
      'the release lease of order-api was taken by rollback of laptop, by ben, at 2026-11-21T00:00:00.000Z',
    );
    await held.release();
    expect(spec()).toMatchObject({ holderIdentity: 'id of rollback of laptop, by ben' });
  });

  test('is seen at once by whoever is about to change something', async () => {
    const release = process('a');
    await release.hold(shop, waiting());
    await release.check();
    await process('b').take(shop);
    await expect(release.check()).rejects.toThrow(LostLeaseError);
  });

  test('is seen when the taker is gone and has given it back, too', async () => {
    const release = process('a');
    const held = await release.hold(shop, waiting());
    await (await process('rollback of laptop, by ben').take(shop)).release();
    await expect(release.check()).rejects.toThrow(
      'taken by rollback of laptop, by ben, who has given it back since: this step stops',
    );
    expect(held.signal.reason).toBeInstanceOf(LostLeaseError);
    const later = process('c');
    const other = await later.hold(shop, waiting());
    await (await process('d').take(shop)).release();
    await clock.sleep(6_000);
    expect(other.signal.reason).toBeInstanceOf(LostLeaseError);
  });

  test('because nobody answers stops its holder before another may have it', async () => {
    const held = await process('a').hold(shop, waiting());
    for (let i = 0; i < 30; i += 1) api.failNext('update', 'Lease', down);
    await clock.sleep(12_500);
    expect(held.signal.aborted).toBe(false);
    await clock.sleep(1_000);
    expect(String(held.signal.reason)).toContain('could not be renewed for 13 s');
  });

  test('is none when a renewal fails now and then, or its answer gets lost', async () => {
    const held = await process('a').hold(shop, waiting());
    api.failNext('update', 'Lease', down);
    await clock.sleep(9_000);
    // Written, but the answer never came: the version that we know is old.
    api.put(leases, api.peek(leases, 'ecommerce', 'order-api-release'));
    await clock.sleep(60_000);
    api.drop(leases, 'ecommerce', 'order-api-release');
    await clock.sleep(60_000);
    expect(held.signal.aborted).toBe(false);
    expect(spec()).toMatchObject({ holderIdentity: 'id of a' });
  });
});

describe('a rollback', () => {
  test('is stopped by nothing: not by a missing right, not by silence, not by another rollback', async () => {
    api.failNext('get', 'Lease', () => new PermissionError('not allowed to get leases', 'Add this rule.'));
    const first = await process('a').take(shop);
    expect(lines[0]).toContain('order-api-release could not be taken, which stops no rollback: not allowed');
    await first.release();
    const mine = process('b');
    const held = await mine.take(shop);
    await process('c').take(shop);
    await clock.sleep(30_000);
    expect(held.signal.aborted).toBe(false);
    await mine.check();
    mine.assertKept();
  });

  test('that insists goes on whoever takes the lease, and keeps it from a release until then', async () => {
    const monitor = process('a');
    const held = await monitor.hold(shop, waiting());
    const asked = api.writes.length;
    monitor.insist(shop);
    expect(api.writes).toHaveLength(asked);
    await clock.sleep(30_000);
    await expect(process('b').hold(shop, failing)).rejects.toThrow('another release of order-api');
    await process('c').take(shop);
    await clock.sleep(30_000);
    expect(held.signal.aborted).toBe(false);
    await monitor.check();
    monitor.assertKept();
  });

  test('that insists after the lease was lost goes on as well', async () => {
    const monitor = process('a');
    const held = await monitor.hold(shop, waiting());
    await process('b').take(shop);
    await clock.sleep(30_000);
    expect(held.signal.aborted).toBe(true);
    monitor.insist(shop);
    await monitor.check();
    monitor.assertKept();
  });

  test('of the very process that holds the lease, or has lost it, goes on', async () => {
    const monitor = process('a');
    const held = await monitor.hold(shop, waiting());
    expect((await monitor.take(shop)).takenFrom).toBeNull();
    await clock.sleep(30_000);
    expect(held.signal.aborted).toBe(false);
    expect(spec()).toMatchObject({ leaseTransitions: 0 });
    await monitor.releaseAll();
    expect(await monitor.read(shop)).toBeNull();
  });
});

test('what is read from the moment that the lease is seen free is read under it, or is called for again', async () => {
  const calls: string[] = [];
  const onFree = (): void => {
    calls.push(`free after ${api.writes.map(({ verb }) => verb).join(' ')}`);
    // Somebody is quicker, and gives it back at once.
    if (calls.length === 1) api.put(leases, { ...api.peek(leases, 'ecommerce', 'order-api-release') });
  };
  await (await process('a').hold(shop, waiting())).release();
  await process('b').hold(shop, { ...waiting(), onFree });
  expect(calls).toEqual(['free after create update', 'free after create update']);
  expect(spec()).toMatchObject({ holderIdentity: 'id of b' });
});

test('while another one holds it, nothing is begun', async () => {
  await process('a').hold(shop, waiting());
  const onFree = (): void => {
    throw new Error('it is not free');
  };
  await expect(process('b').hold(shop, { ...failing, onFree })).rejects.toThrow(BusyError);
});

test('a process that was stopped for longer than its lease lasts knows it before its timers do', async () => {
  const release = process('a');
  await release.hold(shop, waiting());
  clock.advance(12_000);
  expect(release.isInTime()).toBe(true);
  clock.advance(2_000);
  expect(release.isInTime()).toBe(false);
});

test('without the right to hold leases, the rule to add is what one reads', async () => {
  api.failNext(
    'create',
    'Lease',
    () => new PermissionError('not allowed to create leases', 'Add this rule.'),
  );
  await expect(process('a').hold(shop, waiting())).rejects.toThrow(PermissionError);
});

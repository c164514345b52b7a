import type { ServiceName } from '../../domain/routing/host.ts';
import { isExpired } from '../../domain/release/lease.ts';
import type { Claim, LeaseHolder } from '../../domain/release/lease.ts';
import { BusyError } from '../../runtime/errors.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import { within } from '../../runtime/within.ts';
import { holdClaimed } from './heldLease.ts';
import type { Claimed, HeldLease, OwnHeld } from './heldLease.ts';
import type { Holder } from './holder.ts';
import type { KubeApi } from '../api/kubeApi.ts';
import { leaseName, leaseWrites } from './leaseWrites.ts';

export type { LeaseHolder } from '../../domain/release/lease.ts';
export type { HeldLease } from './heldLease.ts';

export interface HoldOptions {
  readonly onBusy: 'wait' | 'fail';
  /** How long to wait for somebody else's release. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /**
   * Called whenever it is seen to be free, right before it is written. What is read from then on is read as under the
   * lease, if it was the last such call: the write succeeds only when nobody has had the lease in between.
   */
  readonly onFree?: () => void;
}

/**
 * One release of a service at a time: the Lease `<service>-release` in the service's namespace, of 15 s, renewed
 * every 5 s. A process that was killed leaves it for 15 s at most; on the same machine (in the same job) it is seen to
 * have ended, and blocks nobody. First the lease, then whatever is read and decided (`onFree` begins with the reading).
 */
export interface ReleaseLease {
  /** @throws BusyError naming who holds it, since when, from which run; PermissionError with the rule to add */
  hold(name: ServiceName, options: HoldOptions): Promise<HeldLease>;
  /** For a rollback: whoever holds it loses it. Never blocks; what goes wrong is a warning. */
  take(name: ServiceName): Promise<HeldLease>;
  /** For a rollback by whoever holds it: its loss stops nothing from here on. Asks nobody; it is renewed as before. */
  insist(name: ServiceName): void;
  /** null when nobody does, or when that one's time is over. */
  read(name: ServiceName): Promise<LeaseHolder | null>;
  /**
   * Asks the cluster whether what was held by `hold` is still ours: right before a change. Nothing held: nothing asked.
   * @throws LostLeaseError
   */
  check(): Promise<void>;
  /** Begins to give back what is held, for whoever changes nothing any more and has only to tell what was done. */
  giveBack(): void;
}

/** The lease as the process that holds it needs it besides. */
export interface OwnLease extends ReleaseLease {
  /** @throws LostLeaseError when it is known to be lost already; asks nobody */
  assertKept(): void;
  /** Whether nobody but a rollback can have what is held, by the clock alone: its time is not over. */
  isInTime(): boolean;
  /** At the end, also of what is being given back already. Never throws. */
  releaseAll(): Promise<void>;
}

const lookEveryMs = 500;
/** What a rollback gives the lease at most. */
const takeTimeoutMs = 2_000;

export function clusterLease(api: KubeApi, clock: Clock, log: Log, me: Holder): OwnLease {
  const writes = leaseWrites(api, clock, me);
  const held = new Map<string, OwnHeld>();
  const keep = (name: ServiceName, claimed: Claimed): HeldLease => {
    const one = holdClaimed(writes, clock, name, claimed);
    held.set(keyOf(name), one);
    return one;
  };

  const releaseAll = async (): Promise<void> => {
    await Promise.all([...held.values()].map((one) => one.release()));
  };

  return {
    async hold(name, { onBusy, timeoutMs, signal, onFree }) {
      const watcher = expiryWatcher(clock, me);
      const deadline = clock.monotonic() + timeoutMs;
      for (let isSaid = false; ; isSaid = true) {
        signal.throwIfAborted();
        const sentMs = clock.monotonic();
        const outcome = await writes.claim(name, watcher, onFree);
        if (outcome.kind === 'claimed') {
          if (outcome.from !== null) log.info(`${outcome.from.title} left its lease behind: it is ours now`);
          return keep(name, { ...outcome, sentMs, isTaken: false });
        }
        const leftMs = deadline - clock.monotonic();
        if (onBusy === 'fail' || leftMs <= 0) throw busy(name, outcome.holder, onBusy, timeoutMs);
        if (!isSaid) log.info(`waiting for ${describe(outcome.holder)}`);
        await clock.sleep(Math.min(lookEveryMs, leftMs), signal);
      }
    },
    async take(name) {
      // What this process held until now, or has lost, has no say in its rollback.
      held.get(keyOf(name))?.retire();
      held.delete(keyOf(name));
      const sentMs = clock.monotonic();
      const taken = writes
        .claim(name, () => true)
        .then((outcome) => {
          if (outcome.kind !== 'claimed') throw new Error(`${outcome.holder.title} keeps taking it`);
          if (outcome.from !== null) log.info(`the lease is taken from ${describe(outcome.from)}`);
          return keep(name, { ...outcome, sentMs, isTaken: true });
        });
      try {
        return await within(clock, takeTimeoutMs, taken);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        log.warning(
          `the release lease ${leaseName(name)} could not be taken, which stops no rollback: ${reason}`,
        );
        return withoutLease();
      }
    },
    insist(name) {
      const own = held.get(keyOf(name));
      own?.insist();
      // Lost already: its signal would speak on.
      if (own?.signal.aborted === true) held.delete(keyOf(name));
    },
    async read(name) {
      const claim = await writes.read(name);
      return claim === null || isExpired(claim, clock.now()) || me.hasEnded(claim.process)
        ? null
        : claim.holder;
    },
    async check() {
      for (const one of held.values()) await one.check();
    },
    assertKept() {
      for (const { signal } of held.values()) signal.throwIfAborted();
    },
    isInTime: () => [...held.values()].every((one) => one.isInTime()),
    giveBack() {
      void releaseAll();
    },
    releaseAll,
  };
}

/**
 * Whether a claim is over: by its own time, by its process having ended here, or by nobody having renewed it while
 * we looked on for as long as it lasts: that needs no clocks that agree (as client-go's leader election does).
 */
function expiryWatcher(clock: Clock, me: Holder): (claim: Claim) => boolean {
  let seen = '';
  let sinceMs = 0;
  return (claim) => {
    const now = `${claim.holder.identity} ${String(claim.renewedMs)}`;
    if (seen !== now) {
      seen = now;
      sinceMs = clock.monotonic();
    }
    return (
      isExpired(claim, clock.now()) ||
      me.hasEnded(claim.process) ||
      clock.monotonic() - sinceMs >= claim.durationMs
    );
  };
}

const keyOf = ({ service, namespace }: ServiceName): string => `${namespace}/${service}`;

const describe = ({ title, since }: LeaseHolder): string => `${title}, since ${since}`;

function busy(
  { service, namespace }: ServiceName,
  holder: LeaseHolder,
  onBusy: string,
  timeoutMs: number,
): BusyError {
  const waited = onBusy === 'wait' ? ` (waited ${String(timeoutMs / 1_000)} s)` : '';
  return new BusyError(
    `another release of ${service} is under way${waited}: ${describe(holder)}; its lease lasts until ${holder.expires} and is renewed while it works`,
    `Let it end and run this step again, or give it longer (on-busy: wait, busy-timeout). To end it now and go back, use rollback: it takes the lease. See it: kubectl get lease ${service}-release -n ${namespace} -o yaml`,
  );
}

const withoutLease = (): HeldLease => ({
  signal: new AbortController().signal,
  takenFrom: null,
  check: () => Promise.resolve(),
  release: () => Promise.resolve(),
});

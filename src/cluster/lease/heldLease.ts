import type { ServiceName } from '../../domain/routing/host.ts';
import type { LeaseHolder } from '../../domain/release/lease.ts';
import { ConflictError, LostLeaseError, PreconditionError } from '../../runtime/errors.ts';
import type { Clock } from '../../runtime/clock.ts';
import { within } from '../../runtime/within.ts';
import type { KubeObject } from '../api/kubeApi.ts';
import { durationMs, leaseName } from './leaseWrites.ts';
import type { LeaseWrites, Taker } from './leaseWrites.ts';

export interface HeldLease {
  /** Aborted with LostLeaseError as soon as someone took it, or when it could not be renewed in time. Never for a taken one. */
  readonly signal: AbortSignal;
  /** Who lost it to us; null when it was free. */
  readonly takenFrom: LeaseHolder | null;
  /**
   * Asks the cluster whether it is ours still: right before a change, because the signal may be some seconds late.
   * A taken one is not asked about: nothing blocks a rollback.
   * @throws LostLeaseError
   */
  check(): Promise<void>;
  /** Gives it back, as well as that goes. Never throws; called again, it waits for the same end. */
  release(): Promise<void>;
}

/** For the process that holds it. */
export interface OwnHeld extends HeldLease {
  /** By the clock alone: whether nobody but a rollback can have it. A process that was stopped for a while learns it here first. */
  isInTime(): boolean;
  /** As if it had been taken, for a rollback: its loss stops nothing any more. */
  insist(): void;
  /** Is not renewed and not watched any more: another one of this process takes its place. */
  retire(): void;
}

export interface Claimed {
  readonly lease: KubeObject;
  readonly from: LeaseHolder | null;
  /** `clock.monotonic()` before it was claimed. */
  readonly sentMs: number;
  readonly isTaken: boolean;
}

const renewEveryMs = 5_000;
/** Also how long a renewal that failed is left alone. */
const tickMs = 1_000;
/** Before somebody else may think that it is over. */
const giveUpMs = durationMs - 2_000;
const releaseTimeoutMs = 2_000;

/** Renews a claimed lease until it is released or lost. */
export function holdClaimed(
  writes: LeaseWrites,
  clock: Clock,
  name: ServiceName,
  { lease: first, from, sentMs, isTaken: wasTaken }: Claimed,
): OwnHeld {
  const lost = new AbortController();
  let lease = first;
  let isTaken = wasTaken;
  let renewedMs = sentMs;
  let underWay: Promise<void> | null = null;
  let isReleased = false;
  let clearing: Promise<unknown> | null = null;

  const lose = (error: LostLeaseError): void => {
    stop();
    if (!isTaken) lost.abort(error);
  };
  const renew = async (): Promise<void> => {
    const askedMs = clock.monotonic();
    try {
      lease = await writes.renew(lease);
    } catch (error) {
      if (!(error instanceof ConflictError) && !(error instanceof PreconditionError)) return;
      // Someone else wrote: a new holder, a person with kubectl, or this process with an answer that got lost.
      const taker = await writes.takenFromUs(name, lease);
      if (taker !== null) {
        lose(taken(name, taker));
        return;
      }
      const again = await writes.claim(name, () => false);
      if (again.kind === 'busy') {
        lose(taken(name, again.holder));
        return;
      }
      lease = again.lease;
    }
    renewedMs = askedMs;
  };
  const tick = (): void => {
    const ageMs = clock.monotonic() - renewedMs;
    if (ageMs >= giveUpMs) lose(notRenewed(name, ageMs));
    else if (ageMs >= renewEveryMs) {
      underWay ??= renew()
        .catch(() => undefined)
        .finally(() => (underWay = null));
    }
  };
  const stop = clock.every(tickMs, tick);

  return {
    signal: lost.signal,
    takenFrom: from,
    async check() {
      lost.signal.throwIfAborted();
      if (isTaken || isReleased) return;
      // Deleted or cleared by hand: the next renewal claims it again, and nobody else has it.
      const taker = await writes.takenFromUs(name, lease);
      if (taker === null) return;
      lose(taken(name, taker));
      lost.signal.throwIfAborted();
    },
    isInTime: () => isTaken || isReleased || clock.monotonic() - renewedMs < giveUpMs,
    async release() {
      stop();
      if (!isReleased && !lost.signal.aborted) {
        isReleased = true;
        const clear = async (): Promise<void> => {
          await underWay;
          await writes.clear(lease);
        };
        clearing = within(clock, releaseTimeoutMs, clear()).catch(() => undefined);
      }
      await clearing;
    },
    insist() {
      isTaken = true;
    },
    retire() {
      stop();
      isReleased = true;
    },
  };
}

const taken = ({ service }: ServiceName, { title, since }: Taker): LostLeaseError =>
  new LostLeaseError(
    `the release lease of ${service} was taken by ${title}, ${since === null ? 'who has given it back since' : `at ${since}`}: this step stops, and puts nothing back`,
    'Whoever took it decides what serves now: look there first, then run this step again if it is still wanted.',
  );

const notRenewed = (name: ServiceName, ageMs: number): LostLeaseError =>
  new LostLeaseError(
    `the release lease ${name.namespace}/${leaseName(name)} could not be renewed for ${String(Math.round(ageMs / 1_000))} s, and somebody else may have it by now: this step stops, and puts nothing back`,
    'Look whether the API server answers (kubectl get --raw /readyz), then run this step again: it goes on from what it finds.',
  );

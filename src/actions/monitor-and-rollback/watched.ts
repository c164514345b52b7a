import type { ServiceName } from '../../domain/routing/host.ts';
import { asFound } from '../../domain/release/asFound.ts';
import { heldShare } from '../../domain/release/release.ts';
import type { Release } from '../../domain/release/release.ts';
import type { ServiceRouting } from '../../domain/routing/routing.ts';
import { currentSplit } from '../../domain/status/serving.ts';
import { otherSlot } from '../../domain/slot.ts';
import type { Slot } from '../../domain/slot.ts';
import { all, formatSplit, sameSplit } from '../../domain/split.ts';
import type { Split } from '../../domain/split.ts';
import { PreconditionError } from '../../runtime/errors.ts';

/** The version that is judged, and where the traffic goes when it is bad. */
export interface Watched {
  readonly name: ServiceName;
  readonly slot: Slot;
  /** `v1.2.0 in green`, and `at 30 %` where it has a share. */
  readonly title: string;
  /** What has to serve for as long as it is watched. */
  readonly now: Split;
  readonly previous: Split;
  /** A rollback of it was begun, and its process was killed: that is finished, not judged again. */
  readonly cutOff: boolean;
}

/**
 * The candidate of the release on record: live now, or with the share that `weight` has given it. Without a usable
 * record, whatever is live.
 * @throws PreconditionError when nothing has been switched to
 */
export function findWatched(routing: ServiceRouting, recorded: Release | null): Watched {
  const { name, live, split } = routing;
  if (recorded === null) {
    if (live === null) throw nothingToWatch(routing, 'there is no usable release record');
    const now = all(live);
    return { name, slot: live, title: `slot ${live}`, now, previous: all(otherSlot(live)), cutOff: false };
  }
  const release = asFound(recorded, routing);
  const { id, phase, candidate, slots, splitBefore } = release;
  const title = `${slots[candidate]?.version ?? 'the version'} in ${candidate}`;
  const watched = { name, slot: candidate, title, now: all(candidate), previous: splitBefore };
  if (phase === 'rolling-back') return { ...watched, cutOff: true };
  const held = heldShare(release);
  if (held !== null) {
    if (split === null || !sameSplit(split, held)) {
      throw nothingToWatch(routing, `release ${id} is held at ${formatSplit(held)} on record`);
    }
    return { ...watched, title: `${title} at ${String(held[candidate])} %`, now: held, cutOff: false };
  }
  if (phase !== 'monitoring' && phase !== 'stable') {
    throw nothingToWatch(routing, `release ${id} is ${phase}`);
  }
  if (live !== candidate)
    throw nothingToWatch(routing, `${candidate} of release ${id} does not have all the traffic`);
  return { ...watched, cutOff: false };
}

function nothingToWatch(routing: ServiceRouting, why: string): PreconditionError {
  return new PreconditionError(
    `there is nothing to monitor: ${why}, and the traffic is at ${currentSplit(routing)}`,
    'Run switch-traffic first: it moves the traffic to a verified candidate, or finishes a switch that was cut off.',
  );
}

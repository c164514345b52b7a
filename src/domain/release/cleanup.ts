import type { Phase, Release } from './release.ts';
import { takesTraffic } from '../routing/routing.ts';
import type { ServiceRouting } from '../routing/routing.ts';
import { otherSlot } from '../slot.ts';
import type { Slot } from '../slot.ts';

/** Phases in which the slot that was left may go, once they have lasted long enough. */
const calm: readonly Phase[] = ['stable', 'rolled-back', 'failed', 'complete'];

export type Removable =
  | { readonly kind: 'removable'; readonly slot: Slot }
  /** Nothing is wrong; it is too early, or there is a release under way. */
  | { readonly kind: 'kept'; readonly slot: Slot | null; readonly reason: string };

/**
 * Whether the slot that takes no traffic may be removed, as far as routes and record tell (invariant 9).
 * @param stableForMs how long the release has to have been as it is
 */
export function removableSlot(
  routing: ServiceRouting,
  release: Release | null,
  stableForMs: number,
  now: Date,
): Removable {
  const { live } = routing;
  if (live === null || takesTraffic(routing, otherSlot(live))) {
    const why = routing.disagreement ?? 'both slots take traffic';
    return { kind: 'kept', slot: null, reason: `no slot is without traffic: ${why}` };
  }
  const slot = otherSlot(live);
  const kept = (reason: string): Removable => ({ kind: 'kept', slot, reason });
  if (release === null) return kept('no usable release record tells how long the live slot has been stable');
  const { id, phase, timeline, candidate } = release;
  // A run that was cut off has looked at everything already; what it began is ended.
  if (phase === 'cleaning') return { kind: 'removable', slot };
  if (!calm.includes(phase)) return kept(`release ${id} is ${phase}`);
  if (phase === 'stable' && candidate === slot) {
    return kept(
      `release ${id} is stable in ${slot}, but the traffic is on ${live}: someone moved it by hand`,
    );
  }
  const since = timeline.findLast((entry) => entry.phase === phase)?.at;
  const forMs = since === undefined ? 0 : now.getTime() - Date.parse(since);
  if (forMs >= stableForMs) return { kind: 'removable', slot };
  return kept(`release ${id} is ${phase} for ${hours(forMs)} of the ${hours(stableForMs)} asked for`);
}

function hours(ms: number): string {
  return ms < 3_600_000 ? `${(ms / 60_000).toFixed(1)} min` : `${(ms / 3_600_000).toFixed(1)} h`;
}

import type { Problem } from '../problem.ts';
import type { Release } from './release.ts';
import type { Purpose, ServiceRouting } from '../routing/routing.ts';
import { otherSlot } from '../slot.ts';
import type { Slot } from '../slot.ts';
import { soleSlot } from '../split.ts';

export type SwitchTo = 'candidate' | 'blue' | 'green' | 'previous';

/** `forward` needs proof (invariant 3); `back` needs one ready endpoint (invariant 4). */
export interface Target {
  readonly slot: Slot;
  readonly direction: 'forward' | 'back';
}

/** The release as far as the record could be read. */
export type Known =
  | { readonly kind: 'none' }
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'release'; readonly release: Release };

/** Which slot is meant, and whether going there is going forward or back. */
export function chooseTarget(to: SwitchTo, routing: ServiceRouting, known: Known): Target | Problem {
  if (to === 'previous') return previousTarget(routing, known);
  if (known.kind === 'release') {
    const { candidate } = known.release;
    const slot = to === 'candidate' ? candidate : to;
    return { slot, direction: slot === candidate ? 'forward' : 'back' };
  }
  if (to === 'candidate' || known.kind === 'none') {
    return {
      what:
        known.kind === 'none'
          ? `no release of ${routing.name.service} is on record`
          : `the release record of ${routing.name.service} cannot be read`,
      remedy: 'Run deploy-green and verify-green first; to go back without a record, use to: previous.',
    };
  }
  // Someone names a slot, and the record is broken: it must not keep them from going back.
  return { slot: to, direction: 'back' };
}

/** What the routing is read for, before it is read. Only a slot by its name needs the record to tell. */
export function purposeOf(to: SwitchTo, known: Known | null): Purpose {
  if (to === 'candidate') return 'forward';
  if (to === 'previous' || known === null || known.kind === 'unreadable') return 'back';
  return known.kind === 'release' && known.release.candidate !== to ? 'back' : 'forward';
}

/**
 * The slot that was live before the release on record. Given twice, or before the release was switched, it is
 * the slot that is live: nothing moves to a version that nobody asked for. Without a record, the other slot.
 */
export function previousTarget(routing: ServiceRouting, known: Known): Target | Problem {
  const slot = known.kind === 'release' ? soleSlot(known.release.splitBefore) : null;
  if (slot !== null) return { slot, direction: 'back' };
  if (routing.live !== null) return { slot: otherSlot(routing.live), direction: 'back' };
  return {
    what: `which slot was live before cannot be told: there is no usable record, and ${routing.disagreement ?? 'both slots take traffic'}`,
    remedy: 'Say which: to: blue or to: green.',
  };
}

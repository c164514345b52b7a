import type { ServiceRouting } from '../routing/routing.ts';
import { otherSlot, slots } from '../slot.ts';
import type { Slot } from '../slot.ts';
import { formatSplit, soleSlot } from '../split.ts';
import type { Split } from '../split.ts';
import type { Release } from './release.ts';

/** What the record still says, as far as it could be read. */
export type Remembered =
  | { readonly kind: 'none' }
  /** A newer schema may say what the split was before, and be unreadable otherwise. */
  | { readonly kind: 'unreadable'; readonly reason: string; readonly splitBefore?: Split }
  | { readonly kind: 'release'; readonly release: Release };

/** When what stands in each slot was rolled out, ISO 8601; null where nobody can tell. */
export type RolledOut = Readonly<Record<Slot, string | null>>;

export interface RollbackTarget {
  readonly slot: Slot;
  /** For people: how it was found. */
  readonly because: string;
}

/** The slot that the record says was live before; null when it does not say. */
export function rememberedTarget(known: Remembered): RollbackTarget | null {
  if (known.kind === 'none') return null;
  const split = known.kind === 'release' ? known.release.splitBefore : known.splitBefore;
  const slot = split === undefined ? null : soleSlot(split);
  if (slot === null) return null;
  const because =
    known.kind === 'release'
      ? `it was live before release ${known.release.id}`
      : `the release record says that it was live before (and cannot be used otherwise: ${known.reason})`;
  return { slot, because };
}

/**
 * The slot to go back to when no record tells. What was rolled out first is what stood before: so a rollback
 * given twice does not go forward again, and one given too early does not go to a candidate.
 * @returns null when it cannot be told
 */
export function guessTarget(
  { live, split }: Pick<ServiceRouting, 'live' | 'split'>,
  rolledOut: RolledOut,
): RollbackTarget | null {
  const { blue, green } = rolledOut;
  if (blue !== null && green !== null && blue !== green) {
    const slot = blue < green ? 'blue' : 'green';
    const times = slots.map((one) => `${one} at ${rolledOut[one] ?? ''}`).join(', ');
    return { slot, because: `it was rolled out first (${times}), and no release record tells more` };
  }
  // A slot of which there is nothing is no place to go back to, and it says so when it is tried.
  if (live === null) return null;
  const now = split === null ? live : formatSplit(split);
  return { slot: otherSlot(live), because: `it is the other one (${now}), and no release record tells more` };
}

import type { Slot } from '../slot.ts';
import { all } from '../split.ts';
import type { Split } from '../split.ts';

/** How far a switch goes: to one weight by hand, through steps, or (neither) all the way at once. */
export interface Pace {
  /** The candidate's share in percent. */
  readonly weight: number | null;
  /** The candidate's shares in percent, rising to 100. */
  readonly steps: readonly number[] | null;
}

const share = (slot: Slot, percent: number): Split =>
  slot === 'blue' ? { blue: percent, green: 100 - percent } : { blue: 100 - percent, green: percent };

/** Where a way of this pace ends. */
export const endOf = (slot: Slot, { weight }: Pace): Split => share(slot, weight ?? 100);

/**
 * The splits to go through, one after the other; never empty. A way that was cut off is taken up where it was:
 * at the step that the routes have now (it may not have been judged), or after the last proven one.
 * @param now null while the routes disagree
 * @param proven the last split that every proxy was seen to serve in this release; null before the first
 */
export function splitsTo(
  slot: Slot,
  { weight, steps }: Pace,
  now: Split | null,
  proven: Split | null,
): readonly Split[] {
  if (weight !== null) return [share(slot, weight)];
  const left = (steps ?? [100]).filter((percent) =>
    now === null ? percent > (proven?.[slot] ?? 0) : percent >= now[slot],
  );
  return left.length === 0 ? [all(slot)] : left.map((percent) => share(slot, percent));
}

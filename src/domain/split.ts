import type { Slot } from './slot.ts';

/** Weights by slot of a service's managed routes: whole percent, together 100. */
export type Split = Readonly<Record<Slot, number>>;

export const all = (slot: Slot): Split =>
  slot === 'blue' ? { blue: 100, green: 0 } : { blue: 0, green: 100 };

export const sameSplit = (a: Split, b: Split): boolean => a.blue === b.blue && a.green === b.green;

/** As people read it: `blue 100 / green 0`. */
export const formatSplit = (split: Split): string =>
  `blue ${String(split.blue)} / green ${String(split.green)}`;

/** The slot that takes everything, or null while both serve. */
export function soleSlot(split: Split): Slot | null {
  if (split.blue === 100) return 'blue';
  return split.green === 100 ? 'green' : null;
}

import type { Split } from '../../domain/split.ts';
import type { Judgement } from '../../domain/verdict/verdict.ts';
import type { Moved } from '../../mesh/moveTraffic.ts';

/** One move of the weights: written, and proven in every proxy. Times are `clock.monotonic()`. */
export interface Leg extends Moved {
  readonly target: Split;
  /** When the intent was on record; null when nothing had to be saved. */
  readonly intentMs: number | null;
  /** By which the next one was begun; null for the last. */
  readonly judgement: Judgement | null;
}

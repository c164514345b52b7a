import type { Phase, TimelineEntry } from '../release/release.ts';
import { isSettledPhase } from '../release/release.ts';
import { sameSplit } from '../split.ts';
import type { Split } from '../split.ts';

/** One phase of a release, from its first entry to the next phase. Milliseconds since the epoch. */
export interface PhaseSpan {
  readonly phase: Phase;
  readonly fromMs: number;
  /** The last one of a settled release has no length. */
  readonly toMs: number;
  /** What its last entry says. */
  readonly note: string;
}

/** From this moment on the users were split so. */
export interface SplitPoint {
  readonly atMs: number;
  readonly split: Split;
}

/** Entries whose time cannot be read, from a record that somebody wrote by hand, are left out. */
const timed = (timeline: readonly TimelineEntry[]) =>
  timeline
    .map((entry) => ({ ...entry, atMs: Date.parse(entry.at) }))
    .filter(({ atMs }) => Number.isFinite(atMs))
    .toSorted((a, b) => a.atMs - b.atMs);

/** How long a release was in each phase, in their order. One that is not settled lasts until now. */
export function phaseSpans(timeline: readonly TimelineEntry[], now: Date): readonly PhaseSpan[] {
  const spans: PhaseSpan[] = [];
  for (const { phase, atMs, note } of timed(timeline)) {
    const last = spans.pop();
    if (last?.phase === phase) spans.push({ ...last, note });
    else {
      if (last !== undefined) spans.push({ ...last, toMs: atMs });
      spans.push({ phase, fromMs: atMs, toMs: atMs, note });
    }
  }
  const last = spans.pop();
  if (last === undefined) return [];
  const toMs = isSettledPhase(last.phase) ? last.fromMs : Math.max(last.fromMs, now.getTime());
  return [...spans, { ...last, toMs }];
}

/** Each change of the split, from the first one on record. */
export function splitPoints(timeline: readonly TimelineEntry[]): readonly SplitPoint[] {
  const points: SplitPoint[] = [];
  for (const { atMs, split } of timed(timeline)) {
    if (split === undefined) continue;
    const last = points.at(-1);
    if (last === undefined || !sameSplit(last.split, split)) points.push({ atMs, split });
  }
  return points;
}

/** `2 h 5 min`, `4 min 12 s`, `3.2 s`, `420 ms`. */
export function formatDuration(ms: number): string {
  if (ms < 1_000) return `${String(Math.max(0, Math.round(ms)))} ms`;
  if (ms < 60_000) return `${(Math.floor(ms / 100) / 10).toFixed(1)} s`;
  const [big, unit, small, rest] =
    ms < 3_600_000
      ? [Math.floor(ms / 60_000), 'min', Math.floor((ms % 60_000) / 1_000), 's']
      : [Math.floor(ms / 3_600_000), 'h', Math.floor((ms % 3_600_000) / 60_000), 'min'];
  return small === 0 ? `${String(big)} ${unit}` : `${String(big)} ${unit} ${String(small)} ${rest}`;
}

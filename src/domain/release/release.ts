import type { Slot } from '../slot.ts';
import type { Split } from '../split.ts';
import type { Judgement } from '../verdict/verdict.ts';

export const phases = [
  'deploying',
  'deployed',
  'verifying',
  'verified',
  'switching',
  'monitoring',
  'stable',
  'rolling-back',
  'rolled-back',
  'cleaning',
  'complete',
  'failed',
] as const;

export type Phase = (typeof phases)[number];

/** What stands in a slot, as far as a release put it there. */
export interface SlotContent {
  readonly version: string;
  /** `repository@sha256:…` */
  readonly image: string;
}

export interface TimelineEntry {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly phase: Phase;
  readonly note: string;
  /** The split that was proven last, as the users had it then; absent in what older versions wrote. */
  readonly split?: Split;
}

/** One attempt to make a candidate live, as it is kept in the cluster (ConfigMap `<service>-release`). */
export interface Release {
  readonly id: string;
  readonly service: string;
  readonly namespace: string;
  readonly phase: Phase;
  readonly candidate: Slot;
  readonly slots: Readonly<Partial<Record<Slot, SlotContent>>>;
  readonly splitBefore: Split;
  readonly splitAfter: Split | null;
  readonly verdicts: Readonly<Partial<Record<'verify' | 'monitor', Judgement>>>;
  /** Oldest first, at most the newest 50. */
  readonly timeline: readonly TimelineEntry[];
  readonly runUrl: string | null;
  readonly actor: string | null;
  /** The commit that the run was of; absent outside of GitHub, and in what older versions wrote. */
  readonly commit?: string;
  /**
   * Where whoever watches the candidate sends everybody as soon as it proves to be bad: an intent that is on record
   * before it is needed, so that the weights need not wait for one. Each entry ends it, unless it says it again.
   */
  readonly goesBackTo?: Split;
}

/** What an entry may change besides the phase. */
export type ReleaseChanges = Partial<Omit<Release, 'phase' | 'timeline'>>;

export const schemaVersion = 1;
const timelineLimit = 50;

/** Phases in which nothing is under way: a new release may begin. */
const settled: readonly Phase[] = ['stable', 'rolled-back', 'complete', 'failed'];

export const isSettledPhase = (phase: Phase): boolean => settled.includes(phase);

export const isSettled = ({ phase }: Release): boolean => isSettledPhase(phase);

/** The share that a release was given by hand and proven at, until somebody goes on; null when it has none. */
export const heldShare = ({ phase, candidate, splitAfter }: Release): Split | null =>
  phase === 'switching' && splitAfter !== null && splitAfter[candidate] > 0 ? splitAfter : null;

/** Enters a phase, with one line for people. Pure: the time comes from outside. */
export function enter(
  { goesBackTo, ...before }: Release,
  phase: Phase,
  note: string,
  at: Date,
  changes: ReleaseChanges = {},
): Release {
  const release = { ...before, ...changes };
  const split = release.splitAfter ?? release.splitBefore;
  const entry: TimelineEntry = { at: at.toISOString(), phase, note, split };
  return { ...release, phase, timeline: [...release.timeline, entry].slice(-timelineLimit) };
}

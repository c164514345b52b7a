import { subtract } from './counters.ts';
import type { Tally } from './counters.ts';
import type { Judgement } from './verdict.ts';

export interface Limits {
  /** A share between 0 and 1: more than this is too much. */
  readonly maxErrorShare: number;
  /** Fewer requests than this say nothing. */
  readonly minRequests: number;
}

/** What was counted since the start of the watch, at one moment of it. */
export interface Observation {
  readonly atMs: number;
  readonly total: Tally;
  /** Who counts and did not answer. */
  readonly silent: readonly string[];
}

/** Long enough to hold some requests, short enough that an hour of good answers hides no bad minute. */
export const windowMs = 10_000;

/**
 * Whether it is clear already that the candidate is bad: more errors than allowed among enough requests,
 * since the start or within the last seconds.
 * @returns null while it is not
 */
export function judgeNow(observations: readonly Observation[], limits: Limits): Judgement | null {
  const last = observations.at(-1);
  if (last === undefined) return null;
  const start = observations.findLast(({ atMs }) => atMs <= last.atMs - windowMs);
  const recent = start === undefined ? last.total : subtract(last.total, start.total);
  if (isBad(last.total, limits)) return failed(last.total, 'since the watch began', limits);
  if (isBad(recent, limits)) return failed(recent, `in the last ${String(windowMs / 1000)} s`, limits);
  return null;
}

/** The verdict when the time is over and nothing was bad. No data is never a pass (invariant 7). */
export function judgeEnd(
  observations: readonly Observation[],
  limits: Limits,
  unanswered: string | null,
): Judgement {
  const last = observations.at(-1);
  if (last === undefined) {
    return { verdict: 'error', reason: `not one sample could be taken: ${unanswered ?? 'no reason known'}` };
  }
  if (unanswered !== null) return inconclusive(`the counters could not be read at the end: ${unanswered}`);
  if (last.silent.length > 0) {
    return inconclusive(`${last.silent.join(', ')} did not answer at the end: their errors are not known`);
  }
  const { requests } = last.total;
  if (requests < limits.minRequests) {
    return inconclusive(
      `${String(requests)} requests reached the candidate, and fewer than ${String(limits.minRequests)} say nothing`,
    );
  }
  return {
    verdict: 'pass',
    reason: `${formatTally(last.total)}, at most ${formatShare(limits.maxErrorShare)} allowed`,
  };
}

const isBad = ({ requests, errors }: Tally, { maxErrorShare, minRequests }: Limits): boolean =>
  requests > 0 && requests >= minRequests && errors / requests > maxErrorShare;

const failed = (tally: Tally, when: string, { maxErrorShare }: Limits): Judgement => ({
  verdict: 'fail',
  reason: `${formatTally(tally)} ${when}, at most ${formatShare(maxErrorShare)} allowed`,
});

const inconclusive = (reason: string): Judgement => ({ verdict: 'inconclusive', reason });

export const formatTally = ({ requests, errors }: Tally): string =>
  `${String(errors)} of ${String(requests)} requests failed (${requests === 0 ? 'no share' : formatShare(errors / requests)})`;

const formatShare = (share: number): string => `${String(Number((share * 100).toFixed(2)))} %`;

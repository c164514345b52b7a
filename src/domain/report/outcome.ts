import type { Phase, Release } from '../release/release.ts';

/** What people are told of. `approval`: somebody has to say yes before the switch. */
export const events = ['started', 'approval', 'success', 'failure', 'rolled-back'] as const;

export type ReportEvent = (typeof events)[number];

/** What the jobs before came to, in GitHub's own words. */
export const jobResults = ['success', 'failure', 'cancelled', 'skipped'] as const;

export type JobResult = (typeof jobResults)[number];

/** What is known when it is asked what became of a release. */
export interface Known {
  /** null: there is none, or it could not be read. */
  readonly release: Release | null;
  /** Whether that release is the one that this run is about, and not what was there before. */
  readonly isOurs: boolean;
  /** null when the workflow does not say. */
  readonly result: JobResult | null;
}

export interface Outcome {
  readonly event: ReportEvent;
  /** Ends the sentence "order-api v1.1.0 …". */
  readonly words: string;
}

const done: readonly Phase[] = ['stable', 'cleaning', 'complete'];
const hasFailed = (result: JobResult | null): boolean => result === 'failure' || result === 'cancelled';

/**
 * What became of a release: by its record, which outlives every process, and by the jobs' result where the record
 * cannot know (a build that failed, a job that was cancelled). When the two differ, the worse one is told.
 */
export function outcomeOf({ release, isOurs, result }: Known): Outcome {
  if (release === null || (!isOurs && hasFailed(result))) return withoutRelease(result);
  const { phase } = release;
  if (phase === 'rolled-back') return { event: 'rolled-back', words: 'was rolled back' };
  if (phase === 'rolling-back')
    return { event: 'failure', words: 'is bad, and its rollback is not finished' };
  if (phase === 'failed') return { event: 'failure', words: 'failed before it took any traffic' };
  if (done.includes(phase)) {
    return hasFailed(result)
      ? { event: 'failure', words: `is released, but its run ${ended(result)}` }
      : { event: 'success', words: 'is released' };
  }
  if (hasFailed(result))
    return { event: 'failure', words: `${ended(result)}; its release stopped while ${phase}` };
  if (phase === 'monitoring') {
    return result === 'success'
      ? { event: 'success', words: 'has the traffic, and was not shown to be good' }
      : { event: 'started', words: 'has the traffic, and is not judged yet' };
  }
  return result === 'success'
    ? { event: 'success', words: `is ${phase}, as far as this run goes` }
    : { event: 'started', words: `is ${phase}` };
}

const ended = (result: JobResult | null): string => (result === 'cancelled' ? 'was cancelled' : 'failed');

/** Without a release of this run on record, the jobs have the only word. */
function withoutRelease(result: JobResult | null): Outcome {
  if (hasFailed(result)) return { event: 'failure', words: `${ended(result)} before anything was deployed` };
  return result === 'success'
    ? { event: 'success', words: 'has come to its end, with no release on record' }
    : { event: 'failure', words: 'cannot be told of: no release is on record' };
}

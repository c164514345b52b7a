import type { Journal } from '../../cluster/record/journal.ts';
import type { ServiceRouting } from '../../domain/routing/routing.ts';
import { formatSplit, sameSplit } from '../../domain/split.ts';
import type { Split } from '../../domain/split.ts';
import type { Judgement } from '../../domain/verdict/verdict.ts';
import type { Mesh } from '../../mesh/mesh.ts';
import { undo } from '../../mesh/moveTraffic.ts';
import type { Home } from '../../mesh/moveTraffic.ts';
import { ConflictError, LostLeaseError, RemedyError, VerificationError } from '../../runtime/errors.ts';

/** Someone else moves this service's traffic now: theirs is the last word, and nothing is put back. */
export class TakenOverError extends ConflictError {
  constructor(message: string) {
    super(message, 'Find out who did it: kubectl get events shows it. This step changed nothing after that.');
  }
}

/** A step of a canary that was not shown to be good. */
export class BadStepError extends VerificationError {
  readonly judgement: Judgement;

  constructor(title: string, judgement: Judgement) {
    const { verdict, reason } = judgement;
    super(
      `${title}: ${verdict}, ${reason}`,
      verdict === 'fail'
        ? 'The candidate still runs, for you to look at: its logs say why. Then release a version that is mended.'
        : 'Give each step more time (step-interval) or more traffic (a larger first step), then run it again.',
    );
    this.judgement = judgement;
  }
}

interface Tools {
  readonly mesh: Mesh;
  readonly journal: Journal;
  readonly signal: AbortSignal;
}

/**
 * After a failure on the way forward: everything back where it was, proven, and on record.
 * @param home null when nothing was changed
 * @returns the error to end with
 */
export async function putEverythingBack(
  { mesh, journal, signal }: Tools,
  routing: ServiceRouting,
  home: Home | null,
  timeoutMs: number,
  error: unknown,
): Promise<unknown> {
  if (error instanceof TakenOverError) return error;
  const lost = lostLease(signal);
  if (lost !== null) return lost;
  const judgement = error instanceof BadStepError ? error.judgement : null;
  // Before anything moves: whoever runs after a kill must not take a bad candidate forward again.
  if (judgement?.verdict === 'fail') {
    const verdicts = { ...journal.release?.verdicts, monitor: judgement };
    await journal.tryEnter('rolling-back', judgement.reason, { verdicts });
  }
  const undone = home === null ? null : undo(mesh, routing, home, timeoutMs, error);
  const proof = await undone?.catch((failure: unknown) => {
    throw lostLease(signal) ?? failure;
  });
  const split = home === null ? routing.split : (home.split ?? home.routing.split);
  await recordReturn(journal, split);
  if (proof === undefined || (signal.aborted && judgement === null)) return error;
  return new VerificationError(
    `${error instanceof Error ? error.message : String(error)}\nThe previous split is back, proven in ${String(proof.proxies.length)} proxies after ${String(Math.round(proof.worstMs))} ms.`,
    remedyOf(error),
    { cause: error },
  );
}

/** Whoever took the lease decides what serves: nothing is put back. */
function lostLease({ reason }: AbortSignal): LostLeaseError | null {
  return reason instanceof LostLeaseError ? reason : null;
}

async function recordReturn(journal: Journal, split: Split | null): Promise<void> {
  const { release } = journal;
  if (release?.phase === 'rolling-back') {
    await journal.tryEnter('rolled-back', 'the previous split is back', { splitAfter: split });
  }
  if (release?.phase !== 'switching') return;
  // Back at a split that an earlier run has proven, the switch is still under way.
  const isHeld = split !== null && !sameSplit(split, release.splitBefore);
  if (isHeld) await journal.tryEnter('switching', `put back to ${formatSplit(split)}`, { splitAfter: split });
  else await journal.tryEnter('verified', 'the switch was put back', { splitAfter: null });
}

const remedyOf = (error: unknown): string =>
  error instanceof BadStepError || (error instanceof RemedyError && !error.name.startsWith('Deadline'))
    ? error.remedy
    : 'Find out why the proxies named above did not get the new weights, then run the step again.';

import type { Journal } from '../../cluster/record/journal.ts';
import type { ReleaseLease } from '../../cluster/lease/releaseLease.ts';
import type { ServiceRouting } from '../../domain/routing/routing.ts';
import { isSettled } from '../../domain/release/release.ts';
import { formatSplit } from '../../domain/split.ts';
import type { Judgement } from '../../domain/verdict/verdict.ts';
import { goBack } from '../../mesh/goBack.ts';
import type { Mesh, ServicePods } from '../../mesh/mesh.ts';
import type { Moved } from '../../mesh/moveTraffic.ts';
import { PreconditionError, RollbackError } from '../../runtime/errors.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import type { Inputs } from './inputs.ts';
import type { Watched } from './watched.ts';

interface Tools {
  readonly mesh: Mesh;
  readonly lease: ReleaseLease;
  readonly clock: Clock;
  readonly log: Log;
}

/** What is known by the time that it is decided. */
interface Known {
  readonly routing: ServiceRouting;
  /** As listed beside the last sample; null when there was none. */
  readonly pods: Promise<ServicePods> | null;
}

/**
 * Where it goes back to, on record before it is needed: a bad version's users wait for no entry then. A release that is
 * settled stays what it is while it is watched once more.
 */
export async function intendBack(journal: Journal, { previous, cutOff }: Watched): Promise<void> {
  const { release } = journal;
  if (release === null || isSettled(release) || cutOff) return;
  await journal.tryIntend(previous);
}

/**
 * Moves all traffic back to what was before, and proves it. Listens to no signal, and no broken record stops it.
 * @returns one line for people, with the milliseconds from the decision to the proof
 * @throws RollbackError when nothing could serve there, or it could not be proven
 */
export async function rollBack(
  inputs: Inputs,
  { mesh, lease, clock, log }: Tools,
  journal: Journal,
  { name, title, previous }: Watched,
  judgement: Judgement,
  { routing, pods }: Known,
): Promise<string> {
  const decidedMs = clock.monotonic();
  const back = {
    target: previous,
    timeoutMs: inputs['rollback-timeout'],
    note: judgement.reason,
    changes: { verdicts: { ...journal.release?.verdicts, monitor: judgement } },
  };
  let moved: Moved;
  try {
    // What is lost while going back must not stop it halfway.
    lease.insist(name);
    const claim = (): Promise<unknown> => lease.take(name);
    const reread = (): Promise<ServiceRouting> => mesh.read(name, 'back');
    moved = await goBack({ mesh, journal, log }, routing, { ...back, pods, reread, claim });
  } catch (error) {
    if (!(error instanceof PreconditionError)) throw error;
    throw new RollbackError(`${title} is bad (${judgement.reason}), and ${error.message}`, error.remedy, {
      cause: error,
    });
  }
  const { proof } = moved;
  const ms = String(Math.round(clock.monotonic() - decidedMs));
  const line = `${formatSplit(previous)}: served by all ${String(proof.proxies.length)} proxies ${ms} ms after the decision, ${String(Math.round(proof.worstMs))} ms after the patch`;
  log.info(`rolled back to ${line}`);
  return line;
}

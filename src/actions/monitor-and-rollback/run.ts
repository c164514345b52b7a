import { openJournalForRollback } from '../../cluster/record/journal.ts';
import type { Journal } from '../../cluster/record/journal.ts';
import type { ReleaseLease } from '../../cluster/lease/releaseLease.ts';
import type { ReleaseRecord } from '../../cluster/record/releaseRecord.ts';
import { underLease } from '../../cluster/lease/underLease.ts';
import type { ServiceName } from '../../domain/routing/host.ts';
import type { ServiceRouting } from '../../domain/routing/routing.ts';
import { heldShare } from '../../domain/release/release.ts';
import { currentSplit } from '../../domain/status/serving.ts';
import type { Slot } from '../../domain/slot.ts';
import { formatSplit, sameSplit } from '../../domain/split.ts';
import type { Judgement } from '../../domain/verdict/verdict.ts';
import type { Mesh } from '../../mesh/mesh.ts';
import type { Metrics } from '../../metrics/metrics.ts';
import { watch } from '../../metrics/watch.ts';
import type { WatchOptions } from '../../metrics/watch.ts';
import { PreconditionError, VerificationError } from '../../runtime/errors.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import type { Outputs } from '../../runtime/outputs.ts';
import type { Summary } from '../../runtime/summary.ts';
import type { Inputs } from './inputs.ts';
import { report } from './report.ts';
import { intendBack, rollBack } from './rollBack.ts';
import { watchStandby } from './standby.ts';
import { findWatched } from './watched.ts';
import type { Watched } from './watched.ts';

export interface Collaborators {
  readonly name: ServiceName;
  readonly mesh: Mesh;
  readonly record: ReleaseRecord;
  readonly lease: ReleaseLease;
  readonly metricsOf: (routing: ServiceRouting, slot: Slot) => Metrics;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly outputs: Outputs;
  readonly summary: Summary;
}

/** Watches the version that has just been switched to, or given a share. A bad one is rolled back as soon as that is clear. */
export async function monitorAndRollback(inputs: Inputs, given: Collaborators): Promise<void> {
  const tools = await underLease(inputs, given);
  const { name, mesh, record, clock, log } = tools;
  const routing = await mesh.read(name);
  const journal = await openJournalForRollback(record, name, clock, log);
  const watched = findWatched(routing, journal.release);
  const standby = watchStandby(tools, routing, watched);
  const watching = watched.cutOff
    ? { judgement: cutOffRollback, observations: [] }
    : watch(
        options(inputs),
        { ...tools, metrics: standby.beside(tools.metricsOf(routing, watched.slot)) },
        watched.title,
      );
  // Beside it: a record that is slow to answer must not keep anyone from looking.
  const [{ judgement, observations }] = await Promise.all([watching, intendBack(journal, watched)]);
  log.info(`${judgement.verdict}: ${judgement.reason}`);

  let rollback: string | null = null;
  try {
    if (goesBack(judgement, inputs))
      rollback = await rollBack(inputs, tools, journal, watched, judgement, {
        routing,
        pods: standby.latest(),
      });
    else await keep(mesh, journal, watched, judgement);
  } finally {
    // Also when the rollback failed: later steps have to know that it did not happen.
    report({ watched, judgement, observations, rollback }, tools);
  }

  if (rollback !== null) {
    throw new VerificationError(
      `${watched.title} is rolled back: ${judgement.reason}. ${rollback}`,
      `No user reaches it any more. ${watched.slot} still runs, for you to look at: kubectl logs -n ${name.namespace} deployment/${name.service}-${watched.slot}`,
    );
  }
  if (judgement.verdict === 'pass' || inputs['on-inconclusive'] === 'keep') return;
  throw new VerificationError(
    `${watched.title} could not be judged (${judgement.verdict}): ${judgement.reason}. It keeps the traffic.`,
    'Run this step again, longer or under more load; or set on-inconclusive to rollback or keep.',
  );
}

const options = (inputs: Inputs): WatchOptions => ({
  durationMs: inputs.duration,
  intervalMs: inputs.interval,
  limits: { maxErrorShare: inputs['max-error-rate'], minRequests: inputs['min-requests'] },
});

const cutOffRollback: Judgement = { verdict: 'fail', reason: 'a rollback was begun before and cut off' };

const goesBack = ({ verdict }: Judgement, inputs: Inputs): boolean =>
  verdict === 'fail' || (verdict !== 'pass' && inputs['on-inconclusive'] === 'rollback');

/**
 * The traffic stays. Only a pass makes the release stable, and only if nobody moved the traffic meanwhile; one that is
 * held at a share stays as it is: whoever holds it goes on.
 */
async function keep(mesh: Mesh, journal: Journal, watched: Watched, judgement: Judgement): Promise<void> {
  const routing = await mesh.read(watched.name);
  const { split, name } = routing;
  if (split === null || !sameSplit(split, watched.now)) {
    throw new PreconditionError(
      `someone moved the traffic while ${watched.title} was watched: ${currentSplit(routing)}`,
      `Find out who did: kubectl get events -n ${name.namespace}. This step judged nothing.`,
    );
  }
  const { release } = journal;
  if (release === null) return;
  const isHeld = heldShare(release) !== null;
  const phase = isHeld ? release.phase : judgement.verdict === 'pass' ? 'stable' : 'monitoring';
  const note = isHeld ? `held at ${formatSplit(split)}: ${judgement.reason}` : judgement.reason;
  await journal.enter(phase, note, { verdicts: { ...release.verdicts, monitor: judgement } });
}

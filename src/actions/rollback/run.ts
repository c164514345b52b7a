import { openJournalForRollback } from '../../cluster/record/journal.ts';
import type { Journal } from '../../cluster/record/journal.ts';
import type { ReleaseLease } from '../../cluster/lease/releaseLease.ts';
import type { ReleaseRecord } from '../../cluster/record/releaseRecord.ts';
import type { ServiceName } from '../../domain/routing/host.ts';
import { isSettled } from '../../domain/release/release.ts';
import type { RollbackTarget } from '../../domain/release/rollbackTarget.ts';
import { all, formatSplit } from '../../domain/split.ts';
import { currentSplit } from '../../domain/status/serving.ts';
import { fenceOff } from '../../mesh/fenceOff.ts';
import { goBack } from '../../mesh/goBack.ts';
import type { Mesh } from '../../mesh/mesh.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import type { Outputs } from '../../runtime/outputs.ts';
import type { Summary } from '../../runtime/summary.ts';
import type { Inputs } from './inputs.ts';
import { assertStillOpen, isLeftOpen } from './leftover.ts';
import { report } from './report.ts';
import { findTarget } from './target.ts';
import type { Deployments } from './target.ts';

export interface Collaborators {
  readonly name: ServiceName;
  readonly mesh: Mesh;
  readonly record: ReleaseRecord;
  readonly deployments: Deployments;
  readonly lease: Pick<ReleaseLease, 'take'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly outputs: Outputs;
  readonly summary: Summary;
}

/**
 * All traffic back to the slot that was live before, now. Needs one ready pod there and nothing else: no record, no
 * Helm, no metrics, and nobody's leave. Given again, it changes nothing. Nothing is scaled down on the way.
 * With `if-unfinished` only when that very release has left its work half done: for a job that looks after another.
 */
export async function rollback(inputs: Inputs, tools: Collaborators): Promise<void> {
  const { name, mesh, record, clock, log } = tools;
  const guarded = inputs['if-unfinished'];
  if (guarded !== null && !(await isLeftOpen(guarded, tools))) return;
  const decidedMs = clock.monotonic();
  const [read, { interrupted, journal }] = await Promise.all([
    mesh.read(name, 'back'),
    // The record is read under the lease: whoever held it writes no more.
    tools.lease.take(name).then(async ({ takenFrom }) => ({
      interrupted: takenFrom,
      journal: await openJournalForRollback(record, name, clock, log),
    })),
  ]);
  if (guarded !== null) assertStillOpen(guarded, journal.state, read);
  const target = await findTarget(inputs, read, journal.state, tools.deployments);
  const split = all(target.slot);
  const routing = interrupted === null ? read : await fenceOff(tools, read, interrupted, split);
  const before = currentSplit(routing);
  log.info(`${name.service} is at ${before}; back to ${formatSplit(split)}: ${target.because}`);

  const note = `from ${before} to ${formatSplit(split)}: ${target.because}`;
  const moved = await goBack({ mesh, journal, log }, routing, {
    target: split,
    timeoutMs: inputs.timeout,
    note,
  });
  const tookMs = clock.monotonic() - decidedMs;
  await callOff(journal, target);
  await report({ target, before, moved, tookMs, interrupted }, tools);
}

/** Given before its switch, a rollback moves nothing; the release must not go forward after it all the same. */
async function callOff(journal: Journal, { slot }: RollbackTarget): Promise<void> {
  const { release } = journal;
  if (release === null || isSettled(release) || release.phase === 'cleaning') return;
  if (release.candidate === slot) return;
  await journal.tryEnter('rolled-back', `called off: ${slot} has all the traffic`, { splitAfter: all(slot) });
}

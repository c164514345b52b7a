import { openJournalForRollback } from '../cluster/record/journal.ts';
import type { ReleaseLease } from '../cluster/lease/releaseLease.ts';
import type { ReleaseRecord } from '../cluster/record/releaseRecord.ts';
import { underLeaseUnlessBusy } from '../cluster/lease/underLease.ts';
import type { ServiceName } from '../domain/routing/host.ts';
import { formatSplit } from '../domain/split.ts';
import { goBack } from '../mesh/goBack.ts';
import type { Mesh } from '../mesh/mesh.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import type { Summary } from '../runtime/summary.ts';
import type { Inputs } from './inputs.ts';

interface Tools {
  readonly name: ServiceName;
  readonly mesh: Mesh;
  readonly record: ReleaseRecord;
  readonly lease: ReleaseLease;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly summary: Summary;
}

/**
 * After a step that was cut off while its version had the traffic and was not judged yet: the traffic goes back,
 * because nobody watches it any more. Whoever is at work on the service meanwhile decides instead.
 */
export async function putBackUnjudged(inputs: Inputs, releaseId: string, given: Tools): Promise<void> {
  const { log } = given;
  const tools = await underLeaseUnlessBusy(inputs, given);
  if (tools === null) return;
  const { name, mesh, record, clock, summary } = tools;
  const journal = await openJournalForRollback(record, name, clock, log);
  const { release } = journal;
  if (release?.id !== releaseId || (release.phase !== 'monitoring' && release.phase !== 'rolling-back')) {
    log.info('the step was cut off, and no traffic of it is left unjudged');
    return;
  }
  const target = release.splitBefore;
  log.warning(
    `the step was cut off while release ${release.id} was ${release.phase}, and nobody watches it any more: back to ${formatSplit(target)}`,
  );
  await goBack({ mesh, journal, log }, await mesh.read(name, 'back'), {
    target,
    timeoutMs: inputs['rollback-timeout'],
    note: 'the step was cut off before the release was judged',
  });
  log.info(`put back: ${formatSplit(target)}, proven in every proxy`);
  summary.heading(`${name.service}: the step was cut off and is put back: ${formatSplit(target)}`);
}

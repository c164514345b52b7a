import { openJournalForRollback } from '../../cluster/record/journal.ts';
import type { Journal } from '../../cluster/record/journal.ts';
import type { ReleaseLease } from '../../cluster/lease/releaseLease.ts';
import type { ReleaseRecord } from '../../cluster/record/releaseRecord.ts';
import { underLease } from '../../cluster/lease/underLease.ts';
import type { ServiceName } from '../../domain/routing/host.ts';
import { inWriteOrder } from '../../domain/routing/routing.ts';
import type { ServiceRouting } from '../../domain/routing/routing.ts';
import { chooseTarget, purposeOf } from '../../domain/release/target.ts';
import type { Target } from '../../domain/release/target.ts';
import type { Mesh } from '../../mesh/mesh.ts';
import { PreconditionError } from '../../runtime/errors.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import type { Inputs } from './inputs.ts';

interface Tools {
  readonly name: ServiceName;
  readonly mesh: Mesh;
  readonly record: ReleaseRecord;
  readonly lease: ReleaseLease;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** What is to be done, from what was found. */
export interface Task {
  readonly routing: ServiceRouting;
  readonly journal: Journal;
  readonly target: Target;
}

/** One release at a time; going back takes the lease from whoever has it, and a dry run needs none. */
export async function claim<T extends Tools>(inputs: Inputs, tools: T): Promise<T> {
  if (inputs['dry-run']) return tools;
  if (inputs.to !== 'previous') return underLease(inputs, tools);
  await tools.lease.take(tools.name);
  return tools;
}

/** @throws PreconditionError when the routing cannot be worked on, or there is nowhere to go */
export async function findTask(inputs: Inputs, { name, mesh, record, clock, log }: Tools): Promise<Task> {
  const opening = openJournalForRollback(record, name, clock, log);
  // Most know their direction before the record is read: then both are read at once.
  const early = inputs.to === 'candidate' || inputs.to === 'previous';
  const purpose = purposeOf(inputs.to, early ? null : (await opening).state);
  const [journal, read] = await Promise.all([opening, mesh.read(name, purpose)]);
  const routing = inWriteOrder(read, inputs.order);
  const target = chooseTarget(inputs.to, routing, journal.state);
  if ('what' in target) throw new PreconditionError(target.what, target.remedy);
  if (target.direction === 'back' && (inputs.weight !== null || inputs.steps !== null)) {
    throw new PreconditionError(
      `${target.slot} is not the candidate of a release: going there is going back, which is done at once`,
      'Leave out weight and steps; or name the candidate.',
    );
  }
  return { journal, routing, target };
}

import { openJournalForRollback } from '../../cluster/record/journal.ts';
import type { Journal } from '../../cluster/record/journal.ts';
import type { LeaseHolder, ReleaseLease } from '../../cluster/lease/releaseLease.ts';
import type { ReleaseRecord } from '../../cluster/record/releaseRecord.ts';
import { underLease } from '../../cluster/lease/underLease.ts';
import type { ServiceName } from '../../domain/routing/host.ts';
import type { Problem } from '../../domain/problem.ts';
import { inWriteOrder } from '../../domain/routing/routing.ts';
import type { Purpose, ServiceRouting } from '../../domain/routing/routing.ts';
import { missingSlots } from '../../domain/release/bothSlots.ts';
import { chooseTarget, purposeOf } from '../../domain/release/target.ts';
import type { Known, SwitchTo, Target } from '../../domain/release/target.ts';
import { all } from '../../domain/split.ts';
import { fenceOff } from '../../mesh/fenceOff.ts';
import type { Mesh } from '../../mesh/mesh.ts';
import { PreconditionError } from '../../runtime/errors.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import { requireApproved } from './approved.ts';
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

/** What is to be done, from what was found; and the tools to do it with, under the lease. */
export interface Task<T> {
  readonly tools: T & { readonly journal: Journal };
  readonly routing: ServiceRouting;
  readonly target: Target;
}

/**
 * One release at a time; going back takes the lease from whoever has it, and a dry run needs none.
 * @throws PreconditionError when the routing cannot be worked on, or there is nowhere to go; BusyError
 */
export async function findTask<T extends Tools>(inputs: Inputs, given: T): Promise<Task<T>> {
  return taskFor(inputs, given, await purposeBefore(inputs.to, given));
}

/** Whether this is going back has to be known before the lease: a slot by its name needs a look at the record. */
async function purposeBefore(to: SwitchTo, { record, name }: Tools): Promise<Purpose> {
  if (to === 'candidate' || to === 'previous') return purposeOf(to, null);
  return purposeOf(to, await record.read(name).catch((): Known => ({ kind: 'unreadable' })));
}

async function taskFor<T extends Tools>(inputs: Inputs, given: T, purpose: Purpose): Promise<Task<T>> {
  refuseForwardOnly(inputs, purpose);
  const begun: Readings[] = [];
  const { tools, interrupted } = await claim(inputs, given, purpose, () =>
    begun.push(beginReading(given, purpose)),
  );
  const { name, mesh } = tools;
  const { reading, opening } = begun.at(-1) ?? beginReading(given, purpose);
  const journal = await opening;
  if (isOtherWay(inputs.to, journal.state, purpose)) {
    // What held the lease while this step waited for it has ended, and something else has begun.
    if (purpose === 'forward') return taskFor(inputs, given, 'back');
    throw madeCandidate(inputs.to, name);
  }
  requireApproved(inputs['release-id'], journal.state);
  const read = await reading;
  const target = chooseTarget(inputs.to, read, journal.state);
  if ('what' in target) throw await nowhere(target, mesh, read);
  const routing = interrupted === null ? read : await fenceOff(tools, read, interrupted, all(target.slot));
  return { tools: { ...tools, journal }, routing: inWriteOrder(routing, inputs.order), target };
}

/** What is read of a service before anything is decided, under way. */
interface Readings {
  readonly reading: Promise<ServiceRouting>;
  readonly opening: Promise<Journal>;
}

function beginReading({ name, mesh, record, clock, log }: Tools, purpose: Purpose): Readings {
  const reading = mesh.read(name, purpose);
  const opening = openJournalForRollback(record, name, clock, log);
  // Looked at when the lease is there, and only if nothing newer is read by then.
  reading.catch(() => undefined);
  opening.catch(() => undefined);
  return { reading, opening };
}

/** Where nothing was ever released and a slot is missing, that slot is what to begin with. */
async function nowhere(problem: Problem, mesh: Mesh, routing: ServiceRouting): Promise<PreconditionError> {
  const missing = routing.purpose === 'back' ? null : missingSlots(routing, await mesh.pods(routing));
  if (missing === null) return new PreconditionError(problem.what, problem.remedy);
  return new PreconditionError(`${problem.what}, and ${missing.what}`, missing.remedy);
}

async function claim<T extends Tools>(
  inputs: Inputs,
  tools: T,
  purpose: Purpose,
  onFree: () => void,
): Promise<{ readonly tools: T; readonly interrupted: LeaseHolder | null }> {
  if (inputs['dry-run']) return { tools, interrupted: null };
  if (purpose === 'forward') return { tools: await underLease(inputs, tools, onFree), interrupted: null };
  const { takenFrom } = await tools.lease.take(tools.name);
  return { tools, interrupted: takenFrom };
}

/** The record under the lease has the last word; one that is gone is refused with its own words. */
const isOtherWay = (to: SwitchTo, known: Known, purpose: Purpose): boolean =>
  (to === 'blue' || to === 'green') && known.kind !== 'none' && purposeOf(to, known) !== purpose;

/** Going forward under a lease that was taken would make two releases of one. */
const madeCandidate = (slot: SwitchTo, { service, namespace }: ServiceName): PreconditionError =>
  new PreconditionError(
    `a release has made ${slot} its candidate while this step began to go back to it: nothing is changed`,
    `Look what is under way (kubectl get events -n ${namespace}), then run the step again: to go back to what ${service} had before that release, with to: previous.`,
  );

/** Before the lease is taken from anybody. */
function refuseForwardOnly({ to, weight, steps, 'release-id': id }: Inputs, purpose: Purpose): void {
  if (purpose === 'forward' || (weight === null && steps === null && id === null)) return;
  throw new PreconditionError(
    `${to} is not the candidate of a release: going there is going back, which is done at once`,
    'Leave out weight, steps and release-id; or name the candidate.',
  );
}

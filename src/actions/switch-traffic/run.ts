import { openJournalForRollback } from '../../cluster/journal.ts';
import type { Journal } from '../../cluster/journal.ts';
import type { ReleaseRecord } from '../../cluster/releaseRecord.ts';
import type { ServiceName } from '../../domain/host.ts';
import { currentSplit } from '../../domain/serving.ts';
import type { ServiceRouting } from '../../domain/routing.ts';
import { all, formatSplit } from '../../domain/split.ts';
import { chooseTarget } from '../../domain/target.ts';
import type { Target } from '../../domain/target.ts';
import { goBack } from '../../mesh/goBack.ts';
import type { Mesh } from '../../mesh/mesh.ts';
import { PreconditionError } from '../../runtime/errors.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import type { Outputs } from '../../runtime/outputs.ts';
import type { Summary } from '../../runtime/summary.ts';
import { rehearse } from './dryRun.ts';
import { goForward } from './forward.ts';
import type { Inputs } from './inputs.ts';
import type { Leg } from './leg.ts';
import { report } from './report.ts';

export interface Collaborators {
  readonly name: ServiceName;
  readonly mesh: Mesh;
  readonly record: ReleaseRecord;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly outputs: Outputs;
  readonly summary: Summary;
}

/** Moves traffic to one slot. Done when every proxy serves it; otherwise as it was before, and a failure. */
export async function switchTraffic(inputs: Inputs, given: Collaborators): Promise<void> {
  const { name, mesh, record, clock, log } = given;
  const routing = await mesh.read(name);
  const journal = await openJournalForRollback(record, name, clock, log);
  const tools = { ...given, journal };
  const target = decide(inputs, routing, journal);
  log.info(
    `${name.service} is at ${currentSplit(routing)}; ${target.direction} to ${target.slot} in ${String(routing.virtualServices.length)} VirtualServices`,
  );

  if (inputs['dry-run']) return rehearse(inputs, tools, routing, target);
  const legs =
    target.direction === 'forward'
      ? await goForward(inputs, tools, routing, target.slot)
      : [await back(inputs, tools, routing, target)];
  report({ before: currentSplit(routing), legs }, tools);
}

function decide(inputs: Inputs, routing: ServiceRouting, { state }: Journal): Target {
  const target = chooseTarget(inputs.to, routing, state);
  if ('what' in target) throw new PreconditionError(target.what, target.remedy);
  if (target.direction === 'back' && (inputs.weight !== null || inputs.steps !== null)) {
    throw new PreconditionError(
      `${target.slot} is not the candidate of a release: going there is going back, which is done at once`,
      'Leave out weight and steps; or name the candidate.',
    );
  }
  return target;
}

async function back(
  { timeout }: Inputs,
  tools: Collaborators & { readonly journal: Journal },
  routing: ServiceRouting,
  { slot }: Target,
): Promise<Leg> {
  const target = all(slot);
  const note = `from ${currentSplit(routing)} to ${formatSplit(target)}`;
  const moved = await goBack(tools, routing, { target, timeoutMs: timeout, note });
  return { ...moved, target, intentMs: null, judgement: null };
}

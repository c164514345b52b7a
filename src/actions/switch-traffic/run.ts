import type { Journal } from '../../cluster/record/journal.ts';
import type { ReleaseLease } from '../../cluster/lease/releaseLease.ts';
import type { ReleaseRecord } from '../../cluster/record/releaseRecord.ts';
import type { ServiceName } from '../../domain/routing/host.ts';
import { currentSplit } from '../../domain/status/serving.ts';
import type { ServiceRouting } from '../../domain/routing/routing.ts';
import { all, formatSplit } from '../../domain/split.ts';
import type { Target } from '../../domain/release/target.ts';
import { goBack } from '../../mesh/goBack.ts';
import type { Mesh } from '../../mesh/mesh.ts';
import { countDuring } from '../../metrics/countDuring.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import type { Outputs } from '../../runtime/outputs.ts';
import type { StepState } from '../../runtime/state.ts';
import type { Summary } from '../../runtime/summary.ts';
import { finishInstead, rollbackCutOff } from './cutOffRollback.ts';
import { rehearse } from './dryRun.ts';
import { goForward } from './forward.ts';
import type { Inputs } from './inputs.ts';
import type { Leg } from './leg.ts';
import { notedForPost } from './notedForPost.ts';
import { report } from './report.ts';
import { findTask } from './task.ts';

export interface Collaborators {
  readonly name: ServiceName;
  readonly mesh: Mesh;
  readonly record: ReleaseRecord;
  readonly lease: ReleaseLease;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly outputs: Outputs;
  readonly summary: Summary;
  readonly state: StepState;
}

/** Moves traffic to one slot. Done when every proxy serves it; otherwise as it was before, and a failure. */
export async function switchTraffic(inputs: Inputs, given: Collaborators): Promise<void> {
  const { tools, routing, target } = await findTask(inputs, given);
  const { journal } = tools;
  const before = currentSplit(routing);
  tools.log.info(
    `${tools.name.service} is at ${before}; ${target.direction} to ${target.slot} in ${String(routing.virtualServices.length)} VirtualServices`,
  );

  const cutOff = target.direction === 'forward' ? rollbackCutOff(journal.release, routing) : null;
  if (cutOff !== null) return finishInstead(inputs, tools, cutOff);
  if (inputs['dry-run']) return rehearse(inputs, tools, routing, target);
  // What callers send is counted also where they have to prove nothing.
  const verify = inputs.verify === 'all' ? 'all' : 'callers';
  const tallied = countDuring(tools.mesh, routing, { verify });
  const legs =
    target.direction === 'forward'
      ? await notedForPost(tools.state, journal.release?.id ?? null, tools.signal, () =>
          goForward(inputs, { ...tools, tallied }, routing, target.slot),
        )
      : [await back(inputs, tools, routing, target)];
  tools.lease.giveBack();
  report({ before, legs, tally: await tallied(), releaseId: journal.release?.id ?? null }, tools);
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

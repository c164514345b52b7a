import { openJournalForRollback } from '../../cluster/journal.ts';
import type { Journal } from '../../cluster/journal.ts';
import type { ReleaseRecord } from '../../cluster/releaseRecord.ts';
import type { ServiceName } from '../../domain/host.ts';
import type { ServiceRouting } from '../../domain/routing.ts';
import { all, formatSplit, sameSplit } from '../../domain/split.ts';
import { chooseTarget } from '../../domain/target.ts';
import type { Target } from '../../domain/target.ts';
import { goBack } from '../../mesh/goBack.ts';
import type { Mesh } from '../../mesh/mesh.ts';
import { moveForward } from '../../mesh/moveTraffic.ts';
import type { Moved } from '../../mesh/moveTraffic.ts';
import { PreconditionError, RollbackError } from '../../runtime/errors.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import type { Outputs } from '../../runtime/outputs.ts';
import type { Summary } from '../../runtime/summary.ts';
import type { Inputs } from './inputs.ts';
import { requireProof } from './preconditions.ts';
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

/** Moves all traffic to one slot. Done when every proxy serves it; otherwise as it was before, and a failure. */
export async function switchTraffic(inputs: Inputs, tools: Collaborators): Promise<void> {
  const { name, mesh, record, clock, log } = tools;
  const routing = await mesh.read(name);
  const journal = await openJournalForRollback(record, name, clock, log);
  const target = decide(inputs, routing, journal);
  log.info(
    `${name.service} is at ${formatSplitOf(routing)}; ${target.direction} to ${formatSplit(all(target.slot))} in ${String(routing.virtualServices.length)} VirtualServices`,
  );

  const moved =
    target.direction === 'forward'
      ? await forward(inputs, routing, target, journal, tools)
      : await goBack({ mesh, journal, log }, routing, {
          target: all(target.slot),
          timeoutMs: inputs.timeout,
          note: `from ${formatSplitOf(routing)} to ${formatSplit(all(target.slot))}`,
        });

  report({ target: target.slot, before: formatSplitOf(routing), moved }, tools);
}

function decide({ to }: Inputs, routing: ServiceRouting, { state }: Journal): Target {
  const target = chooseTarget(to, routing, state);
  if ('what' in target) throw new PreconditionError(target.what, target.remedy);
  return target;
}

async function forward(
  { timeout }: Inputs,
  routing: ServiceRouting,
  { slot }: Target,
  journal: Journal,
  { mesh, log, signal }: Collaborators,
): Promise<Moved> {
  const target = all(slot);
  const { release } = journal;
  const isThere = routing.split !== null && sameSplit(routing.split, target);
  if (!isThere) {
    await requireProof({ mesh, log, signal }, routing, slot, release);
    await journal.enter('switching', `from ${formatSplitOf(routing)} to ${formatSplit(target)}`);
  }
  // Cut off between patch and proof: then what the run before wrote is what has to be undone.
  const fallback = release?.phase === 'switching' ? release.splitBefore : null;
  let moved: Moved;
  try {
    moved = await moveForward(mesh, routing, { target, timeoutMs: timeout, fallback, signal });
  } catch (error) {
    const isBack = !(error instanceof RollbackError);
    if (isBack && journal.release?.phase === 'switching') {
      await journal.tryEnter('verified', 'the switch was put back');
    }
    throw error;
  }
  if (journal.release?.phase === 'switching' || journal.release?.phase === 'verified') {
    await journal.enter('monitoring', `${formatSplit(target)}, ${provenIn(moved)}`, { splitAfter: target });
  }
  return moved;
}

const provenIn = ({ proof }: Moved): string =>
  `proven in ${String(proof.proxies.length)} proxies, ${String(Math.round(proof.worstMs))} ms`;

const formatSplitOf = ({ split, disagreement }: ServiceRouting): string =>
  split === null ? `no single split (${disagreement ?? ''})` : formatSplit(split);

import type { ReleaseLease } from '../../cluster/lease/releaseLease.ts';
import type { Journal } from '../../cluster/record/journal.ts';
import { endOf, splitsTo } from '../../domain/verdict/canary.ts';
import { driftFrom } from '../../domain/routing/drift.ts';
import type { Release } from '../../domain/release/release.ts';
import { currentSplit } from '../../domain/status/serving.ts';
import { hasPreview } from '../../domain/routing/previewPlan.ts';
import { inWriteOrder } from '../../domain/routing/routing.ts';
import type { ServiceRouting } from '../../domain/routing/routing.ts';
import type { Slot } from '../../domain/slot.ts';
import { formatSplit, sameSplit, soleSlot } from '../../domain/split.ts';
import type { Split } from '../../domain/split.ts';
import type { Judgement } from '../../domain/verdict/verdict.ts';
import type { Mesh, Proof, Proxy } from '../../mesh/mesh.ts';
import type { Home } from '../../mesh/moveTraffic.ts';
import { envoyMetrics } from '../../metrics/envoyMetrics.ts';
import { watch } from '../../metrics/watch.ts';
import { ConflictError, DeadlineError, LostLeaseError } from '../../runtime/errors.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import type { StepState } from '../../runtime/state.ts';
import { checking } from './inputs.ts';
import type { Inputs } from './inputs.ts';
import type { Leg } from './leg.ts';
import { noteUndoing } from './notedForPost.ts';
import { requireProof } from './preconditions.ts';
import { closeAfterUndo, closeUnlessHeld, openForShare } from './preview.ts';
import { BadStepError, putEverythingBack, TakenOverError } from './putBack.ts';

interface Tools {
  readonly mesh: Mesh;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly state: StepState;
  readonly lease: Pick<ReleaseLease, 'check'>;
  /** Ends the count of what users' requests did meanwhile. */
  readonly tallied: (proxies?: readonly Proxy[]) => Promise<unknown>;
}

/**
 * Forward in one move, or step by step: each proven in every proxy and judged before the next. Whatever goes wrong
 * on the way, everything is put back; the release record's splitAfter is the last split that was proven.
 */
export async function goForward(
  inputs: Inputs,
  tools: Tools,
  routing: ServiceRouting,
  slot: Slot,
): Promise<readonly Leg[]> {
  const { mesh, signal } = tools;
  const { release } = tools.journal;
  const way = splitsTo(slot, inputs, routing.split, provenBefore(release));
  const legs: Leg[] = [];
  let home = homeOf(inputs, routing, release);
  try {
    if (way.some((target) => !isAt(routing, target))) {
      await requireProof({ ...tools, ...checking(inputs) }, routing, slot, release);
    }
    let now = routing;
    for (const target of way) {
      const last = legs.pop();
      if (last !== undefined) {
        legs.push({ ...last, judgement: await judge(inputs, tools, now, { slot, target: last.target }) });
        now = inWriteOrder(await rereadAt(mesh, routing, last.target), inputs.order);
      }
      const intentMs = await saveIntent(tools, now, target);
      if (inputs.preview && legs.length === 0 && soleSlot(target) === null) {
        now = inWriteOrder(await openForShare(tools, now, slot, inputs), inputs.order);
      }
      const change = await mesh.setSplit(now, target);
      const { changed, acceptedMs } = change;
      if (changed) home ??= { split: null, routing: now, change };
      const { timeout: timeoutMs, verify } = inputs;
      const options = { timeoutMs, sinceMs: acceptedMs, signal, verify, andRest: verify === 'callers' };
      const proof = await mesh.proveSplit(now, target, options).catch(async (error: unknown) => {
        throw await withDrift(mesh, now, target, error);
      });
      // Beside the record's entry, and looked at when there is time for it.
      if (target === way.at(-1)) void tools.tallied(countedBy(inputs, proof));
      await saveProof(tools, target, proof);
      legs.push({ target, intentMs, changed, acceptedMs, proof, judgement: null });
    }
  } catch (error) {
    noteUndoing(tools.state);
    const failure = await putEverythingBack(tools, routing, home, inputs.timeout, error);
    if (!isTheirs(failure)) await closeAfterUndo(tools, routing, inputs.preview || hasPreview(routing));
    throw failure;
  }
  // Outside: what has all the traffic, and is proven, is not put back for a route that stayed open.
  await closeUnlessHeld(inputs, tools, routing, endOf(slot, inputs));
  return legs;
}

/** Those that have just proven it; undefined where callers count that had nothing to prove. */
const countedBy = ({ verify }: Inputs, { proxies }: Proof): readonly Proxy[] | undefined =>
  verify === 'gateways' ? undefined : proxies.map(({ proxy }) => proxy);

/** Somebody else decides what serves now: nothing of it is touched. */
const isTheirs = (failure: unknown): boolean =>
  failure instanceof TakenOverError || failure instanceof LostLeaseError;

/** A split that nobody serves may have been overwritten: then the reader has to look there, and not at istiod. */
async function withDrift(
  mesh: Mesh,
  routing: ServiceRouting,
  target: Split,
  error: unknown,
): Promise<unknown> {
  if (!(error instanceof DeadlineError)) return error;
  const now = await mesh.read(routing.name, 'back').catch(() => null);
  const drift = now === null ? [] : driftFrom(now, target);
  if (drift.length === 0) return error;
  return new ConflictError(
    `someone else changed the weights back while they were being proven:\n  ${drift.join('\n  ')}\n${error.message}`,
    'Stop what re-applies them, then run the step again: Argo CD by ignoreDifferences for the weights (/spec/http) with RespectIgnoreDifferences, Flux by suspending the Kustomization during releases.',
    { cause: error },
  );
}

export const isAt = ({ split }: ServiceRouting, target: Split): boolean =>
  split !== null && sameSplit(split, target);

const provenBefore = (release: Release | null): Split | null =>
  release?.phase === 'switching' ? release.splitAfter : null;

/**
 * Where everything goes when this run fails: to what it finds, which the first change keeps. Unless a run before it
 * was cut off: then what that one found.
 */
function homeOf(inputs: Inputs, routing: ServiceRouting, release: Release | null): Home | null {
  if (release?.phase !== 'switching') return null;
  const split = cutOffHome(inputs, release);
  return isAt(routing, split) ? null : { split };
}

/** Where a switch that was cut off goes back to: in steps to the beginning, by hand to the last proven share. */
export const cutOffHome = ({ steps }: Inputs, { splitAfter, splitBefore }: Release): Split =>
  steps === null ? (splitAfter ?? splitBefore) : splitBefore;

/** @throws BadStepError unless it is a pass */
async function judge(
  inputs: Inputs,
  { mesh, clock, log, signal }: Tools,
  routing: ServiceRouting,
  { slot, target }: { readonly slot: Slot; readonly target: Split },
): Promise<Judgement> {
  const title = `${slot} at ${String(target[slot])} %`;
  const options = {
    durationMs: inputs['step-interval'],
    intervalMs: 1_000,
    limits: { maxErrorShare: inputs['max-error-rate'], minRequests: inputs['min-requests'] },
  };
  const metrics = envoyMetrics(mesh, routing, slot);
  const { judgement } = await watch(options, { metrics, clock, log, signal }, title);
  log.info(`${title}: ${judgement.verdict}: ${judgement.reason}`);
  if (judgement.verdict !== 'pass') throw new BadStepError(title, judgement);
  return judgement;
}

async function rereadAt(mesh: Mesh, { name }: ServiceRouting, target: Split): Promise<ServiceRouting> {
  const now = await mesh.read(name);
  if (isAt(now, target)) return now;
  throw new TakenOverError(
    `someone moved the traffic between two steps: it is at ${currentSplit(now)}, not at ${formatSplit(target)}`,
  );
}

/**
 * On record, and the lease looked at for what is written next: both after what that is planned on was read.
 * @returns when it was on record; null when there is nothing to write
 */
async function saveIntent(
  { journal, lease, clock }: Tools,
  now: ServiceRouting,
  target: Split,
): Promise<number | null> {
  if (isAt(now, target)) return null;
  const isFirst = journal.release?.phase !== 'switching';
  const note = `from ${currentSplit(now)} to ${formatSplit(target)}`;
  await Promise.all([
    orTakenOver(journal.enter('switching', note, isFirst ? { splitAfter: null } : {})),
    lease.check(),
  ]);
  return clock.monotonic();
}

/** The outcome of one move, on record. */
export async function saveProof(
  { journal }: Pick<Tools, 'journal'>,
  target: Split,
  proof: Proof,
): Promise<void> {
  const { release } = journal;
  if (release?.phase !== 'switching' && release?.phase !== 'verified') return;
  const isWhole = soleSlot(target) !== null;
  if (!isWhole && release.splitAfter !== null && sameSplit(release.splitAfter, target)) return;
  const note = `${formatSplit(target)}, proven in ${String(proof.proxies.length)} proxies, ${String(Math.round(proof.worstMs))} ms`;
  await orTakenOver(journal.enter(isWhole ? 'monitoring' : 'switching', note, { splitAfter: target }));
}

async function orTakenOver(write: Promise<void>): Promise<void> {
  try {
    await write;
  } catch (error) {
    throw error instanceof ConflictError ? new TakenOverError(error.message) : error;
  }
}

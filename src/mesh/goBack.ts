import type { Journal } from '../cluster/record/journal.ts';
import { readyCount } from '../domain/release/forwardChecks.ts';
import type { Release, ReleaseChanges } from '../domain/release/release.ts';
import { unready } from '../domain/release/wayBack.ts';
import type { ServiceRouting } from '../domain/routing/routing.ts';
import { slots } from '../domain/slot.ts';
import { formatSplit, sameSplit } from '../domain/split.ts';
import type { Split } from '../domain/split.ts';
import { messageOf, PreconditionError } from '../runtime/errors.ts';
import type { Log } from '../runtime/log.ts';
import { tryClose } from './closePreview.ts';
import type { Mesh, ServicePods, SplitChange } from './mesh.ts';
import { moveBack } from './moveTraffic.ts';
import type { Moved } from './moveTraffic.ts';

interface Tools {
  readonly mesh: Mesh;
  readonly journal: Journal;
  readonly log: Log;
}

export interface Back {
  readonly target: Split;
  readonly timeoutMs: number;
  /** For the record: why, and from where. */
  readonly note: string;
  /** For the record besides. */
  readonly changes?: ReleaseChanges;
  /**
   * For whoever has watched the service, and read it some time ago: that is written from at once (compare and swap
   * finds out what is older than it should be), and this reads the routes anew once it is accepted. istiod gathers
   * changes for 100 ms before it tells the proxies, so nobody waits for that reading.
   */
  readonly reread?: () => Promise<ServiceRouting>;
  /**
   * The pods, from whoever has looked right before this was decided: one that was ready then is enough. When there was
   * none, or no answer, they are looked for now.
   */
  readonly pods?: Promise<ServicePods> | null;
  /**
   * Claims the lease, for whoever gives `reread`: nothing is written from a new reading before. What is written from the
   * earlier one, which was read under the lease, does not wait for it: compare and swap finds whoever took it and wrote
   * since. Never fails.
   */
  readonly claim?: () => Promise<unknown>;
}

/**
 * The way back, the same for whoever goes it: one ready endpoint, the weights, the proof, no preview left open.
 * Listens to no signal, and no broken record stops it (invariant 4).
 * @param found as the routes were read last
 * @throws PreconditionError when nothing is ready there: the traffic stays; RollbackError when it is not proven
 */
export async function goBack(tools: Tools, found: ServiceRouting, back: Back): Promise<Moved> {
  const { mesh, journal } = tools;
  const { target, timeoutMs, changes, reread } = back;
  const isIntended = reread !== undefined && intends(journal.release, target);
  const isBegun = await begin(tools, found, back, isIntended);
  const early = reread === undefined ? null : await writeEarly(tools, found, target);
  const noted = isBegun && isIntended ? note(tools, back) : null;
  let moved: Moved;
  try {
    await back.claim?.();
    const routing =
      reread === undefined ? found : await readAgain(tools, reread, early === null ? null : found);
    // Found to be there already, and now it is not: it goes by this reading.
    if (!isBegun && routing !== found) await begin(tools, routing, back, false);
    moved = await moveBack(mesh, routing, target, timeoutMs, early);
  } finally {
    await noted;
  }
  // What a cut-off verification left open would still lead to the candidate.
  await tryClose(tools, found.name);
  const phase = journal.release?.phase;
  if (phase === 'rolling-back' || phase === 'switching' || phase === 'monitoring') {
    await journal.tryEnter('rolled-back', provenBack(target, moved), { ...changes, splitAfter: target });
  }
  return moved;
}

/** Whether it is on record already that everybody goes there: that was written when the watching began. */
const intends = (release: Release | null, target: Split): boolean =>
  release?.goesBackTo !== undefined && sameSplit(release.goesBackTo, target);

/**
 * One ready endpoint, and the intent on record: what has to be so before weights are written from a reading.
 * @param isIntended the intent is on record: what is written now may wait until users have been moved
 * @returns false when by this reading there is nothing to write
 */
async function begin(
  tools: Tools,
  routing: ServiceRouting,
  back: Back,
  isIntended: boolean,
): Promise<boolean> {
  const { journal } = tools;
  if (routing.split !== null && sameSplit(routing.split, back.target)) return false;
  const before = journal.release?.phase ?? null;
  // Both at once: each is a round trip, and users wait. The write first: it takes longer.
  const noted = isIntended ? null : note(tools, back);
  const [empty] = await Promise.allSettled([requireEndpoints(tools, routing, back), noted]);
  if (empty.status === 'fulfilled') return true;
  if (before !== null)
    await journal.tryEnter(before, 'nothing is ready to go back to: the traffic stays', back.changes);
  throw empty.reason;
}

const note = ({ journal }: Tools, { note: why, changes }: Back): Promise<void> =>
  journal.tryEnter('rolling-back', why, changes);

/**
 * Traffic that was moved is proven by the reading that it was moved from, if nothing newer can be had.
 * @param moved that reading; null when nothing was written from it
 */
async function readAgain(
  { log }: Tools,
  reread: () => Promise<ServiceRouting>,
  moved: ServiceRouting | null,
): Promise<ServiceRouting> {
  try {
    return await reread();
  } catch (error) {
    if (moved === null) throw error;
    log.warning(
      `the routes could not be read again (${messageOf(error)}): the way back is proven by an earlier reading, and a route that came since then is not in it. Look with c4ang status.`,
    );
    return { ...moved, purpose: 'back' };
  }
}

/** From a reading that may be old. Whatever is in its way, a reading anew knows better. */
async function writeEarly(
  { mesh, log }: Tools,
  found: ServiceRouting,
  target: Split,
): Promise<SplitChange | null> {
  try {
    return await mesh.setSplit({ ...found, purpose: 'back' }, target);
  } catch (error) {
    log.info(`reading the routes again: ${messageOf(error)}`);
    return null;
  }
}

const provenBack = (target: Split, { proof }: Moved): string =>
  `${formatSplit(target)}, proven in ${String(proof.proxies.length)} proxies, ${String(Math.round(proof.worstMs))} ms`;

/** @throws PreconditionError */
async function requireEndpoints(
  { mesh, log }: Tools,
  routing: ServiceRouting,
  { target, pods: earlier }: Back,
): Promise<void> {
  const isReady = (pods: ServicePods): boolean =>
    unready(target, (slot) => readyCount(pods[slot])).length === 0;
  const known = (await earlier?.catch(() => null)) ?? null;
  const pods = known !== null && isReady(known) ? known : await mesh.pods(routing);
  for (const slot of slots.filter((one) => target[one] > 0)) {
    const ready = readyCount(pods[slot]);
    log.info(`${ready > 0 ? '✓' : '✗'} endpoints: ${slot} has ${String(ready)} ready pods`);
    if (ready > 0) continue;
    const { service, namespace } = routing.name;
    throw new PreconditionError(
      `${slot} has no ready pod to go back to: the traffic stays where somebody answers`,
      `Bring ${slot} up, then go back again: kubectl rollout status deployment/${service}-${slot} -n ${namespace}`,
    );
  }
}

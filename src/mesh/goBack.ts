import type { Journal, JournalChanges } from '../cluster/record/journal.ts';
import { readyCount } from '../domain/release/forwardChecks.ts';
import type { ServiceRouting } from '../domain/routing/routing.ts';
import { slots } from '../domain/slot.ts';
import { formatSplit, sameSplit } from '../domain/split.ts';
import type { Split } from '../domain/split.ts';
import { PreconditionError } from '../runtime/errors.ts';
import type { Log } from '../runtime/log.ts';
import type { Mesh } from './mesh.ts';
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
  readonly changes?: JournalChanges;
  /**
   * What was read before, by whoever has watched the service: then endpoints and record are seen to while the routes
   * are read anew, and users wait for one round trip less.
   */
  readonly known?: ServiceRouting;
}

/**
 * The way back, the same for whoever goes it: one ready endpoint, the weights, the proof, no preview left open.
 * Listens to no signal, and no broken record stops it (invariant 4).
 * @throws PreconditionError when nothing is ready there: the traffic stays; RollbackError when it is not proven
 */
export async function goBack(
  tools: Tools,
  reading: ServiceRouting | Promise<ServiceRouting>,
  back: Back,
): Promise<Moved> {
  const { mesh, journal } = tools;
  const { target, timeoutMs, note, changes } = back;
  const before = journal.release?.phase ?? null;
  const known = back.known ?? (await reading);
  if (known.split === null || !sameSplit(known.split, target)) {
    // All at once: each is a round trip, and users wait.
    const [empty] = await Promise.allSettled([
      requireEndpoints(tools, known, target),
      journal.tryEnter('rolling-back', note, changes),
      reading,
    ]);
    if (empty.status === 'rejected') {
      if (before !== null)
        await journal.tryEnter(before, 'nothing is ready to go back to: the traffic stays');
      throw empty.reason;
    }
  }
  const routing = await reading;
  const moved = await moveBack(mesh, routing, target, timeoutMs);
  await closePreviews(tools, routing);
  const phase = journal.release?.phase;
  if (phase === 'rolling-back' || phase === 'switching' || phase === 'monitoring') {
    await journal.tryEnter('rolled-back', provenBack(target, moved), { ...changes, splitAfter: target });
  }
  return moved;
}

const provenBack = (target: Split, { proof }: Moved): string =>
  `${formatSplit(target)}, proven in ${String(proof.proxies.length)} proxies, ${String(Math.round(proof.worstMs))} ms`;

async function requireEndpoints({ mesh, log }: Tools, routing: ServiceRouting, target: Split): Promise<void> {
  const pods = await mesh.pods(routing);
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

/** What a cut-off verification left open would still lead to the candidate. */
async function closePreviews({ mesh, log }: Tools, { name }: ServiceRouting): Promise<void> {
  try {
    await mesh.closePreview(await mesh.read(name, 'back'));
  } catch (error) {
    log.warning(`the preview route may be open: ${error instanceof Error ? error.message : String(error)}`);
  }
}

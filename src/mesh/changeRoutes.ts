import type { KubeApi } from '../cluster/api/kubeApi.ts';
import { virtualServices } from '../cluster/api/resources.ts';
import type { Plan } from '../domain/jsonPatch.ts';
import { formatObject } from '../domain/routing/routing.ts';
import type { ManagedVirtualService, ServiceRouting } from '../domain/routing/routing.ts';
import { planRestore } from '../domain/routing/switchPlan.ts';
import { ConnectionError, LostLeaseError, RollbackError } from '../runtime/errors.ts';
import type { Clock } from '../runtime/clock.ts';
import type { SplitChange } from './mesh.ts';
import { rereadVirtualService, writePlanned } from './writeRouting.ts';

export interface Change {
  readonly planFor: (vs: ManagedVirtualService) => Plan;
  /** How to undo it in a VirtualService as it is now. */
  readonly undoFor: (now: ManagedVirtualService, before: ManagedVirtualService) => Plan;
}

/**
 * Writes one change into every VirtualService, in their order, back to back: istiod's debounce then sends
 * them to the proxies in one push. On the way back all at once: there only time counts. When one fails, the others
 * are put back in reverse.
 */
export async function changeAll(
  api: KubeApi,
  clock: Clock,
  routing: ServiceRouting,
  change: Change,
): Promise<SplitChange> {
  const previous: ManagedVirtualService[] = [];
  const uncertain: ManagedVirtualService[] = [];
  const write = async (vs: ManagedVirtualService): Promise<void> => {
    const reread = (): Promise<ManagedVirtualService> => rereadVirtualService(api, routing, vs);
    try {
      const before = await writePlanned(api, virtualServices, vs, change.planFor, reread);
      if (before !== null) previous.push(before);
    } catch (error) {
      // A connection that broke does not tell whether the write arrived.
      if (error instanceof ConnectionError) uncertain.push(vs);
      throw error;
    }
  };
  try {
    if (routing.purpose === 'back') await allEnded(routing.virtualServices.map(write));
    else for (const vs of routing.virtualServices) await write(vs);
  } catch (error) {
    await undoAll(api, routing, [...previous, ...uncertain], change.undoFor, error);
    throw error;
  }
  return { changed: previous.length > 0, acceptedMs: clock.monotonic(), previous };
}

/** Unlike Promise.all, no write is under way any more when it throws. */
async function allEnded(writes: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(writes)).find((one) => one.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

/** @throws RollbackError naming every VirtualService that stayed changed */
export async function undoAll(
  api: KubeApi,
  routing: ServiceRouting,
  previous: readonly ManagedVirtualService[],
  undoFor: Change['undoFor'] = planRestore,
  cause?: unknown,
): Promise<boolean> {
  let changed = false;
  const failures: string[] = [];
  for (const before of previous.toReversed()) {
    try {
      const reread = (): Promise<ManagedVirtualService> => rereadVirtualService(api, routing, before);
      const now = await reread();
      const undone = await writePlanned(api, virtualServices, now, (vs) => undoFor(vs, before), reread);
      changed ||= undone !== null;
    } catch (error) {
      // Whoever took the lease decides what serves: that is no failure to put back.
      if (error instanceof LostLeaseError) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      failures.push(`${formatObject('VirtualService', before)}: ${reason}`);
    }
  }
  if (failures.length === 0) return changed;
  const why = cause instanceof Error ? ` after: ${cause.message}` : '';
  throw new RollbackError(
    `the weights could not be put back${why}\n  ${failures.join('\n  ')}`,
    'Set the weights by hand now: kubectl edit virtualservice, in each of those named above.',
    { cause },
  );
}

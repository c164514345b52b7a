import type { LeaseHolder } from '../domain/release/lease.ts';
import { currentSplit } from '../domain/status/serving.ts';
import type { ServiceRouting } from '../domain/routing/routing.ts';
import { sameSplit } from '../domain/split.ts';
import type { Split } from '../domain/split.ts';
import type { Mesh } from './mesh.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';

interface Tools {
  readonly mesh: Mesh;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * A write that was under way when the lease was taken arrives all the same, and where the rollback has nothing to
 * write no compare and swap stops it. So those routes are fenced before anything else: what comes later fails, and
 * what came before is in the reading that the rollback goes by.
 */
export async function fenceOff(
  { mesh, clock, log }: Tools,
  routing: ServiceRouting,
  { title }: LeaseHolder,
  target: Split,
): Promise<ServiceRouting> {
  const unwritten = routing.virtualServices.filter(({ routes }) =>
    routes.every(({ split }) => sameSplit(split, target)),
  );
  if (unwritten.length === 0) return routing;
  const note = `rollback at ${new Date(clock.now()).toISOString()}, against ${title}`;
  try {
    await mesh.fence({ ...routing, virtualServices: unwritten }, note);
    const now = await mesh.read(routing.name, 'back');
    if (currentSplit(now) !== currentSplit(routing)) {
      log.warning(`${title} has moved the traffic in the meantime: it is at ${currentSplit(now)}`);
    }
    return now;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    log.warning(
      `what ${title} sent last may still arrive, because the routes could not be fenced: ${reason}. Run status to see what serves`,
    );
    return routing;
  }
}

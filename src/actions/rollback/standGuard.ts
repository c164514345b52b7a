import type { ServiceName } from '../../domain/host.ts';
import type { LeaseHolder } from '../../domain/lease.ts';
import type { ServiceRouting } from '../../domain/routing.ts';
import { sameSplit } from '../../domain/split.ts';
import type { Split } from '../../domain/split.ts';
import type { Mesh } from '../../mesh/mesh.ts';
import type { Moved } from '../../mesh/moveTraffic.ts';
import { moveBack } from '../../mesh/moveTraffic.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';

interface Tools {
  readonly name: ServiceName;
  readonly mesh: Mesh;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * A write that was under way when the lease was taken arrives all the same, and where the rollback had nothing to
 * write no compare and swap stops it. So the routes are fenced: what comes later fails, and what came is undone.
 * @returns the last move; null when there was none
 */
export async function standGuard(
  { name, mesh, clock, log }: Tools,
  routing: ServiceRouting,
  { title }: LeaseHolder,
  target: Split,
  timeoutMs: number,
): Promise<Moved | null> {
  try {
    await mesh.fence(routing, `rollback at ${new Date(clock.now()).toISOString()}, against ${title}`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    log.warning(
      `what ${title} sent last may still arrive, because the routes could not be fenced: ${reason}. Run status to see what serves`,
    );
    return null;
  }
  const now = await mesh.read(name, 'back').catch(() => null);
  if (now === null || (now.split !== null && sameSplit(now.split, target))) return null;
  log.warning(`${title} moved the traffic once more: it goes back again`);
  return moveBack(mesh, now, target, timeoutMs);
}

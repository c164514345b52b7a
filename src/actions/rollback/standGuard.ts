import type { ServiceName } from '../../domain/host.ts';
import type { LeaseHolder } from '../../domain/lease.ts';
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
  readonly signal: AbortSignal;
}

const lookMs = 250;
/** A step asks for its lease right before each write: so long may the write be under way that it sent then. */
const longestMs = 3_000;

/**
 * A write that was under way when the lease was taken arrives all the same, and where the rollback had nothing to
 * write no compare and swap stops it: it is watched for, and undone.
 * @returns the last move; null when there was none
 */
export async function standGuard(
  { name, mesh, clock, log, signal }: Tools,
  { title, expires }: LeaseHolder,
  target: Split,
  timeoutMs: number,
): Promise<Moved | null> {
  const endMs = Math.min(Date.parse(expires), clock.now() + longestMs);
  if (endMs <= clock.now()) return null;
  log.info(
    `watching for ${String(Math.ceil((endMs - clock.now()) / 1000))} s that ${title} moves nothing any more`,
  );
  let moved: Moved | null = null;
  while (clock.now() < endMs) {
    try {
      await clock.sleep(Math.min(lookMs, Math.max(1, endMs - clock.now())), signal);
    } catch {
      log.warning(
        `stopped watching: what ${title} sent last may still arrive. Run status to see what serves`,
      );
      return moved;
    }
    const routing = await mesh.read(name, 'back').catch(() => null);
    if (routing === null || (routing.split !== null && sameSplit(routing.split, target))) continue;
    log.warning(`${title} moved the traffic once more: it goes back again`);
    moved = await moveBack(mesh, routing, target, timeoutMs);
  }
  return moved;
}

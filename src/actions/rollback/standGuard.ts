import type { ServiceName } from '../../domain/host.ts';
import { sameSplit } from '../../domain/split.ts';
import type { Split } from '../../domain/split.ts';
import type { Mesh } from '../../mesh/mesh.ts';
import type { Moved } from '../../mesh/moveTraffic.ts';
import { moveBack } from '../../mesh/moveTraffic.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import type { Interrupted } from './takeOver.ts';

interface Tools {
  readonly name: ServiceName;
  readonly mesh: Mesh;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
}

const lookMs = 500;

/**
 * A step whose lease was taken learns of it when it renews, and what it had sent by then arrives: weights that it
 * still moves are moved back. Until its lease would have ended; after that it has stopped by itself.
 * @returns the last move; null when there was none
 */
export async function standGuard(
  { name, mesh, clock, log, signal }: Tools,
  { title, until }: Interrupted,
  target: Split,
  timeoutMs: number,
): Promise<Moved | null> {
  const endMs = Date.parse(until);
  const seconds = String(Math.max(0, Math.ceil((endMs - clock.now()) / 1000)));
  log.info(`the lease was taken from ${title}: watching for ${seconds} s that it moves nothing any more`);
  let moved: Moved | null = null;
  while (clock.now() < endMs) {
    try {
      await clock.sleep(Math.min(lookMs, Math.max(1, endMs - clock.now())), signal);
    } catch {
      log.warning(`stopped watching: until ${until}, ${title} may still move the traffic`);
      return moved;
    }
    const routing = await mesh.read(name).catch(() => null);
    if (routing === null || (routing.split !== null && sameSplit(routing.split, target))) continue;
    log.warning(`${title} moved the traffic once more: it goes back again`);
    moved = await moveBack(mesh, routing, target, timeoutMs);
  }
  return moved;
}

import { addSample, startCount } from '../../domain/verdict/counters.ts';
import type { ServiceRouting } from '../../domain/routing/routing.ts';
import type { Slot } from '../../domain/slot.ts';
import type { Mesh } from '../../mesh/mesh.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import type { Inputs } from './inputs.ts';

interface Tools {
  readonly mesh: Mesh;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/**
 * Watches every proxy's own counters for a while.
 * @returns why the slot may not go; null when nobody sent it anything
 */
export async function measureTraffic(
  { 'traffic-window': windowMs }: Inputs,
  { mesh, clock, log, signal }: Tools,
  routing: ServiceRouting,
  slot: Slot,
): Promise<string | null> {
  log.info(`watching ${slot} for ${String(windowMs / 1000)} s: does anybody still send to it?`);
  const before = (await mesh.counters(routing)).slots[slot];
  await clock.sleep(windowMs, signal);
  const after = (await mesh.counters(routing)).slots[slot];
  const silent = [...new Set([...before.silent, ...after.silent])];
  if (silent.length > 0) return `${silent.join(', ')} did not say whether it sends to ${slot}`;
  const { requests } = addSample(startCount(before), after).total;
  if (requests === 0) return null;
  return `${String(requests)} requests reached ${slot} within ${String(windowMs / 1000)} s`;
}

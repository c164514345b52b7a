import type { ServiceRouting } from '../domain/routing/routing.ts';
import type { Slot } from '../domain/slot.ts';
import type { Mesh } from '../mesh/mesh.ts';
import type { Metrics } from './metrics.ts';

/**
 * The counters of every Envoy for the slot's endpoints: there at once, without scraping. They count attempts,
 * so that a retry which heals an error for the user does not hide it.
 */
export const envoyMetrics = (mesh: Mesh, routing: ServiceRouting, slot: Slot): Metrics => ({
  source: 'the counters of every Envoy, retries included',
  sample: async () => (await mesh.counters(routing)).slots[slot],
});

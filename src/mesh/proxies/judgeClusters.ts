import { clusterName, fqdn } from '../../domain/routing/host.ts';
import type { ServiceRouting } from '../../domain/routing/routing.ts';
import { otherSlot } from '../../domain/slot.ts';
import type { Slot } from '../../domain/slot.ts';
import type { EnvoyHost } from './envoyClusters.ts';

type Clusters = ReadonlyMap<string, readonly EnvoyHost[]>;

/** The endpoints of one slot as a proxy knows them; null when it does not know the slot's cluster at all. */
export const hostsOf = (
  clusters: Clusters,
  { name, port }: ServiceRouting,
  slot: Slot,
): readonly EnvoyHost[] | null => clusters.get(clusterName(name, port, slot)) ?? null;

/**
 * Which subset of the service a cluster is for: empty for all of its endpoints, null for another service's.
 * At the service's port; going back at any, so that no route is overlooked.
 */
export function subsetOf(cluster: string, { name, port, purpose }: ServiceRouting): string | null {
  const [direction, at, subset = '', host] = cluster.split('|');
  const isOurs = direction === 'outbound' && host === fqdn(name);
  return isOurs && (purpose === 'back' || at === String(port)) ? subset : null;
}

/** The endpoints of all clusters of the service: of both subsets, and of all endpoints. */
export const serviceClusters = (clusters: Clusters, routing: ServiceRouting): readonly EnvoyHost[] =>
  [...clusters].filter(([cluster]) => subsetOf(cluster, routing) !== null).flatMap(([, hosts]) => hosts);

/**
 * Whether a proxy knows a slot's cluster with exactly these endpoints, all healthy, and none of them in the
 * other slot's.
 * @param endpoints pod IPs
 * @returns null when it does, or else the first difference
 */
export function endpointDifference(
  clusters: Clusters,
  routing: ServiceRouting,
  slot: Slot,
  endpoints: readonly string[],
): string | null {
  const hosts = hostsOf(clusters, routing, slot);
  if (hosts === null) return `it does not know the cluster of ${slot} yet`;
  const known = hosts.map(({ ip }) => ip);
  const missing = endpoints.filter((ip) => !known.includes(ip));
  if (missing.length > 0) return `its cluster of ${slot} lacks ${missing.join(', ')}`;
  const extra = known.filter((ip) => !endpoints.includes(ip));
  if (extra.length > 0) return `its cluster of ${slot} has ${extra.join(', ')} besides`;
  const sick = hosts.find(({ healthy }) => !healthy);
  if (sick !== undefined) return `${sick.ip} of ${slot} is not healthy: ${sick.trouble ?? ''}`;
  const shared = (hostsOf(clusters, routing, otherSlot(slot)) ?? []).find(({ ip }) => endpoints.includes(ip));
  return shared === undefined ? null : `${shared.ip} is in the clusters of both slots`;
}

import { clusterName, fqdn } from '../domain/host.ts';
import type { ServiceRouting } from '../domain/routing.ts';
import { otherSlot } from '../domain/slot.ts';
import type { Slot } from '../domain/slot.ts';
import type { EnvoyHost } from './envoyClusters.ts';

type Clusters = ReadonlyMap<string, readonly EnvoyHost[]>;

/** The endpoints of one slot as a proxy knows them; null when it does not know the slot's cluster at all. */
export const hostsOf = (
  clusters: Clusters,
  { name, port }: ServiceRouting,
  slot: Slot,
): readonly EnvoyHost[] | null => clusters.get(clusterName(name, port, slot)) ?? null;

/** The service's clusters at its port: of both subsets, and of all endpoints. */
export const serviceClusters = (clusters: Clusters, { name, port }: ServiceRouting): readonly EnvoyHost[] =>
  [...clusters]
    .filter(
      ([cluster]) => cluster.startsWith(`outbound|${String(port)}|`) && cluster.endsWith(`|${fqdn(name)}`),
    )
    .flatMap(([, hosts]) => hosts);

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

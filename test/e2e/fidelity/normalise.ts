import type { ClustersDump, HostsDump, RouteConfiguration, RoutesDump } from './dump.ts';
import { stageNamespace } from './recording.ts';

/** Addresses are the cluster's own: a Service's ClusterIP stands among its names. */
const withoutAddress = (domain: string): string => domain.replace(/^\d+\.\d+\.\d+\.\d+/, '<address>');

/**
 * Route configurations by name, of the virtual hosts that a recording speaks of (and any other of the stage's
 * namespace, so that one too many is seen). Left out, because it is another's or the moment's: virtual hosts of
 * what else runs on the cluster, version_info and last_updated.
 */
export function normaliseRoutes(dump: RoutesDump, names: readonly string[]): Record<string, unknown> {
  const own = (host: string): boolean => names.includes(host) || host.includes(stageNamespace);
  const one = (config: RouteConfiguration): unknown => ({
    ...config,
    virtual_hosts: (config.virtual_hosts ?? [])
      .filter(({ name }) => own(name))
      .map((host) => ({ ...host, domains: host.domains.map(withoutAddress) })),
  });
  return Object.fromEntries(
    (dump.configs ?? []).map(({ route_config }) => [route_config.name, one(route_config)]),
  );
}

/** The names of a dump's virtual hosts. */
export const hostNames = (dump: RoutesDump): string[] =>
  (dump.configs ?? []).flatMap(({ route_config }) =>
    (route_config.virtual_hosts ?? []).map(({ name }) => name),
  );

/**
 * A port without any virtual host gets a blackhole. On a cluster where another Gateway has filled the same port,
 * there is none, and a request nobody serves is answered 404 all the same.
 */
export function withoutBlackhole(dump: RoutesDump): RoutesDump {
  const configs = (dump.configs ?? []).map(({ route_config }) => ({
    route_config: {
      ...route_config,
      virtual_hosts: (route_config.virtual_hosts ?? []).filter(({ name }) => !name.startsWith('blackhole')),
    },
  }));
  return { configs };
}

const isOfStage = ({ name }: { readonly name: string }): boolean =>
  name.endsWith(`|order-api.${stageNamespace}.svc.cluster.local`);

/** Clusters of the recorded service by name; last_updated and version_info are the moment's. */
export function normaliseClusters(dump: ClustersDump): Record<string, unknown> {
  const clusters = (dump.configs ?? []).map(({ cluster }) => cluster).filter(isOfStage);
  return Object.fromEntries(clusters.map((cluster) => [cluster.name, cluster]));
}

/**
 * Hosts of the recorded service's clusters: pods by version instead of address, in no order (Envoy has none),
 * without counters.
 * @param versionOf tells a pod's version by its address
 */
export function normaliseHosts(
  dump: HostsDump,
  versionOf: (address: string) => string,
): Record<string, unknown> {
  const clusters = (dump.cluster_statuses ?? []).filter(isOfStage);
  return Object.fromEntries(
    clusters.map((cluster) => [
      cluster.name,
      {
        observability: cluster.observability_name,
        eds: cluster.eds_service_name,
        breakers: cluster.circuit_breakers,
        hosts: (cluster.host_statuses ?? [])
          .map(({ address: { socket_address: socket }, health_status, weight }) =>
            [versionOf(socket.address), socket.port_value, JSON.stringify(health_status), weight].join(' '),
          )
          .sort(),
      },
    ]),
  );
}

/** Which version answered at which address when the recordings were made. */
export const recordedVersion = (address: string): string =>
  ['10.244.0.26', '10.244.0.28'].includes(address) ? 'v1.0.0' : 'v1.1.0';

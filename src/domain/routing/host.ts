/** The service being released, and how the mesh names it. */
export interface ServiceName {
  readonly service: string;
  readonly namespace: string;
}

export const fqdn = ({ service, namespace }: ServiceName): string =>
  `${service}.${namespace}.svc.cluster.local`;

/** Envoy's name for a subset of a service (facts: `outbound|<port>|<subset>|<fqdn>`). */
export const clusterName = (name: ServiceName, port: number, subset: string): string =>
  `outbound|${String(port)}|${subset}|${fqdn(name)}`;

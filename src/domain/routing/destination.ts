/**
 * A host as a VirtualService or DestinationRule names it, in full: Istio completes a short name with
 * the namespace of the object that it stands in. `name.namespace` and `name.namespace.svc` are taken
 * for what their writers mean.
 */
export function resolveHost(host: string, namespace: string): string {
  const [service, second, third, ...rest] = host.toLowerCase().split('.');
  if (service === undefined || service.includes('*')) return host;
  if (second === undefined) return `${service}.${namespace}.svc.cluster.local`;
  if (third === undefined || (third === 'svc' && rest.length === 0)) {
    return `${service}.${second}.svc.cluster.local`;
  }
  return host.toLowerCase();
}

/** Whether a VirtualService's host stands for a full name: itself, or a wildcard over it. */
export function hostCovers(host: string, namespace: string, fullName: string): boolean {
  if (host === '*') return true;
  if (host.startsWith('*.')) return fullName.endsWith(host.slice(1));
  return resolveHost(host, namespace) === fullName;
}

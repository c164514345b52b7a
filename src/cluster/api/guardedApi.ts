import type { KubeApi, Resource } from './kubeApi.ts';
import { destinationRules, leases, virtualServices } from './resources.ts';
import type { OwnLease } from '../lease/releaseLease.ts';

/**
 * An API through which a process that has lost its lease changes nothing. Before routing is written the cluster is
 * asked: together with the compare and swap of each write, no write of the loser comes after the first one of the
 * process that took the lease.
 */
export function guardedApi(api: KubeApi, lease: Pick<OwnLease, 'check' | 'assertKept'>): KubeApi {
  const allow = async (resource: Resource): Promise<void> => {
    if (resource === leases) return;
    lease.assertKept();
    if (resource === virtualServices || resource === destinationRules) await lease.check();
  };
  return {
    get: (resource, namespace, name) => api.get(resource, namespace, name),
    list: (resource, options) => api.list(resource, options),
    create: async (resource, object) => {
      await allow(resource);
      return api.create(resource, object);
    },
    update: async (resource, object) => {
      await allow(resource);
      return api.update(resource, object);
    },
    jsonPatch: async (resource, namespace, name, patch, options) => {
      if (options?.dryRun !== true) await allow(resource);
      return api.jsonPatch(resource, namespace, name, patch, options);
    },
    delete: async (resource, namespace, name) => {
      await allow(resource);
      return api.delete(resource, namespace, name);
    },
  };
}

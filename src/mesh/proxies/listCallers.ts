import type { KubeApi } from '../../cluster/api/kubeApi.ts';
import type { ServiceRouting } from '../../domain/routing/routing.ts';
import { ConnectionError } from '../../runtime/errors.ts';
import type { EnvoyAdmin } from './envoyAdmin.ts';
import { serviceClusters } from './judgeClusters.ts';
import { reachesService } from './judgeRoutes.ts';
import type { Caller } from '../mesh.ts';
import { listAllProxies } from './proxies.ts';
import { readPods } from '../readMesh.ts';

/** Pods whose sidecar has a route to the service, the busiest first. The service's own pods are not callers. */
export async function listCallers(
  api: KubeApi,
  admin: EnvoyAdmin,
  routing: ServiceRouting,
): Promise<readonly Caller[]> {
  const [{ sidecars }, own] = await Promise.all([listAllProxies(api, routing), readPods(api, routing)]);
  const ownUids = new Set([...own.blue, ...own.green, ...own.neither].map(({ uid }) => uid));
  const found = await Promise.all(
    sidecars
      .filter(({ proxy }) => !ownUids.has(proxy.uid))
      .map(async ({ proxy }): Promise<Caller | null> => {
        try {
          const [routes, clusters] = await Promise.all([admin.routes(proxy), admin.clusters(proxy)]);
          if (!routes.some((route) => reachesService(route, routing))) return null;
          const hosts = serviceClusters(clusters, routing);
          return { pod: proxy.pod, requests: hosts.reduce((sum, host) => sum + host.requests, 0) };
        } catch (error) {
          // Gone meanwhile, or not to be asked: it may be a caller, and it is named as one.
          if (error instanceof ConnectionError) return { pod: proxy.pod, requests: 0 };
          throw error;
        }
      }),
  );
  return found.filter((caller) => caller !== null).toSorted((a, b) => b.requests - a.requests);
}

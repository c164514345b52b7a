import type { PodHttp } from '../../cluster/api/kubeApi.ts';
import { ConnectionError } from '../../runtime/errors.ts';
import { clustersPath, parseClusters } from './envoyClusters.ts';
import type { EnvoyHost } from './envoyClusters.ts';
import { parseRoutes, routesPath } from './envoyRoutes.ts';
import type { EnvoyRoute } from './envoyRoutes.ts';
import type { Proxy } from '../mesh.ts';
import { formatProxy } from './podView.ts';

/** Istio keeps Envoy's admin on the pod's localhost. */
const adminPort = 15000;
const usualTimeoutMs = 3_000;

/** What an Envoy itself says that it serves. */
export interface EnvoyAdmin {
  routes(proxy: Proxy, timeoutMs?: number): Promise<readonly EnvoyRoute[]>;
  clusters(proxy: Proxy, timeoutMs?: number): Promise<ReadonlyMap<string, readonly EnvoyHost[]>>;
}

/** @throws ConnectionError, also when the admin answers anything but 200; PermissionError; SyntaxError */
export function envoyAdmin(podHttp: PodHttp): EnvoyAdmin {
  const get = async (proxy: Proxy, path: string, timeoutMs = usualTimeoutMs): Promise<string> => {
    const answer = await podHttp.request(proxy.pod, adminPort, { path, timeoutMs, inTurn: true });
    if (answer.status === 200) return answer.body;
    throw new ConnectionError(
      `Envoy's admin in the ${formatProxy(proxy)} answers ${String(answer.status)} to ${path}`,
      'Look at the istio-proxy container of that pod.',
    );
  };
  return {
    routes: async (proxy, timeoutMs) => parseRoutes(await get(proxy, routesPath, timeoutMs)),
    clusters: async (proxy, timeoutMs) => parseClusters(await get(proxy, clustersPath, timeoutMs)),
  };
}

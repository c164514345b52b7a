import type { PodHttp } from '../../cluster/api/kubeApi.ts';
import { ConnectionError } from '../../runtime/errors.ts';
import { clustersPath, parseClusters } from './envoyClusters.ts';
import type { EnvoyHost } from './envoyClusters.ts';
import { parseRoutes, routesPath } from './envoyRoutes.ts';
import type { EnvoyRoute } from './envoyRoutes.ts';
import type { Proxy } from '../mesh.ts';
import { formatProxy } from './podView.ts';
import { parseCallers, requestsPath } from './seenCallers.ts';
import type { WorkloadKey } from './seenCallers.ts';
import { sharedInTurn } from '../../runtime/sharedInTurn.ts';

/** Istio keeps Envoy's admin on the pod's localhost. */
const adminPort = 15000;
const usualTimeoutMs = 3_000;

/** What an Envoy itself says that it serves. */
export interface EnvoyAdmin {
  routes(proxy: Proxy, timeoutMs?: number): Promise<readonly EnvoyRoute[]>;
  clusters(proxy: Proxy, timeoutMs?: number): Promise<ReadonlyMap<string, readonly EnvoyHost[]>>;
  /** Which workloads have sent requests to this proxy's own pod, since it started. */
  callers(proxy: Proxy): Promise<ReadonlySet<WorkloadKey>>;
}

/**
 * What is asked of one Envoy twice at the same moment (a count and a check, say) is asked once.
 * @throws ConnectionError, also when the admin answers anything but 200; PermissionError; SyntaxError
 */
export function envoyAdmin(podHttp: PodHttp): EnvoyAdmin {
  const get = async (proxy: Proxy, path: string, timeoutMs: number): Promise<string> => {
    const answer = await podHttp.request(proxy.pod, adminPort, { path, timeoutMs, inTurn: true });
    if (answer.status === 200) return answer.body;
    throw new ConnectionError(
      `Envoy's admin in the ${formatProxy(proxy)} answers ${String(answer.status)} to ${path}`,
      'Look at the istio-proxy container of that pod.',
    );
  };
  const routes = sharedInTurn<readonly EnvoyRoute[]>();
  const clusters = sharedInTurn<ReadonlyMap<string, readonly EnvoyHost[]>>();
  return {
    routes: (proxy, timeoutMs = usualTimeoutMs) =>
      routes(keyOf(proxy, timeoutMs), async () => parseRoutes(await get(proxy, routesPath, timeoutMs))),
    clusters: (proxy, timeoutMs = usualTimeoutMs) =>
      clusters(keyOf(proxy, timeoutMs), async () => parseClusters(await get(proxy, clustersPath, timeoutMs))),
    callers: async (proxy) => parseCallers(await get(proxy, requestsPath, usualTimeoutMs)),
  };
}

/** Nobody waits longer than it said it would. */
const keyOf = ({ pod }: Proxy, timeoutMs: number): string =>
  `${pod.namespace}/${pod.name} ${String(timeoutMs)}`;

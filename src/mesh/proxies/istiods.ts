import type { PodAddress, PodHttp } from '../../cluster/api/kubeApi.ts';
import { ConnectionError } from '../../runtime/errors.ts';
import { parseSyncStatus, syncPath } from './syncStatus.ts';
import type { SyncStatus } from './syncStatus.ts';

/** The control plane's pods, asked for what they have told whom. */
export interface Istiods {
  /** @throws ConnectionError; PermissionError for pods/portforward; SyntaxError */
  status(istiod: PodAddress): Promise<readonly SyncStatus[]>;
}

/** Its debug pages answer who comes from the pod's own localhost: at the monitoring port, and at the plain one. */
const ports = [15014, 8080] as const;
/** Thousands of proxies are megabytes. */
const timeoutMs = 5_000;

export function istiodsBy(podHttp: PodHttp): Istiods {
  const ask = async (istiod: PodAddress, port: number): Promise<readonly SyncStatus[]> => {
    const answer = await podHttp.request(istiod, port, { path: syncPath, timeoutMs, inTurn: true });
    if (answer.status === 200) return parseSyncStatus(answer.body);
    throw new ConnectionError(
      `istiod ${istiod.namespace}/${istiod.name} answers ${String(answer.status)} to ${syncPath}`,
      'Its debug pages may be switched off (ENABLE_DEBUG_ON_HTTP): then only asking every sidecar proves more (verify: all).',
    );
  };
  return {
    status: (istiod) =>
      ask(istiod, ports[0]).catch((error: unknown) => {
        if (error instanceof ConnectionError) return ask(istiod, ports[1]);
        throw error;
      }),
  };
}

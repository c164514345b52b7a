import { ConnectionError } from '../../runtime/errors.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { ApiServer } from '../api/apiServer.ts';
import { refused, statusOf } from '../api/failures.ts';
import type { PodProxy } from '../api/kubeApi.ts';
import { sender } from '../api/restApi.ts';

export function apiServerPodProxy(server: ApiServer, clock: Clock): PodProxy {
  const send = sender(server, clock, { retries: false });
  return {
    async get(pod, port, path) {
      const proxied = `/api/v1/namespaces/${encodeURIComponent(pod.namespace)}/pods/${encodeURIComponent(pod.name)}:${String(port)}/proxy${path}`;
      const what = {
        verb: 'get',
        group: '',
        resource: 'pods/proxy',
        namespace: pod.namespace,
        name: `${pod.name}:${String(port)}`,
      } as const;
      const answer = await send(what, { method: 'GET', path: proxied });
      const status = statusOf(answer);
      // The application's own answers pass through with their status; only the API server speaks in Status objects.
      if (status === null || answer.status < 400) return answer;
      if ([401, 403].includes(answer.status)) throw refused(what, answer, server.server);
      throw new ConnectionError(
        `port ${String(port)} of pod ${pod.namespace}/${pod.name} cannot be reached through the API server: ${status.message}`,
        'Look at the pod: kubectl describe and kubectl logs.',
      );
    },
  };
}

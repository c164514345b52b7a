import { ConnectionError, RemedyError } from '../../runtime/errors.ts';
import { ClosedError, HandshakeError } from '../api/apiServer.ts';
import type { ApiServer } from '../api/apiServer.ts';
import { refused, unreachable } from '../api/failures.ts';
import type { Asked } from '../api/failures.ts';
import { errorMessage, isTimeout } from '../api/http.ts';
import type { HttpAnswer, HttpRequest, PodAddress } from '../api/kubeApi.ts';
import { CutOffError, execute } from './podExec.ts';
import type { Executed } from './podExec.ts';

/** Envoy's admin, asked by the program that Istio ships beside every Envoy. */
export interface AdminByExec {
  /** @throws ConnectionError; PermissionError for pods/exec */
  request(pod: PodAddress, request: HttpRequest): Promise<HttpAnswer>;
  /** Ends what is still open. */
  close(): void;
}

/** So Istio calls it in gateways and in sidecars, native ones among the init containers included. */
const proxyContainer = 'istio-proxy';

/**
 * `pilot-agent request <method> <path>` in the proxy's container, by exec through the API server. It prints the body
 * and a line break; any status above 399 but 404 is its exit code 1 and said on stderr.
 * Source: istio.io/istio, pilot/cmd/pilot-agent/app/request.go and pilot/pkg/request/command.go
 */
export function pilotAgentHttp(server: ApiServer): AdminByExec {
  /** Pods whose proxy has another name: it is taken for their default container. */
  const otherwise = new Set<string>();
  const closed = new AbortController();

  const run = async (
    pod: PodAddress,
    { method = 'GET', path, timeoutMs }: HttpRequest,
  ): Promise<Executed> => {
    const argv = ['pilot-agent', 'request', method, path];
    const key = `${pod.namespace}/${pod.name}`;
    const inContainer = (container: string | null): Promise<Executed> =>
      execute(server, { pod, container, argv, timeoutMs, stop: closed.signal });
    if (otherwise.has(key)) return inContainer(null);
    try {
      return await inContainer(proxyContainer);
    } catch (error) {
      if (!isNoSuchContainer(error)) throw error;
      otherwise.add(key);
      return inContainer(null);
    }
  };

  return {
    async request(pod, request) {
      let executed: Executed;
      try {
        executed = await run(pod, request);
      } catch (error) {
        if (closed.signal.aborted) throw new ClosedError();
        throw explain(error, pod, request, server.server);
      }
      const { stdout, stderr, failure } = executed;
      if (failure === null) return { status: 200, headers: {}, body: stdout.replace(/\n$/, '') };
      throw new ConnectionError(
        `pilot-agent in pod ${pod.namespace}/${pod.name} cannot ask Envoy's admin for ${request.path}: ${stderr.trim() || failure}`,
        'Look at the istio-proxy container of that pod: kubectl logs. Without pilot-agent in it, port-forward is the only way.',
      );
    },
    close() {
      closed.abort();
    },
  };
}

const isNoSuchContainer = (error: unknown): boolean =>
  error instanceof HandshakeError &&
  error.answer.status === 400 &&
  /container \S+ is not valid for pod/.test(error.answer.body);

function explain(
  error: unknown,
  pod: PodAddress,
  { path, timeoutMs }: HttpRequest,
  server: string,
): RemedyError {
  if (error instanceof RemedyError) return error;
  const what: Asked = {
    verb: 'create',
    group: '',
    resource: 'pods/exec',
    namespace: pod.namespace,
    name: pod.name,
  };
  if (error instanceof HandshakeError && [401, 403].includes(error.answer.status)) {
    return refused(what, error.answer, server);
  }
  const target = `pod ${pod.namespace}/${pod.name}`;
  if (isTimeout(error)) {
    return new ConnectionError(
      `pilot-agent in ${target} gave no answer to ${path} within ${String(timeoutMs / 1000)} s`,
      'Look at the pod: kubectl describe and kubectl logs.',
    );
  }
  if (!(error instanceof HandshakeError || error instanceof CutOffError)) {
    return unreachable(what, error, server, timeoutMs);
  }
  return new ConnectionError(
    `${target} cannot be asked for ${path} by exec: ${errorMessage(error)}`,
    'The pod is gone, or is restarting: kubectl get pods shows it.',
    { cause: error },
  );
}

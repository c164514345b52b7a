import { Agent, request as httpRequest } from 'node:http';
import type { RequestOptions } from 'node:http';
import type { RequestOptions as TlsOptions } from 'node:https';
import type { Duplex } from 'node:stream';
import { ConnectionError, RemedyError } from '../../runtime/errors.ts';
import { ClosedError, HandshakeError } from '../api/apiServer.ts';
import type { ApiServer } from '../api/apiServer.ts';
import { refused, unreachable } from '../api/failures.ts';
import type { Asked } from '../api/failures.ts';
import { errorCode, errorMessage, exchange, isTimeout } from '../api/http.ts';
import type { HttpAnswer, HttpRequest, PodAddress, PodHttp } from '../api/kubeApi.ts';
import { PodStream, PodStreamError } from './podStream.ts';

const subprotocols = ['v4.channel.k8s.io'];
/** The API server's handshake alone; the request has its own deadline. */
const handshakeTimeoutMs = 10_000;

/** Keeps its streams open between requests, so that a poll costs one round trip and no handshake. */
class PodAgent extends Agent {
  readonly #open: () => Duplex;

  constructor(open: () => Duplex, inTurn: boolean) {
    super({ keepAlive: true, maxSockets: inTurn ? 1 : Infinity });
    this.#open = open;
  }

  override createConnection(): Duplex {
    return this.#open();
  }
}

export function portForwardHttp(server: ApiServer): PodHttp {
  const agents = new Map<string, PodAgent>();
  const streams = new Set<PodStream>();
  const closed = new AbortController();
  const isClosed = (): boolean => closed.signal.aborted;

  const agentFor = (pod: PodAddress, port: number, inTurn: boolean): PodAgent => {
    const key = `${pod.namespace}/${pod.name}:${String(port)}${inTurn ? ' in turn' : ''}`;
    const known = agents.get(key);
    if (known !== undefined) return known;
    const path = `/api/v1/namespaces/${encodeURIComponent(pod.namespace)}/pods/${encodeURIComponent(pod.name)}/portforward?ports=${String(port)}`;
    const agent = new PodAgent(() => {
      const stream = new PodStream(() => server.webSocket(path, subprotocols, handshakeTimeoutMs));
      streams.add(stream);
      stream.once('close', () => streams.delete(stream));
      return stream;
    }, inTurn);
    agents.set(key, agent);
    return agent;
  };

  return {
    async request(pod, port, request) {
      if (isClosed()) throw new ClosedError();
      const once = (): Promise<HttpAnswer> =>
        ask(agentFor(pod, port, request.inTurn === true), port, request);
      try {
        return await once().catch((error: unknown) => {
          // A kept stream whose far end has just gone (the program restarted): once more on a fresh one.
          if (request.method !== 'POST' && isStale(error) && !isClosed()) return once();
          throw error;
        });
      } catch (error) {
        // Its stream went with the rest.
        if (isClosed()) throw new ClosedError();
        throw explain(error, pod, port, request, server.server);
      }
    },
    close() {
      closed.abort();
      for (const agent of agents.values()) agent.destroy();
      for (const stream of streams) stream.destroy();
      agents.clear();
    },
  };
}

/** The request ran on a stream that had answered before, and met its end. */
class StaleStreamError extends Error {}
const isStale = (error: unknown): boolean => error instanceof StaleStreamError;

async function ask(
  agent: PodAgent,
  port: number,
  { method = 'GET', path, headers = {}, timeoutMs }: HttpRequest,
): Promise<HttpAnswer> {
  const options: RequestOptions & Pick<TlsOptions, 'servername'> = {
    agent,
    method,
    path,
    host: 'localhost',
    // No TLS. Left out, node:http finds out whether that host is an address, and its patterns cost a switch 9 ms.
    servername: '',
    port,
    headers: { ...headers, ...(method === 'POST' ? { 'Content-Length': '0' } : {}) },
    signal: AbortSignal.timeout(Math.ceil(timeoutMs)),
  };
  const request = httpRequest(options);
  try {
    return await exchange(request);
  } catch (error) {
    if (request.reusedSocket && errorCode(error) === 'ECONNRESET') {
      throw new StaleStreamError('the kept stream had ended', { cause: error });
    }
    throw error;
  }
}

function explain(
  error: unknown,
  pod: PodAddress,
  port: number,
  { path, timeoutMs }: HttpRequest,
  server: string,
): RemedyError {
  const what: Asked = {
    verb: 'create',
    group: '',
    resource: 'pods/portforward',
    namespace: pod.namespace,
    name: pod.name,
  };
  const target = `port ${String(port)} of pod ${pod.namespace}/${pod.name}`;
  if (error instanceof RemedyError) return error;
  if (error instanceof HandshakeError && [401, 403].includes(error.answer.status)) {
    return refused(what, error.answer, server);
  }
  if (isTimeout(error)) {
    return new ConnectionError(
      `${target} gave no answer to ${path} within ${String(timeoutMs / 1000)} s`,
      'Look at the pod: kubectl describe and kubectl logs.',
    );
  }
  const byPod =
    error instanceof HandshakeError ||
    error instanceof PodStreamError ||
    ['ECONNRESET', 'EPIPE'].includes(errorCode(error));
  if (!byPod) return unreachable(what, error, server, handshakeTimeoutMs);
  return new ConnectionError(
    `${target} cannot be asked for ${path}: ${errorMessage(error)}`,
    'The pod is gone, is restarting, or does not listen there: kubectl get pods shows it.',
    { cause: error },
  );
}

import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Cluster } from '@kubernetes/client-node/dist/config_types.js';
import WebSocket from 'ws';
import { fileOrData } from '../signIn/credentials.ts';
import type { Credential, Credentials } from '../signIn/credentials.ts';
import { exchange, readAnswer } from './http.ts';
import type { HttpAnswer } from './kubeApi.ts';

export interface ApiCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Absolute, with its query. */
  readonly path: string;
  readonly body?: string;
  readonly contentType?: string;
  readonly timeoutMs: number;
}

/** The API server answered a WebSocket handshake with something else. */
export class HandshakeError extends Error {
  readonly answer: HttpAnswer;

  constructor(answer: HttpAnswer) {
    super(`the API server refused the stream: ${String(answer.status)} ${answer.body.trim()}`);
    this.answer = answer;
  }
}

/**
 * The step is over. Checks that run side by side do not all end with the first that fails: what is still asked then
 * would open new connections, and a process with open connections does not end.
 */
export class ClosedError extends Error {
  constructor() {
    super('the connection to the cluster is closed: nothing is asked any more');
  }
}

/** Idle sockets end well before the API server's 90 s, so that no write meets a socket that is just closing. */
const idleTimeoutMs = 30_000;

/** The API server as a place that takes HTTP calls and WebSockets: TLS, identity and kept connections. */
export class ApiServer {
  readonly server: string;
  readonly #cluster: Cluster;
  readonly #credentials: Credentials;
  #agent: HttpAgent | null = null;
  #agentCert: Credential['clientCertificate'] = null;
  #isClosed = false;

  constructor(cluster: Cluster, credentials: Credentials) {
    this.server = cluster.server;
    this.#cluster = cluster;
    this.#credentials = credentials;
  }

  /** @throws ClosedError; what the socket says */
  async call({ method, path, body, contentType, timeoutMs }: ApiCall): Promise<HttpAnswer> {
    const signal = AbortSignal.timeout(Math.ceil(timeoutMs));
    const credential = await this.#credentials.current();
    const url = new URL(this.server + path);
    const headers = {
      ...credential.headers,
      Accept: 'application/json',
      'User-Agent': 'c4ang-actions',
      ...(body === undefined ? {} : { 'Content-Type': contentType ?? 'application/json' }),
    };
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    return exchange(send(url, { method, headers, agent: this.#agentFor(credential), signal }), body);
  }

  /**
   * Comes paused: the first messages arrive with the handshake, before anyone can listen. Resume it then.
   * @throws HandshakeError when the API server says no; ClosedError
   */
  async webSocket(path: string, protocols: readonly string[], timeoutMs: number): Promise<WebSocket> {
    const credential = await this.#credentials.current();
    const socket = new WebSocket(this.server.replace(/^http/, 'ws') + path, [...protocols], {
      headers: { ...credential.headers, 'User-Agent': 'c4ang-actions' },
      agent: this.#agentFor(credential),
      handshakeTimeout: timeoutMs,
      perMessageDeflate: false,
    });
    return new Promise((resolve, reject) => {
      socket.once('open', () => {
        socket.pause();
        resolve(socket);
      });
      socket.once('error', reject);
      socket.once('unexpected-response', (_request, response) => {
        readAnswer(response).then((answer) => reject(new HandshakeError(answer)), reject);
      });
    });
  }

  close(): void {
    this.#isClosed = true;
    this.#agent?.destroy();
    this.#agent = null;
  }

  #agentFor(credential: Credential): HttpAgent {
    if (this.#isClosed) throw new ClosedError();
    const certificate = credential.clientCertificate;
    if (this.#agent === null || this.#agentCert?.cert !== certificate?.cert) {
      this.#agent?.destroy();
      this.#agent = this.#newAgent(certificate);
      this.#agentCert = certificate;
    }
    return this.#agent;
  }

  #newAgent(certificate: Credential['clientCertificate']): HttpAgent {
    const cluster = this.#cluster;
    const common = { keepAlive: true, timeout: idleTimeoutMs, proxyEnv: proxyEnv(cluster) };
    if (!this.server.startsWith('https:')) return new HttpAgent(common);
    const ca = fileOrData(cluster.caFile, cluster.caData);
    return new HttpsAgent({
      ...common,
      ...(ca === undefined ? {} : { ca }),
      ...(certificate ?? {}),
      ...(cluster.tlsServerName ? { servername: cluster.tlsServerName } : {}),
      rejectUnauthorized: !cluster.skipTLSVerify,
    });
  }
}

/** kubeconfig's proxy-url, else the usual variables; never for this machine itself. */
function proxyEnv(cluster: Cluster): NodeJS.ProcessEnv {
  if (cluster.proxyUrl) return { HTTP_PROXY: cluster.proxyUrl, HTTPS_PROXY: cluster.proxyUrl };
  const host = new URL(cluster.server).hostname;
  return /^(localhost|127\.|\[::1\])/.test(host) ? {} : process.env;
}

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, STATUS_CODES } from 'node:http';
import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import type { RequestOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { KubeConfig } from '@kubernetes/client-node';
import { stringify } from 'yaml';

/** One call of the process under test, as the proxy sees it. WebSockets count once, at their handshake. */
export interface SeenCall {
  /** From 0, in the order of arrival. */
  readonly index: number;
  readonly method: string;
  /** With its query. */
  readonly path: string;
}

/**
 * What becomes of a call:
 * `answer` is given in the API server's place, which never hears of the call; `hang` never answers;
 * `reset` breaks the connection before the call is forwarded, `lost` after the API server took it and before
 * its answer is given, `cut` in the middle of that answer.
 */
export type Fault =
  | { readonly kind: 'answer'; readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  | { readonly kind: 'hang' | 'reset' | 'lost' | 'cut' };

/** null: forward it as it is. May be awaited: tests stop or kill the process there. */
export interface Script {
  readonly before?: (call: SeenCall) => Fault | null | Promise<Fault | null>;
  /** Called when the API server has answered, and awaited before its answer is given. */
  readonly answered?: (call: SeenCall) => void | Promise<void>;
  /** Asks the API server for something else instead. */
  readonly pathOf?: (path: string) => string;
  /** Gives another answer of the same status. */
  readonly rewrite?: (call: SeenCall, content: Buffer) => Buffer;
}

/** A door to the API server that sees every call and can spoil it. */
export interface ApiProxy {
  /** Path of a kubeconfig that leads through it. */
  readonly kubeconfig: string;
  /** What came since the last `play`. */
  readonly calls: readonly SeenCall[];
  play(script: Script): void;
  /** Until no call is on its way any more: what a process sent before it was killed arrives all the same. */
  quiet(): Promise<void>;
  close(): void;
}

export const undisturbed: Script = {};

const words: Readonly<Record<number, string>> = {
  401: 'Unauthorized',
  409: 'Operation cannot be fulfilled: the object has been modified',
  429: 'Too many requests, please try again later.',
  500: 'Internal error occurred: etcdserver: request timed out',
};

/** Listens on loopback in plain HTTP, and speaks to the API server as the kubeconfig's user, or with the call's own token. */
export async function startApiProxy(config: KubeConfig): Promise<ApiProxy> {
  let script = undisturbed;
  let calls: SeenCall[] = [];
  const upstream = await upstreamOf(config);
  const see = ({ method = 'GET', url = '/' }: IncomingMessage): SeenCall => {
    const call = { index: calls.length, method, path: url };
    calls.push(call);
    return call;
  };

  const server = createServer((request, response) => {
    void serve(request, response, see(request), script, upstream).catch(() => response.destroy());
  });
  // The server forgets them once they are WebSockets; one whose client was killed would stay for ever.
  const tunnels = new Set<Duplex>();
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    tunnels.add(socket);
    socket.once('close', () => tunnels.delete(socket));
    socket.on('error', () => socket.destroy());
    void tunnel(request, socket, head, see(request), script, upstream).catch(() => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  const folder = mkdtempSync(join(tmpdir(), 'c4ang-proxy-'));
  const kubeconfig = join(folder, 'kubeconfig');
  const { port } = server.address() as AddressInfo;
  const name = config.getCurrentContext();
  writeFileSync(
    kubeconfig,
    stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': name,
      clusters: [{ name, cluster: { server: `http://127.0.0.1:${String(port)}` } }],
      users: [{ name, user: {} }],
      contexts: [{ name, context: { cluster: name, user: name } }],
    }),
    { mode: 0o600 },
  );
  return {
    kubeconfig,
    get calls() {
      return calls;
    },
    play(next) {
      script = next;
      calls = [];
    },
    async quiet() {
      await Promise.allSettled(upstream.underWay);
    },
    close() {
      rmSync(folder, { recursive: true, force: true });
      server.close();
      server.closeAllConnections();
      for (const socket of tunnels) socket.destroy();
      upstream.agent.destroy();
      upstream.anonymous.destroy();
    },
  };
}

interface Upstream {
  readonly server: URL;
  readonly agent: Agent;
  /** For calls that bring a token of their own: a certificate would win over it. */
  readonly anonymous: Agent;
  /** What was forwarded and has no answer yet. */
  readonly underWay: Set<Promise<unknown>>;
}

async function upstreamOf(config: KubeConfig): Promise<Upstream> {
  const options: RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  const server = config.getCurrentCluster()?.server;
  if (server === undefined) throw new Error('the kubeconfig names no cluster');
  const { ca, cert, key } = options;
  return {
    server: new URL(server),
    agent: new Agent({ keepAlive: true, ca, cert, key }),
    anonymous: new Agent({ keepAlive: true, ca }),
    underWay: new Set(),
  };
}

function forward(
  { server, agent, anonymous }: Upstream,
  request: IncomingMessage,
  { pathOf = (path) => path }: Script,
): ClientRequest {
  return httpsRequest(new URL(pathOf(request.url ?? '/'), server), {
    method: request.method ?? 'GET',
    headers: { ...request.headers, host: server.host },
    agent: request.headers.authorization === undefined ? agent : anonymous,
  });
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  call: SeenCall,
  script: Script,
  upstream: Upstream,
): Promise<void> {
  const body = await buffer(request);
  const fault = (await script.before?.(call)) ?? null;
  if (fault?.kind === 'hang') return;
  if (fault?.kind === 'reset') {
    request.socket.resetAndDestroy();
    return;
  }
  if (fault?.kind === 'answer') {
    response.writeHead(fault.status, { 'Content-Type': 'application/json', ...fault.headers });
    response.end(statusObject(fault.status));
    return;
  }
  const answering = new Promise<IncomingMessage>((resolve, reject) => {
    forward(upstream, request, script).once('response', resolve).once('error', reject).end(body);
  });
  upstream.underWay.add(answering);
  const answer = await answering.finally(() => upstream.underWay.delete(answering));
  const given = await buffer(answer);
  const content = script.rewrite?.(call, given) ?? given;
  await script.answered?.(call);
  if (fault?.kind === 'lost') {
    request.socket.resetAndDestroy();
    return;
  }
  const headers = { ...answer.headers, 'content-length': String(content.length) };
  delete headers['transfer-encoding'];
  response.writeHead(answer.statusCode ?? 502, headers);
  if (fault?.kind === 'cut') {
    // Headers and half of the body have to leave before the end comes.
    response.write(content.subarray(0, Math.floor(content.length / 2)), () =>
      request.socket.resetAndDestroy(),
    );
    return;
  }
  response.end(content);
}

async function tunnel(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  call: SeenCall,
  script: Script,
  upstream: Upstream,
): Promise<void> {
  const fault = (await script.before?.(call)) ?? null;
  if (fault?.kind === 'hang') return;
  if (fault?.kind === 'answer') {
    const extra = Object.entries(fault.headers ?? {}).map(([name, value]) => `${name}: ${value}\r\n`);
    const text = statusObject(fault.status);
    socket.end(
      `HTTP/1.1 ${String(fault.status)} ${STATUS_CODES[fault.status] ?? ''}\r\nContent-Type: application/json\r\n` +
        `Content-Length: ${String(Buffer.byteLength(text))}\r\n${extra.join('')}\r\n${text}`,
    );
    return;
  }
  if (fault?.kind === 'reset') {
    socket.destroy();
    return;
  }
  const asked = forward(upstream, request, script);
  asked.once('error', () => socket.destroy());
  asked.once('response', (answer) => {
    socket.write(headOf(answer));
    answer.pipe(socket);
  });
  asked.once('upgrade', (answer, far, farHead) => {
    far.on('error', () => far.destroy());
    if (socket.destroyed) far.destroy();
    else socket.once('close', () => far.destroy());
    far.once('close', () => socket.destroy());
    void Promise.resolve(script.answered?.(call)).then(() => {
      if (fault?.kind === 'lost') {
        socket.destroy();
        return;
      }
      socket.write(headOf(answer));
      if (farHead.length > 0) socket.write(farHead);
      if (head.length > 0) far.write(head);
      socket.pipe(far);
      if (fault?.kind === 'cut') far.once('data', () => socket.destroy());
      else far.pipe(socket);
    });
  });
  asked.end();
}

function headOf({ statusCode, statusMessage, rawHeaders }: IncomingMessage): string {
  const lines = [`HTTP/1.1 ${String(statusCode)} ${statusMessage ?? ''}`];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    lines.push(`${rawHeaders[index] ?? ''}: ${rawHeaders[index + 1] ?? ''}`);
  }
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/** As the API server says no. Source: Kubernetes API conventions, "Response status kind". */
function statusObject(code: number): string {
  return JSON.stringify({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: words[code] ?? 'spoiled on purpose',
    code,
  });
}

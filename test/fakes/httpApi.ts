import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { ApiServer } from '../../src/cluster/api/apiServer.ts';

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface Reply {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What the API server sends when it refuses. */
export const status = (code: number, message: string, reason = 'Unknown'): Reply => ({
  status: code,
  body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', message, reason, code },
});

/** An API server on loopback that answers from a list, in order, and remembers what it was asked. */
export class HttpApi {
  readonly received: Received[] = [];
  readonly #replies: Reply[];
  readonly #server: Server;
  onUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void = (_request, socket) => {
    socket.destroy();
  };

  constructor(...replies: readonly Reply[]) {
    this.#replies = [...replies];
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { method = '', url: path = '', headers } = request;
        this.received.push({ method, path, headers, body: Buffer.concat(chunks).toString() });
        const reply = this.#replies.shift() ?? { status: 500, body: 'the test expected no such call' };
        response.writeHead(reply.status, reply.headers);
        response.end(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body ?? {}));
      });
    });
    this.#server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      this.onUpgrade(request, socket, head);
    });
  }

  /** Listens, and gives the client that speaks to it. */
  async open(headers: Readonly<Record<string, string>> = {}): Promise<ApiServer> {
    await new Promise<void>((resolve) => {
      this.#server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = this.#server.address() as AddressInfo;
    const cluster = { name: 'test', server: `http://127.0.0.1:${String(port)}`, skipTLSVerify: false };
    return new ApiServer(cluster, {
      current: () => Promise.resolve({ headers, clientCertificate: null }),
    });
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => {
      this.#server.close(resolve);
    });
  }
}

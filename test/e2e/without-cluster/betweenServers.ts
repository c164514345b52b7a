import { createServer, request as ask } from 'node:http';
import type { IncomingMessage, RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Between {
  readonly host: string;
  close(): Promise<void>;
}

/** `hold` lets a request hang, `cut` ends its connection; a status is answered in the server's place at once. */
export type Fate = 'pass' | 'hold' | 'cut' | number | { readonly status: number; readonly body: string };

/**
 * Passes everything on to a server, host names and all.
 * @param meets is told of each request
 */
export function passOn(target: string, meets: (request: IncomingMessage) => Fate): RequestListener {
  const [hostname, port] = target.split(':');
  return (request, response) => {
    const fate = meets(request);
    if (fate === 'hold') return;
    if (fate === 'cut') {
      request.socket.destroy();
      return;
    }
    if (fate !== 'pass') {
      const { status, body } = typeof fate === 'number' ? { status: fate, body: '' } : fate;
      response.writeHead(status, { connection: 'close' }).end(body);
      request.resume();
      return;
    }
    const { method, url: path, headers } = request;
    const onward = ask({ hostname, port, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.on('error', () => onward.destroy());
    request.pipe(onward);
  };
}

/** Stands before a server, at an address of its own. */
export async function between(target: string, meets: (request: IncomingMessage) => Fate): Promise<Between> {
  const server = createServer(passOn(target, meets));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: `127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

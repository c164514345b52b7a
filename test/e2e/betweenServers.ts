import { createServer, request as ask } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Between {
  readonly host: string;
  close(): Promise<void>;
}

/**
 * Stands before a server and passes everything on.
 * @param meets is told of each request; `hold` lets it hang, a status is answered in the server's place at once
 */
export async function between(
  target: string,
  meets: (request: IncomingMessage) => 'pass' | 'hold' | number,
): Promise<Between> {
  const [hostname, port] = target.split(':');
  const server = createServer((request, response) => {
    const fate = meets(request);
    if (fate === 'hold') return;
    if (typeof fate === 'number') {
      response.writeHead(fate, { connection: 'close' }).end();
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
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: `127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

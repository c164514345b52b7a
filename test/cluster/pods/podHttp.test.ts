import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { WebSocketServer } from 'ws';
import { ClosedError } from '../../../src/cluster/api/apiServer.ts';
import type { ApiServer } from '../../../src/cluster/api/apiServer.ts';
import type { PodHttp } from '../../../src/cluster/api/kubeApi.ts';
import { portForwardHttp } from '../../../src/cluster/pods/podHttp.ts';
import { ConnectionError, PermissionError } from '../../../src/runtime/errors.ts';
import { HttpApi } from '../../fakes/httpApi.ts';

// A kubelet's port-forward on loopback: a WebSocket on one side, a real HTTP server as the pod on the other.

const pod = { namespace: 'shop', name: 'gateway-1' };
const portForward = new WebSocketServer({ noServer: true, handleProtocols: () => 'v4.channel.k8s.io' });
let http: HttpApi;
let server: ApiServer;
let podHttp: PodHttp;
let handshakes: string[];
const large = 'x'.repeat(300_000);

const inPod = createServer((request, response) => {
  if (request.url === '/large') {
    // No Content-Length: chunked.
    response.write(large.slice(0, 1000));
    response.end(large.slice(1000));
    return;
  }
  if (request.url === '/never') return;
  response.end(`${request.method ?? ''} ${request.url ?? ''} ${request.headers.host ?? ''}`);
});

function forward(request: IncomingMessage, socket: Duplex, head: Buffer): void {
  handshakes.push(request.url ?? '');
  portForward.handleUpgrade(request, socket, head, (webSocket) => {
    const port = Buffer.from([0x98, 0x3a]);
    webSocket.send(Buffer.concat([Buffer.of(0), port]));
    webSocket.send(Buffer.concat([Buffer.of(1), port]));
    const toPod = connect((inPod.address() as AddressInfo).port, '127.0.0.1');
    toPod.on('data', (bytes) => webSocket.send(Buffer.concat([Buffer.of(0), bytes])));
    toPod.on('close', () => webSocket.close());
    toPod.on('error', () => webSocket.close());
    webSocket.on('message', (message: Buffer) => toPod.write(message.subarray(1)));
    webSocket.on('close', () => toPod.destroy());
  });
}

const refuse =
  (line: string, body: string) =>
  (_request: IncomingMessage, socket: Duplex): void => {
    socket.end(
      `HTTP/1.1 ${line}\r\nContent-Type: application/json\r\nContent-Length: ${String(body.length)}\r\n\r\n${body}`,
    );
  };

beforeEach(async () => {
  handshakes = [];
  http = new HttpApi();
  http.onUpgrade = forward;
  server = await http.open();
  podHttp = portForwardHttp(server);
  await new Promise<void>((resolve) => {
    inPod.listen(0, '127.0.0.1', resolve);
  });
});

afterEach(async () => {
  podHttp.close();
  server.close();
  await http.close();
  inPod.closeAllConnections();
  await new Promise((resolve) => {
    inPod.close(resolve);
  });
});

const get = (path: string, timeoutMs = 5_000) => podHttp.request(pod, 15_000, { path, timeoutMs });

test('asks a port inside a pod, with the headers given', async () => {
  const request = {
    path: '/stats',
    method: 'POST',
    headers: { Host: 'api.c4ang.com' },
    timeoutMs: 5_000,
  } as const;
  expect(await podHttp.request(pod, 15_000, request)).toMatchObject({
    status: 200,
    body: 'POST /stats api.c4ang.com',
  });
  expect(handshakes).toEqual(['/api/v1/namespaces/shop/pods/gateway-1/portforward?ports=15000']);
});

test('keeps its stream between requests: a poll costs no handshake', async () => {
  for (const path of ['/1', '/2', '/3']) await get(path);
  expect(handshakes).toHaveLength(1);
});

test('in turn, requests at once share one stream; one that gives no answer keeps nobody waiting for long', async () => {
  const inTurn = (path: string, timeoutMs = 5_000) =>
    podHttp.request(pod, 15_000, { path, timeoutMs, inTurn: true });
  await Promise.all(['/1', '/2', '/3'].map((path) => inTurn(path)));
  expect(handshakes).toHaveLength(1);
  const [hanging, next] = await Promise.allSettled([inTurn('/never', 200), inTurn('/4')]);
  expect(hanging.status).toBe('rejected');
  expect(next.status).toBe('fulfilled');
});

test('reads large answers in chunks, many at once', async () => {
  const answers = await Promise.all(Array.from({ length: 8 }, () => get('/large')));
  expect(answers.map(({ body }) => body.length)).toEqual(Array.from({ length: 8 }, () => large.length));
});

test('opens a fresh stream when the kept one has ended', async () => {
  await get('/1');
  inPod.closeAllConnections();
  expect(await get('/2')).toMatchObject({ status: 200 });
});

test('names pod and path when there is no answer in time', async () => {
  await expect(get('/never', 50)).rejects.toThrow(
    /port 15000 of pod shop\/gateway-1 gave no answer to \/never within 0.05 s/,
  );
});

test('says what the kubelet says of a port that nobody listens on', async () => {
  http.onUpgrade = (request, socket, head) => {
    portForward.handleUpgrade(request, socket, head, (webSocket) => {
      webSocket.send(Buffer.from([0, 0x98, 0x3a]));
      webSocket.send(Buffer.from([1, 0x98, 0x3a]));
      webSocket.send(Buffer.concat([Buffer.of(1), Buffer.from('connection refused')]));
    });
  };
  await expect(get('/')).rejects.toThrow(/cannot be asked for \/: connection refused/);
});

test('a missing permission prints the rule, for old and new API servers', async () => {
  const message = 'pods "gateway-1" is forbidden: User "x" cannot create resource "pods/portforward"';
  http.onUpgrade = refuse('403 Forbidden', JSON.stringify({ kind: 'Status', apiVersion: 'v1', message }));
  const failure = await get('/').catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(PermissionError);
  expect(failure).toMatchObject({ remedy: expect.stringContaining('verbs: ["get", "create"]') });
});

test('a pod that is gone is named', async () => {
  http.onUpgrade = refuse('404 Not Found', '{}');
  const failure = await get('/').catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(ConnectionError);
  expect(failure).toMatchObject({ message: expect.stringContaining('pod shop/gateway-1') });
});

test('closed, it opens no stream any more: what was asked beside the check that failed ends with it', async () => {
  await get('/one');
  const beside = get('/never');
  podHttp.close();
  server.close();
  await expect(beside).rejects.toThrow(ClosedError);
  const before = handshakes.length;
  await expect(get('/again')).rejects.toThrow(ClosedError);
  await expect(server.webSocket('/late', [], 1_000)).rejects.toThrow(ClosedError);
  expect(handshakes).toHaveLength(before);
});

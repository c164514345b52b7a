import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import type { ApiServer } from '../../../src/cluster/api/apiServer.ts';
import type { PodHttp } from '../../../src/cluster/api/kubeApi.ts';
import { adminAccess } from '../../../src/cluster/pods/adminAccess.ts';
import { pilotAgentHttp } from '../../../src/cluster/pods/pilotAgentHttp.ts';
import type { AdminByExec } from '../../../src/cluster/pods/pilotAgentHttp.ts';
import { portForwardHttp } from '../../../src/cluster/pods/podHttp.ts';
import { ConnectionError, PermissionError } from '../../../src/runtime/errors.ts';
import { HttpApi } from '../../fakes/httpApi.ts';

// An API server on loopback that denies port-forward, and runs "pilot-agent" as a kubelet would.

const pod = { namespace: 'istio-system', name: 'gateway-1' };
const path = '/config_dump?resource=dynamic_route_configs';
const success = { kind: 'Status', apiVersion: 'v1', status: 'Success' };
const sockets = new WebSocketServer({
  noServer: true,
  handleProtocols: (offered) => (offered.has('v4.channel.k8s.io') ? 'v4.channel.k8s.io' : false),
});
let http: HttpApi;
let server: ApiServer;
let forward: PodHttp;
let exec: AdminByExec;
let warnings: string[];
let asked: URL[];
let onExec: (socket: WebSocket) => void;
let refuseExec: ((url: URL) => { readonly line: string; readonly message: string } | null) | null;

const say = (socket: WebSocket, channel: number, text: string): void =>
  socket.send(Buffer.concat([Buffer.of(channel), Buffer.from(text)]));

function answer(socket: Duplex, line: string, message: string): void {
  const body = JSON.stringify({ kind: 'Status', apiVersion: 'v1', message });
  socket.end(
    `HTTP/1.1 ${line}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${String(body.length)}\r\n\r\n${body}`,
  );
}

const denial = (resource: string): string =>
  `pods "gateway-1" is forbidden: User "x" cannot create resource "${resource}" in API group ""`;

function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
  const url = new URL(request.url ?? '', 'http://api');
  asked.push(url);
  if (url.pathname.endsWith('/portforward')) {
    answer(socket, '403 Forbidden', denial('pods/portforward'));
    return;
  }
  const refusal = refuseExec?.(url) ?? null;
  if (refusal !== null) answer(socket, refusal.line, refusal.message);
  else sockets.handleUpgrade(request, socket, head, onExec);
}

beforeEach(async () => {
  asked = [];
  warnings = [];
  refuseExec = null;
  onExec = (socket) => {
    // The API server opens every channel with an empty message.
    for (const channel of [1, 2, 3]) say(socket, channel, '');
    say(socket, 1, '{"configs"');
    say(socket, 1, ': []}\n');
    say(socket, 3, JSON.stringify(success));
    socket.close();
  };
  http = new HttpApi();
  http.onUpgrade = upgrade;
  server = await http.open();
  forward = portForwardHttp(server);
  exec = pilotAgentHttp(server);
});

afterEach(async () => {
  forward.close();
  exec.close();
  server.close();
  await http.close();
});

const admin = (): PodHttp => adminAccess(forward, exec, { warning: (line) => warnings.push(line) });
const ways = (): readonly string[] => asked.map(({ pathname }) => pathname.split('/').at(-1) ?? '');

test('where port-forward is denied, pilot-agent gives the same answer, and that is said once', async () => {
  const podHttp = admin();
  for (const name of ['gateway-1', 'gateway-2', 'gateway-1']) {
    expect(await podHttp.request({ ...pod, name }, 15000, { path, timeoutMs: 5_000 })).toMatchObject({
      status: 200,
      body: '{"configs": []}',
    });
  }
  expect(warnings).toEqual([expect.stringContaining('port-forward denied: asking through exec')]);
  // Denied once in a namespace, it is not tried again there.
  expect(ways()).toEqual(['portforward', 'exec', 'exec', 'exec']);
  const query = asked[1]?.searchParams;
  expect(query?.getAll('command')).toEqual(['pilot-agent', 'request', 'GET', path]);
  expect(query?.get('container')).toBe('istio-proxy');
});

test('denied both, the failure has both rules', async () => {
  refuseExec = () => ({ line: '403 Forbidden', message: denial('pods/exec') });
  const failure = await admin()
    .request(pod, 15000, { path, timeoutMs: 5_000 })
    .catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(PermissionError);
  expect(failure).toMatchObject({
    remedy: expect.stringMatching(
      /"pods\/portforward"\]\s+verbs: \["get", "create"\][^]*"pods\/exec"\]\s+verbs: \["get", "create"\]/,
    ),
  });
});

test('any other port than the admin’s is a matter of port-forward alone', async () => {
  await expect(admin().request(pod, 8080, { path: '/', timeoutMs: 5_000 })).rejects.toThrow(
    'pods/portforward',
  );
  expect(ways()).toEqual(['portforward']);
});

test('a pod whose proxy has another name is asked in its default container', async () => {
  refuseExec = (url) =>
    url.searchParams.get('container') === null
      ? null
      : { line: '400 Bad Request', message: 'container istio-proxy is not valid for pod gateway-1' };
  const podHttp = admin();
  for (let i = 0; i < 2; i += 1) await podHttp.request(pod, 15000, { path, timeoutMs: 5_000 });
  expect(ways()).toEqual(['portforward', 'exec', 'exec', 'exec']);
});

test('what pilot-agent says of a bad answer is told, with its pod', async () => {
  onExec = (socket) => {
    say(socket, 2, 'Error: received unsuccessful status code 503: draining\n');
    const details = { causes: [{ reason: 'ExitCode', message: '1' }] };
    say(socket, 3, JSON.stringify({ ...success, status: 'Failure', reason: 'NonZeroExitCode', details }));
    socket.close();
  };
  await expect(admin().request(pod, 15000, { path, timeoutMs: 5_000 })).rejects.toThrow(
    /istio-system\/gateway-1 .*status code 503: draining/,
  );
});

test.each([
  ['that is cut off is no answer', (socket: WebSocket) => socket.close(), 'the stream ended'],
  ['that hangs ends at its deadline', () => undefined, 'gave no answer to'],
] as const)('an exec %s', async (_title, behaviour, message) => {
  onExec = behaviour;
  const failure = await admin()
    .request(pod, 15000, { path, timeoutMs: 200 })
    .catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(ConnectionError);
  expect(failure).toMatchObject({ message: expect.stringContaining(message) });
});

import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { KubeConfig } from '@kubernetes/client-node';
import { startAgent } from '../../lab/load/agentStream.ts';
import type { AgentStream } from '../../lab/load/agentStream.ts';
import type { Agent } from '../../lab/load/discover.ts';
import type { LoadRow } from '../../lab/load/row.ts';

/** An API server whose pod proxy leads to a load-agent that the test plays. */
let server: Server;
let rows: LoadRow[];
let onRun: (response: ServerResponse) => void;
let asked: { url: string; body: string }[];
let running: ServerResponse | null;

const agent: Agent = { side: 'outside', namespace: 'lab-load', pod: 'load-agent-x', port: 8090 };
const plan = { ratePerSecond: 10, durationSeconds: 1, targets: [] };
const proxy = '/api/v1/namespaces/lab-load/pods/http:load-agent-x:8090/proxy';
const say = (response: ServerResponse, ...lines: object[]): void => {
  response.write(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
};
const start = { type: 'start', run: 'abc', nowMs: Date.now() };
const row = {
  type: 'row',
  sliceMs: 1000,
  path: 'gateway/a',
  service: 's',
  version: 'v1',
  answeredAt: [1, 2],
  sentAt: [-3, 1],
  latency: { 9: 2 },
};

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  asked.push({ url: request.url ?? '', body: await text(request) });
  if (request.url === `${proxy}/run`) {
    running = response;
    onRun(response);
    return;
  }
  if (running !== null) {
    say(running, { type: 'end', reason: 'stopped', sent: 2, skipped: 0 });
    running.end();
  }
  response.end();
}

beforeEach(async () => {
  [rows, asked, running] = [[], [], null];
  server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function begin(): Promise<AgentStream> {
  const { port } = server.address() as AddressInfo;
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [{ name: 'c', server: `http://127.0.0.1:${String(port)}`, skipTLSVerify: true }],
    users: [{ name: 'u' }],
    contexts: [{ name: 'x', cluster: 'c', user: 'u' }],
    currentContext: 'x',
  });
  return startAgent(config, agent, plan, (one) => rows.push(one));
}

test('rows come as the agent sends them, until its end', async () => {
  onRun = (response) => {
    say(response, start, row, row, { type: 'end', reason: 'duration', sent: 4, skipped: 0 });
    response.end();
  };
  const stream = await begin();
  expect(await stream.ended).toBeNull();
  expect(rows.map(({ side, answeredAtMs }) => [side, answeredAtMs.length])).toEqual([
    ['outside', 2],
    ['outside', 2],
  ]);
  expect(asked).toEqual([{ url: `${proxy}/run`, body: JSON.stringify(plan) }]);
});

test('a stop is gentle: the agent is asked, and its last rows are taken', async () => {
  onRun = (response) => say(response, start, row);
  const stream = await begin();
  expect(await stream.stop()).toBeNull();
  expect(asked.at(-1)?.url).toBe(`${proxy}/stop?run=abc`);
  expect(rows).toHaveLength(1);
});

test('a stream that breaks off is told, with what came before it', async () => {
  onRun = (response) => {
    say(response, start, row);
    response.end();
  };
  const stream = await begin();
  expect(await stream.ended).toMatch(/broke off/);
  expect(rows).toHaveLength(1);
});

test('a connection that is cut is told by the agent’s pod', async () => {
  onRun = (response) => {
    say(response, start);
    setTimeout(() => response.destroy(), 20);
  };
  expect(await (await begin()).ended).toMatch(/load-agent-x/);
});

test('a refusal is given in the agent’s own words', async () => {
  onRun = (response) => {
    response.statusCode = 400;
    response.end('refused:\n  ratePerSecond is 9000\n');
  };
  await expect(begin()).rejects.toThrow(/load-agent-x refused the load: refused:\s+ratePerSecond is 9000/);
});

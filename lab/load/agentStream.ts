import { request as httpsRequest } from 'node:https';
import { request as httpRequest } from 'node:http';
import type { IncomingMessage, RequestOptions } from 'node:http';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import type { KubeConfig } from '@kubernetes/client-node';
import { clockOffset, parseAgentLine, toLoadRow } from './row.ts';
import type { AgentLine, LoadRow, Side } from './row.ts';
import type { Agent } from './discover.ts';
import { LoadError } from './error.ts';
import type { LoadPlan } from './plan.ts';

/** load-agent ends the rest of its answers within this, or they are given up. */
const lastAnswersMs = 5_000;

/** One load-agent at work, through the API server's pod proxy. */
export interface AgentStream {
  /** Resolves when the load is over and every row was handed on; says why, if it was cut short. */
  readonly ended: Promise<string | null>;
  /** Asks it to end gently; resolves as `ended` does. Safe to call twice. */
  stop(): Promise<string | null>;
}

/**
 * Starts one agent's part of a load.
 * @returns once the agent has accepted the plan
 * @throws LoadError with the agent's own words when it refused
 */
export async function startAgent(
  config: KubeConfig,
  agent: Agent,
  plan: LoadPlan,
  onRow: (row: LoadRow) => void,
): Promise<AgentStream> {
  const askedMs = Date.now();
  const response = await post(config, agent, '/run', JSON.stringify(plan));
  if (response.statusCode !== 200) {
    throw new LoadError(`load-agent in pod ${agent.pod} refused the load: ${(await text(response)).trim()}`);
  }
  const lines = readLines(response);
  const first = await lines.next();
  if (first.done === true || first.value.type !== 'start') {
    throw new LoadError(`load-agent in pod ${agent.pod} ended before it began`);
  }
  const offsetMs = clockOffset(first.value.nowMs, askedMs, Date.now());
  const ended = forward(lines, agent.side, offsetMs, onRow).catch(
    (error: unknown) => `${agent.pod}: ${error instanceof Error ? error.message : String(error)}`,
  );
  const runId = first.value.run;
  return {
    ended,
    async stop() {
      const asked = await post(config, agent, `/stop?run=${runId}`, '').catch(() => null);
      asked?.resume();
      const timer = setTimeout(() => response.destroy(), lastAnswersMs);
      const reason = await ended;
      clearTimeout(timer);
      return reason;
    },
  };
}

/** @returns null when the load ended as asked, else why it did not */
async function forward(
  lines: AsyncIterator<AgentLine>,
  side: Side,
  offsetMs: number,
  onRow: (row: LoadRow) => void,
): Promise<string | null> {
  for (;;) {
    const line = await lines.next();
    if (line.done === true) return 'the stream from load-agent broke off';
    if (line.value.type === 'row') onRow(toLoadRow(line.value, side, offsetMs));
    if (line.value.type === 'end') {
      return ['duration', 'stopped'].includes(line.value.reason) ? null : line.value.reason;
    }
  }
}

async function* readLines(response: IncomingMessage): AsyncGenerator<AgentLine, void> {
  for await (const line of createInterface({ input: response, crlfDelay: Infinity })) {
    yield parseAgentLine(line);
  }
}

async function post(config: KubeConfig, agent: Agent, path: string, body: string): Promise<IncomingMessage> {
  const server = config.getCurrentCluster()?.server;
  if (server === undefined) throw new LoadError('the kubeconfig names no cluster');
  const url = new URL(
    `${server}/api/v1/namespaces/${agent.namespace}/pods/http:${agent.pod}:${String(agent.port)}/proxy${path}`,
  );
  const options: RequestOptions = {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) },
  };
  await config.applyToHTTPSOptions(options);
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    send(url, options, resolve).once('error', reject).end(body);
  });
}

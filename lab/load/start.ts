import type { KubeConfig } from '@kubernetes/client-node';
import { startAgent } from './agentStream.ts';
import type { AgentStream } from './agentStream.ts';
import { discoverSources, findService } from './discover.ts';
import { LoadError } from './error.ts';
import { targetsFor } from './plan.ts';
import { LoadReport } from './report.ts';
import type { LoadRow } from './row.ts';

export interface LoadOptions {
  /** Over all paths and services together; each path gets its even share. */
  readonly ratePerSecond: number;
  readonly services: readonly string[];
  readonly namespace?: string;
  /** It ends by itself after this; the most that load-agent takes is 1800, which is the default. */
  readonly durationSeconds?: number;
  /** How often rows are sent, in milliseconds; 100 when absent. Sending them takes from what is measured. */
  readonly reportEveryMs?: number;
  /** Aborting it is as calling stop(). */
  readonly signal?: AbortSignal;
  /** Called for each row as it comes. */
  readonly onRow?: (row: LoadRow) => void;
}

/** A load under way. */
export interface LoadRun {
  /** What it has seen so far. Rows are some 100 ms behind, and as much as they are sent seldom. */
  report(): LoadReport;
  /** Resolves when the load is over, by its duration, by stop() or because it broke off. */
  readonly ended: Promise<LoadReport>;
  /** Ends the load gently: answers that are on their way are awaited. */
  stop(): Promise<LoadReport>;
}

const longestSeconds = 1800;

/**
 * Starts a steady load through every gateway pod and from every caller inside the mesh.
 * @returns once every agent has accepted its part
 * @throws LoadError when something the load needs is missing, or an agent refuses
 */
export async function startLoad(config: KubeConfig, options: LoadOptions): Promise<LoadRun> {
  const namespace = options.namespace ?? 'ecommerce';
  const [sources, services] = await Promise.all([
    discoverSources(config),
    Promise.all(options.services.map((name) => findService(config, name, namespace))),
  ]).catch((error: unknown) => {
    throw error instanceof LoadError ? error : unreachable(config, error);
  });
  const pathCount = sources.reduce((sum, { paths }) => sum + paths.length, 0);
  const rows: LoadRow[] = [];
  const take = (row: LoadRow): void => {
    rows.push(row);
    options.onRow?.(row);
  };
  const started = await Promise.allSettled(
    sources.map(({ agent, paths }) =>
      startAgent(
        config,
        agent,
        {
          ratePerSecond: (options.ratePerSecond * paths.length) / pathCount,
          durationSeconds: options.durationSeconds ?? longestSeconds,
          targets: targetsFor(paths, services),
          ...(options.reportEveryMs === undefined ? {} : { reportEveryMs: options.reportEveryMs }),
        },
        take,
      ),
    ),
  );
  const streams = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const refused = started.find((one) => one.status === 'rejected');
  if (refused !== undefined) {
    await Promise.all(streams.map((stream) => stream.stop()));
    throw refused.reason;
  }
  return runOf(streams, rows, options.signal);
}

/** The client's own errors carry a dump of the answer and a stack: neither helps here. */
function unreachable(config: KubeConfig, error: unknown): LoadError {
  const { cause, message } = error instanceof Error ? error : new Error(String(error));
  const reason = (cause instanceof Error ? cause.message : message).split('\n')[0] ?? '';
  const server = config.getCurrentCluster()?.server ?? 'the cluster';
  return new LoadError(`${server} did not answer as wanted: ${reason}`, { cause: error });
}

function runOf(
  streams: readonly AgentStream[],
  rows: readonly LoadRow[],
  signal: AbortSignal | undefined,
): LoadRun {
  const ended = Promise.all(streams.map((stream) => stream.ended)).then(
    (reasons) =>
      new LoadReport(
        rows,
        reasons.filter((reason) => reason !== null),
      ),
  );
  const stop = async (): Promise<LoadReport> => {
    await Promise.all(streams.map((stream) => stream.stop()));
    return ended;
  };
  signal?.addEventListener('abort', () => void stop(), { once: true });
  return { report: () => new LoadReport([...rows]), ended, stop };
}

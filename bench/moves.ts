import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LoadRun } from '../lab/load/start.ts';
import { all } from '../src/domain/split.ts';
import { everywhere, planWeights } from '../src/domain/routing/switchPlan.ts';
import type { ApiProxy } from '../test/e2e/apiProxy.ts';
import { mustStep, routing } from '../test/e2e/harness.ts';

/** How often to look whether the load's rows have come, and for how long. */
const rows = { lookEveryMs: 300, atMostMs: 15_000 } as const;
/** A gateway that has answered with the new version alone for so long does not go back to the old one. */
const steadyMs = 300;

/**
 * Seen from outside: the moment from which every gateway's answers are of the new version alone. For each gateway the
 * middle between its last old answer and its first new one: over many rounds neither too early nor too late.
 * @param sinceMs when the move began, by the wall clock
 */
export async function servedAt(run: LoadRun, newVersion: string, sinceMs: number): Promise<number> {
  const deadlineMs = Date.now() + rows.atMostMs;
  for (;;) {
    await sleep(rows.lookEveryMs);
    const moments = servedMoments(run, newVersion, sinceMs);
    const instants = Object.values(moments);
    if (instants.length > 0 && instants.every(Number.isFinite)) return Math.max(...instants);
    if (Date.now() >= deadlineMs) {
      throw new Error(`not every gateway served ${newVersion} alone: ${Object.keys(moments).join(', ')}`);
    }
  }
}

/** By gateway; Infinity for one that is not yet known to serve the new version alone. */
function servedMoments(run: LoadRun, newVersion: string, sinceMs: number): Readonly<Record<string, number>> {
  const outside = run
    .report()
    .rows.filter(({ side, sliceMs }) => side === 'outside' && sliceMs > sinceMs - 2_000);
  const paths = [...new Set(outside.map(({ path }) => path))];
  return Object.fromEntries(
    paths.map((path) => {
      const answers = outside.filter((row) => row.path === path);
      const instants = (isNew: boolean): number[] =>
        answers
          .filter(({ version }) => (version === newVersion) === isNew)
          .flatMap(({ answeredAtMs }) => answeredAtMs)
          .filter((instant) => instant >= sinceMs);
      const lastOld = Math.max(sinceMs, ...instants(false));
      const since = instants(true).filter((instant) => instant > lastOld);
      const firstNew = Math.min(...since);
      const isSteady = Math.max(...since) - firstNew >= steadyMs;
      return [path, isSteady ? (lastOld + firstNew) / 2 : Infinity];
    }),
  );
}

export interface BareMove {
  readonly wholeMs: number;
  /** From the API server's answer, as the proxy in front of it saw it pass. */
  readonly acceptedToServedMs: number;
}

/** kubectl, as a process of its own, writes the gateways' weights and nothing else. */
export async function barePatch(
  service: string,
  proxy: ApiProxy,
  run: LoadRun,
  newVersion: string,
): Promise<BareMove> {
  // The mesh's own VirtualService is none of the gateways' business: the measured one is the only write.
  const virtualServices = (await routing(service)).virtualServices.filter((vs) => vs.gateways.length > 0);
  let acceptedMs = NaN;
  proxy.play({
    answered({ method }) {
      if (method === 'PATCH') acceptedMs = Date.now();
    },
  });
  const startedMs = Date.now();
  for (const vs of virtualServices) {
    const patch = planWeights(vs, everywhere(all('green'))).patch.filter(({ op }) => op !== 'test');
    await kubectl(proxy.kubeconfig, [
      'patch',
      'virtualservice',
      vs.name,
      `--namespace=${vs.namespace}`,
      '--type=json',
      `--patch=${JSON.stringify(patch)}`,
    ]);
  }
  const wholeMs = Date.now() - startedMs;
  return { wholeMs, acceptedToServedMs: (await servedAt(run, newVersion, startedMs)) - acceptedMs };
}

/** The kubectl on the PATH, or the one that $KUBECTL names. */
function kubectl(kubeconfig: string, argv: readonly string[]): Promise<void> {
  const program = process.env['KUBECTL'] ?? 'kubectl';
  return new Promise((resolve, reject) => {
    const child = spawn(program, [`--kubeconfig=${kubeconfig}`, ...argv], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    child.once('error', () =>
      reject(new Error(`${program} cannot be started: install kubectl, or name it in $KUBECTL`)),
    );
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${program} ${argv.join(' ')} ended with ${String(code)}`));
    });
  });
}

export interface ActionMove {
  readonly wholeProcessMs: number;
  /** The action's own word: from the accepted patch to the proof in the slowest proxy. */
  readonly acceptedToProofMs: number;
  /** Seen from outside, as for the bare patch. */
  readonly acceptedToServedMs: number;
}

/** The action, as GitHub runs it: process, lease, record, proof, summary; to the candidate, which is its default. */
export async function actionMove(service: string, run: LoadRun, newVersion: string): Promise<ActionMove> {
  const { startedAt, endedAt, outputs } = await mustStep('switch-traffic', { service });
  const acceptedMs = Date.parse(outputs['patched-at'] ?? '');
  return {
    wholeProcessMs: endedAt - startedAt,
    acceptedToProofMs: Number(outputs['switch-ms']),
    acceptedToServedMs: (await servedAt(run, newVersion, startedAt)) - acceptedMs,
  };
}

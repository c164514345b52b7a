import type { ServiceName } from '../../domain/routing/host.ts';
import type { Wanted } from '../../domain/release/renderedChart.ts';
import type { ServiceRouting } from '../../domain/routing/routing.ts';
import { versionLabel } from '../../domain/routing/subsets.ts';
import type { WorkloadPod } from '../../domain/release/workload.ts';
import type { Mesh } from '../../mesh/mesh.ts';
import type { Log } from '../../runtime/log.ts';

interface Tools {
  readonly name: ServiceName;
  readonly mesh: Mesh;
  readonly log: Log;
  readonly signal: AbortSignal;
}

const proofTimeoutMs = 30_000;

/**
 * Lets the candidate's subset select it, and sees that every proxy knows it, long before any weight moves: a
 * change of subset and weight in one push answers 503. Subsets by a fixed label need no change.
 * @throws DeadlineError naming the proxies that never knew it
 */
export async function showToProxies(
  { name, mesh, log, signal }: Tools,
  routing: ServiceRouting,
  { slot, version }: Wanted,
  pods: readonly WorkloadPod[],
): Promise<void> {
  const byVersion = versionLabel in routing.destinationRule.subsets[slot].labels;
  if (byVersion && (await mesh.setSubsetVersion(routing, slot, version))) {
    log.info(`the subset ${slot} selects ${versionLabel}: ${version} now`);
  }
  const endpoints = pods.map(({ ip }) => ip);
  const { proxies, worstMs } = await mesh.proveSubset(await mesh.read(name), slot, endpoints, {
    timeoutMs: proofTimeoutMs,
    signal,
  });
  log.info(
    `✓ known: by all ${String(proxies.length)} proxies, ${String(endpoints.length)} healthy endpoints, after ${String(Math.round(worstMs))} ms`,
  );
}

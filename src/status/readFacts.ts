import type { ReleaseLease } from '../cluster/lease/releaseLease.ts';
import type { ReleaseRecord } from '../cluster/record/releaseRecord.ts';
import type { Workloads } from '../cluster/pods/workloads.ts';
import type { ServiceName } from '../domain/routing/host.ts';
import { workloadName } from '../domain/release/renderedChart.ts';
import type { ServiceRouting } from '../domain/routing/routing.ts';
import type { Slot } from '../domain/slot.ts';
import { selects } from '../domain/routing/subsets.ts';
import { valueOf } from '../domain/status/facts.ts';
import type { ProxyStatus, StatusFacts, Told } from '../domain/status/facts.ts';
import type { Workload, WorkloadPod } from '../domain/release/workload.ts';
import type { Mesh } from '../mesh/mesh.ts';
import type { Clock } from '../runtime/clock.ts';
import { ConnectionError, RemedyError } from '../runtime/errors.ts';

export interface Sources {
  readonly name: ServiceName;
  readonly mesh: Pick<Mesh, 'read' | 'splits' | 'exposure'>;
  readonly record: Pick<ReleaseRecord, 'read'>;
  readonly workloads: Pick<Workloads, 'deployment' | 'pods'>;
  readonly lease: Pick<ReleaseLease, 'read'>;
  readonly clock: Clock;
}

/**
 * Reads everything, each part by itself: what cannot be read is told as that, and keeps nothing else from being told.
 * @throws ConnectionError when the cluster cannot be reached at all
 */
export async function readFacts(sources: Sources): Promise<StatusFacts> {
  const { name, mesh, record, workloads, lease, clock } = sources;
  const at = new Date(clock.now());
  const deployment = (slot: Slot): Promise<Attempted<Workload | null>> =>
    told(workloads.deployment(name.namespace, workloadName(name.service, slot)));
  const [routing, forward, blue, green, seen, holder] = await Promise.all([
    told(mesh.read(name, 'back')),
    told(mesh.read(name)),
    deployment('blue'),
    deployment('green'),
    told(record.read(name)),
    told(lease.read(name)),
  ]);
  const parts = [routing, blue, green, seen, holder];
  const [first] = parts.flatMap(({ error }) => (error === undefined ? [] : [error]));
  if (first instanceof ConnectionError && parts.every(({ error }) => error !== undefined)) throw first;
  const found = { blue, green };
  const [proxies, exposure, pods] = await Promise.all([
    'value' in routing ? told(proxiesOf(mesh, routing.value)) : nothingToAsk,
    'value' in routing ? told(mesh.exposure(routing.value)) : nothingToAsk,
    readPods(workloads, name, valueOf(routing), found),
  ]);
  return {
    name,
    at,
    routing,
    refusal: 'value' in routing && !('value' in forward) ? forward : null,
    workloads: found,
    ...pods,
    proxies,
    exposure,
    record: seen,
    lease: holder,
  };
}

const nothingToAsk: Told<never> = { why: 'the routes could not be read', remedy: 'See what keeps them.' };

type Attempted<T> = Told<T> & { readonly error?: Error };

async function told<T>(reading: Promise<T>): Promise<Attempted<T>> {
  try {
    return { value: await reading };
  } catch (error) {
    // A defect is no fact.
    if (!(error instanceof RemedyError)) throw error;
    return { why: error.message, remedy: error.remedy, error };
  }
}

const proxiesOf = async (mesh: Sources['mesh'], routing: ServiceRouting): Promise<readonly ProxyStatus[]> =>
  (await mesh.splits(routing)).map(({ proxy, ...served }) => ({
    kind: proxy.kind,
    namespace: proxy.pod.namespace,
    pod: proxy.pod.name,
    ...served,
  }));

type Pods = Pick<StatusFacts, 'pods' | 'strays'>;

const noStrays: Pods['strays'] = { both: [], neither: [] };

/** By the subsets, as users are served; without routes by the Deployments' own selectors. */
async function readPods(
  workloads: Sources['workloads'],
  { namespace }: ServiceName,
  routing: ServiceRouting | null,
  found: StatusFacts['workloads'],
): Promise<Pods> {
  if (routing !== null) {
    const all = await told(workloads.pods(namespace, routing.selector));
    return 'value' in all
      ? bySubset(all.value, routing)
      : { pods: { blue: all, green: all }, strays: noStrays };
  }
  const ofDeployment = async (workload: Told<Workload | null>): Promise<Told<readonly WorkloadPod[]>> => {
    if (!('value' in workload)) return workload;
    if (workload.value === null) return { value: [] };
    return told(workloads.pods(namespace, workload.value.selector));
  };
  const [blue, green] = await Promise.all([ofDeployment(found.blue), ofDeployment(found.green)]);
  return { pods: { blue, green }, strays: noStrays };
}

function bySubset(pods: readonly WorkloadPod[], { destinationRule }: ServiceRouting): Pods {
  const isIn = (slot: Slot, pod: WorkloadPod): boolean =>
    selects(destinationRule.subsets[slot].labels, pod.labels);
  const both = pods.filter((pod) => isIn('blue', pod) && isIn('green', pod));
  const neither = pods.filter((pod) => !isIn('blue', pod) && !isIn('green', pod));
  return {
    pods: {
      blue: { value: pods.filter((pod) => isIn('blue', pod)) },
      green: { value: pods.filter((pod) => isIn('green', pod)) },
    },
    strays: { both: both.map(({ name }) => name), neither: neither.map(({ name }) => name) },
  };
}

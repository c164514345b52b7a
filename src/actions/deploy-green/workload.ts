import type { Workloads } from '../../cluster/pods/workloads.ts';
import type { ServiceName } from '../../domain/routing/host.ts';
import type { Release } from '../../domain/release/release.ts';
import { adoptionProblem, readRendered, workloadName } from '../../domain/release/renderedChart.ts';
import type { Wanted } from '../../domain/release/renderedChart.ts';
import type { ServiceRouting } from '../../domain/routing/routing.ts';
import type { Slot } from '../../domain/slot.ts';
import { versionLabel } from '../../domain/routing/subsets.ts';
import type { Workload } from '../../domain/release/workload.ts';
import type { Mesh } from '../../mesh/mesh.ts';
import { PreconditionError } from '../../runtime/errors.ts';
import type { Log } from '../../runtime/log.ts';
import type { Helm } from '../../tools/helm.ts';
import type { HelmUpgrade } from '../../tools/helmArgv.ts';
import { parseManifests } from '../../tools/manifests.ts';
import type { Inputs } from './inputs.ts';

/** What is about to be applied, looked at before. */
export interface WorkloadPlan {
  readonly upgrade: HelmUpgrade;
  readonly values: Readonly<Record<string, unknown>>;
  readonly workload: Workload;
  readonly replicas: number;
  /** What stands in the live slot, for the record; empty when its Deployment does not tell. */
  readonly liveContent: Release['slots'];
}

interface Tools {
  readonly name: ServiceName;
  readonly mesh: Mesh;
  readonly workloads: Workloads;
  readonly helm: Helm;
  readonly chart: string;
  readonly log: Log;
}

/**
 * Renders the chart with the slot's values and checks what comes out against the routing and the cluster.
 * @throws PreconditionError with everything that is wrong
 */
export async function planWorkload(
  inputs: Inputs,
  { name, mesh, workloads, helm, chart, log }: Tools,
  routing: ServiceRouting,
  wanted: Wanted,
  live: Slot,
): Promise<WorkloadPlan> {
  const { service, namespace } = name;
  const release = workloadName(service, wanted.slot);
  const [helmVersion, liveWorkload, existing] = await Promise.all([
    helm.version(),
    workloads.deployment(namespace, workloadName(service, live)),
    workloads.deployment(namespace, release),
  ]);
  const liveReplicas = liveWorkload?.replicas ?? (await mesh.pods(routing))[live].length;
  const replicas = inputs.replicas ?? Math.max(1, liveReplicas);
  log.info(
    `helm ${helmVersion}; ${String(replicas)} pods: ${live}, which is live, has ${String(liveReplicas)}`,
  );

  const values = valuesFor(service, wanted, replicas);
  const upgrade: HelmUpgrade = {
    name: release,
    namespace,
    chart,
    valuesFile: inputs.values,
    timeoutMs: inputs.timeout,
    takeOwnership: existing !== null && existing.helmRelease === null,
    serverSide: helmVersion.startsWith('v4.'),
  };
  const rendered = readRendered(parseManifests(await helm.template(upgrade, values)), wanted, routing);
  if (rendered.kind === 'refused') throw refusal(rendered.problems);
  const { workload } = rendered;
  const adoption = existing === null ? null : adoptionProblem(existing, workload, release);
  if (adoption !== null) throw refusal([adoption]);
  return { upgrade, values, workload, replicas, liveContent: contentOf(live, liveWorkload) };
}

/** Ours come last and win over the user's file. */
function valuesFor(
  service: string,
  { slot, version, image }: Wanted,
  replicas: number,
): Readonly<Record<string, unknown>> {
  const [repository, digest] = image.split('@');
  return {
    part: 'workload',
    app: service,
    slot,
    fullnameOverride: workloadName(service, slot),
    labels: { version },
    image: { repository, digest },
    replicaCount: replicas,
  };
}

function contentOf(slot: Slot, workload: Workload | null): Release['slots'] {
  const version = workload?.podLabels[versionLabel];
  const image = workload?.containers[0]?.image;
  return version === undefined || image === undefined ? {} : { [slot]: { version, image } };
}

const refusal = (
  problems: readonly { readonly what: string; readonly remedy: string }[],
): PreconditionError =>
  new PreconditionError(
    problems.map(({ what }) => what).join('\n'),
    problems.map(({ remedy }) => remedy).join('\n  '),
  );

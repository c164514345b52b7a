import { join } from 'node:path';
import { CoreV1Api, KubeConfig, type KubernetesObject } from '@kubernetes/client-node';
import { apply, readManifests, waitForDeployments } from './apply.ts';
import { prepareArtifacts, type Artifacts } from './build/artifacts.ts';
import { apiServer, etcd } from './cluster/apiServer.ts';
import { containerd } from './cluster/containerd.ts';
import { controlPlane, namedIstiod } from './cluster/controlPlane.ts';
import { controllerManager, scheduler } from './cluster/controllers.ts';
import { runTasks, type Task } from './cluster/graph.ts';
import { importImages, stampImages } from './cluster/images.ts';
import { kubelet } from './cluster/kubelet.ts';
import { kubeProxy } from './cluster/kubeProxy.ts';
import type { Part, PartContext } from './cluster/part.ts';
import { ensurePki } from './cluster/pki.ts';
import { prometheus } from './cluster/prometheus.ts';
import { registry } from './cluster/registry.ts';
import { ensurePart } from './cluster/supervisor.ts';
import { fillToolbox, iptablesOf } from './cluster/toolbox.ts';
import { collisions } from './host/collisions.ts';
import { readBaseline, writeBaseline } from './host/baseline.ts';
import { allowPodForwarding, savedRules } from './host/iptables.ts';
import { arePodsCutOff, ensureBridge, linkNames } from './host/network.ts';
import { claimOwnership, currentOwner, refuseForeignOwner, whileLocked } from './host/owner.ts';
import { podsGroups } from './host/podProcesses.ts';
import { findOnPath, hostProblems, PreflightError, thisHost } from './host/preflight.ts';
import { progressTo, type Progress } from './host/progress.ts';
import { connectLab } from './connect.ts';
import type { SampleRepository } from './build/sampleImage.ts';
import { ensureService, sampleServices } from './services.ts';
import { enableForwarding } from './host/sysctls.ts';
import { here, loopbackPorts, type Layout } from './layout.ts';

const manifests = (name: string): string => join(import.meta.dirname, 'manifests', name);

/** The parts of a cluster, in the order in which `status` shows them. */
export function partsOf(context: PartContext): Part[] {
  const makers = [
    etcd,
    apiServer,
    controllerManager,
    scheduler,
    containerd,
    kubelet,
    kubeProxy,
    registry,
    prometheus,
    controlPlane,
  ];
  return makers.map((make) => make(context));
}

export interface UpOptions {
  readonly layout?: Layout;
  readonly progress?: Progress;
  /** Sample services to install where they are missing. */
  readonly services?: readonly SampleRepository[];
}

/** @throws PreflightError when another program occupies what the lab needs */
async function refuseCollisions(): Promise<void> {
  const rules = findOnPath('iptables-save') === undefined ? '' : await savedRules(iptablesOf(''));
  const problems = await collisions(loopbackPorts, await linkNames(), rules, podsGroups());
  if (problems.length > 0) throw new PreflightError(problems);
}

/** Pods whose bridge was deleted have no network any more: their controllers make new ones. */
async function replacePods(config: KubeConfig): Promise<void> {
  const api = config.makeApiClient(CoreV1Api);
  const pods = (await api.listPodForAllNamespaces()).items;
  await Promise.all(
    pods.map(({ metadata }) =>
      api.deleteNamespacedPod({
        name: metadata?.name ?? '',
        namespace: metadata?.namespace ?? '',
        gracePeriodSeconds: 0,
      }),
    ),
  );
}

async function startCluster(context: PartContext, progress: Progress, cutOff: boolean): Promise<void> {
  const { layout, env } = context;
  const kubeconfig = (): KubeConfig => {
    const config = new KubeConfig();
    config.loadFromFile(layout.kubeconfig);
    return config;
  };
  let applied: KubernetesObject[] = [];
  const work: Task[] = [
    { name: 'images', after: ['containerd'], run: () => importImages(context) },
    {
      name: 'istio kinds',
      after: ['kube-apiserver'],
      run: async () => {
        const kinds = readManifests(manifests('istio')).filter(
          ({ kind }) => kind === 'CustomResourceDefinition',
        );
        await apply(kubeconfig(), kinds);
      },
    },
    {
      name: 'manifests',
      after: ['istio kinds'],
      run: async () => {
        if (cutOff) await replacePods(kubeconfig());
        const folders = [
          'cluster',
          'istio',
          'platform',
          ...(namedIstiod() === undefined ? [] : ['istiod']),
        ].map(manifests);
        applied = await apply(
          kubeconfig(),
          stampImages(folders.flatMap(readManifests), context.artifacts.images),
        );
      },
    },
    {
      name: 'workloads',
      after: [
        'manifests',
        'kubelet',
        'kube-proxy',
        'kube-controller-manager',
        'kube-scheduler',
        'control-plane',
      ],
      run: () => waitForDeployments(kubeconfig(), applied, 120_000),
    },
  ];
  const parts = partsOf(context).map((part) => ({
    name: part.name,
    after: part.after,
    run: async () => {
      await ensurePart(part, layout, env);
    },
  }));
  await runTasks(
    [...parts, ...work].map((task) => ({ ...task, run: () => progress.step(task.name, task.run) })),
  );
}

async function bringUp(
  layout: Layout,
  progress: Progress,
  services: readonly SampleRepository[],
): Promise<void> {
  refuseForeignOwner(layout);
  const owned = currentOwner() !== undefined;
  if (!owned) await refuseCollisions();
  const artifacts: Artifacts = await prepareArtifacts(progress);
  const iptables = iptablesOf(artifacts.debian);
  if (readBaseline() === undefined) writeBaseline(await savedRules(iptables));
  claimOwnership(layout);
  enableForwarding();
  await ensureBridge();
  await allowPodForwarding(iptables);
  const env = fillToolbox(layout, artifacts.debian);
  await ensurePki(layout, artifacts.pki);
  await startCluster({ layout, artifacts, env }, progress, await arePodsCutOff());
  const lab = connectLab();
  await Promise.all(
    services.map((name) => progress.step(name, async () => ensureService(await lab.host(), name))),
  );
}

/**
 * Brings the lab up, or completes and repairs one that is up: what is healthy stays.
 * @throws PreflightError with everything the machine lacks, before anything is touched
 * @throws OwnerError when another checkout's lab is on the machine
 */
export async function up({
  layout = here,
  progress = progressTo(),
  services = sampleServices,
}: UpOptions = {}): Promise<void> {
  const problems = hostProblems(thisHost);
  if (problems.length > 0) throw new PreflightError(problems);
  await whileLocked('up', () => bringUp(layout, progress, services));
}

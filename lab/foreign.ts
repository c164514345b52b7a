import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CoreV1Api } from '@kubernetes/client-node';
import type { KubeConfig, KubernetesObject, V1Deployment } from '@kubernetes/client-node';
import { apply, managedBy, readManifests, waitForDeployments } from './apply.ts';
import { buildImage } from './build/image.ts';
import { ownProgram } from './build/programs.ts';
import { pushImage } from './build/registryPush.ts';
import type { Registry } from './build/sampleImage.ts';
import { progressTo } from './host/progress.ts';

const platform = join(import.meta.dirname, 'manifests', 'platform');
const readyTimeoutMs = 120_000;

/** A namespace of that name stands on the cluster already, and is not ours to play in. */
export class ForeignNamespaceError extends Error {
  override readonly name = 'ForeignNamespaceError';
}

/**
 * Makes the stage on an existing cluster that has Istio: the platform's namespaces, its Gateway and the two
 * callers, with a real sidecar for the one inside the mesh. Everything lies in namespaces that this project
 * made itself; whoever removes those has removed all of it.
 * @throws ForeignNamespaceError when one of the names is taken by somebody else's namespace
 */
export async function ensureForeignStage(config: KubeConfig, registry: Registry): Promise<void> {
  const objects = readManifests(platform);
  await refuseTakenNamespaces(config, objects);
  const image = await pushLoadAgent(registry);
  const applied = await apply(
    config,
    objects.map((object) => (isDeployment(object) ? forForeignCluster(object, image) : object)),
  );
  await waitForDeployments(config, applied, readyTimeoutMs);
}

async function refuseTakenNamespaces(
  config: KubeConfig,
  objects: readonly KubernetesObject[],
): Promise<void> {
  const wanted = objects.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata?.name);
  const { items } = await config.makeApiClient(CoreV1Api).listNamespace();
  const [label, ours] = Object.entries(managedBy)[0] ?? ['', ''];
  const taken = items
    .filter(({ metadata }) => wanted.includes(metadata?.name) && metadata?.labels?.[label] !== ours)
    .map(({ metadata }) => metadata?.name ?? '');
  if (taken.length === 0) return;
  throw new ForeignNamespaceError(
    `namespace ${taken.join(' and ')} on this cluster is not this project's, and nothing in it was touched: ` +
      `use a cluster without it (ours carry the label ${label}=${ours})`,
  );
}

async function pushLoadAgent(registry: Registry): Promise<string> {
  const program = await ownProgram('load-agent', progressTo());
  const image = buildImage({
    files: [{ path: 'load-agent', mode: 0o755, content: readFileSync(program) }],
    entrypoint: ['/load-agent'],
    user: '10001:10001',
  });
  const digest = await pushImage(registry.url, 'load-agent', 'dev', image);
  return `${registry.name}/load-agent@${digest}`;
}

/**
 * The callers as another cluster takes them: the image from its registry, and for the one inside the mesh
 * Istio's own sidecar in the place of ours, which catches its requests by itself.
 */
export function forForeignCluster(deployment: V1Deployment, image: string): KubernetesObject {
  const changed = structuredClone(deployment);
  const { metadata, spec } = changed.spec?.template ?? {};
  if (metadata === undefined || spec === undefined) return changed;
  const hadSidecar = spec.containers.length > 1;
  spec.containers = spec.containers.filter(({ name }) => name !== 'istio-proxy');
  for (const container of spec.containers) container.image = image;
  delete spec.volumes;
  // The API server reaches the agent without mutual TLS, which a mesh may demand of its pods.
  metadata.annotations = { 'traffic.sidecar.istio.io/excludeInboundPorts': '8090' };
  metadata.labels = { ...metadata.labels, 'sidecar.istio.io/inject': String(hadSidecar) };
  return changed;
}

function isDeployment(object: KubernetesObject): object is V1Deployment {
  return object.kind === 'Deployment';
}

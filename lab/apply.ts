import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  ApiextensionsV1Api,
  AppsV1Api,
  KubernetesObjectApi,
  loadYaml,
  PatchStrategy,
  type KubeConfig,
  type KubernetesObject,
  type V1Deployment,
} from '@kubernetes/client-node';
import { parseAllDocuments } from 'yaml';

/** Owner of the fields that the lab applies, and of everything it makes on another's cluster. */
export const fieldManager = 'c4ang-lab';
export const managedBy = { 'app.kubernetes.io/managed-by': 'c4ang-lab' } as const;

/**
 * The Kubernetes objects of a YAML text; empty documents are left out. Read by the client's own reader: what it
 * writes loses every field that its types spell differently (`x-kubernetes-int-or-string`) and that it did not read.
 */
export function parseManifests(text: string): KubernetesObject[] {
  return parseAllDocuments(text).flatMap((document) => {
    if (document.errors.length > 0) throw new Error(document.errors.map(({ message }) => message).join('; '));
    return document.toJS() === null ? [] : [loadYaml<KubernetesObject>(document.toString())];
  });
}

/** The objects of every .yaml file of a folder, by file name. */
export function readManifests(folder: string): KubernetesObject[] {
  const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  return files.sort().flatMap((name) => parseManifests(readFileSync(join(folder, name), 'utf8')));
}

/** What others depend on comes first: kinds, then namespaces, then everything else. */
export function inOrder(objects: readonly KubernetesObject[]): KubernetesObject[][] {
  const rank = ({ kind }: KubernetesObject): number =>
    kind === 'CustomResourceDefinition' || kind === 'Namespace' ? 0 : kind === 'ServiceAccount' ? 1 : 2;
  return [0, 1, 2]
    .map((level) => objects.filter((object) => rank(object) === level))
    .filter((group) => group.length > 0);
}

function labelled(object: KubernetesObject): KubernetesObject {
  const copy = structuredClone(object);
  copy.metadata = Object.assign(copy.metadata ?? {}, { labels: { ...copy.metadata?.labels, ...managedBy } });
  return copy;
}

async function waitEstablished(config: KubeConfig, names: readonly string[]): Promise<void> {
  const api = config.makeApiClient(ApiextensionsV1Api);
  for (const name of names) {
    const end = Date.now() + 30_000;
    for (;;) {
      const { status } = await api.readCustomResourceDefinition({ name });
      if (status?.conditions?.some(({ type, status: value }) => type === 'Established' && value === 'True'))
        break;
      if (Date.now() > end) throw new Error(`the API server does not serve ${name} after 30 s`);
      await sleep(50);
    }
  }
}

/** Applies objects by server-side apply, marked as the lab's, and returns what the cluster holds then. */
export async function apply(
  config: KubeConfig,
  objects: readonly KubernetesObject[],
): Promise<KubernetesObject[]> {
  const applied: KubernetesObject[] = [];
  for (const group of inOrder(objects)) {
    // A client of its own for each group: it remembers which kinds the cluster knew.
    const api = KubernetesObjectApi.makeApiClient(config);
    const patch = (object: KubernetesObject): Promise<KubernetesObject> =>
      api.patch(labelled(object), undefined, undefined, fieldManager, true, PatchStrategy.ServerSideApply);
    applied.push(...(await Promise.all(group.map(patch))));
    const kinds = group.filter(({ kind }) => kind === 'CustomResourceDefinition');
    await waitEstablished(
      config,
      kinds.flatMap(({ metadata }) => (metadata?.name === undefined ? [] : [metadata.name])),
    );
  }
  return applied;
}

/** Whether a rollout has ended well: every replica is of the present template and available. */
export function isRolledOut({ metadata, spec, status }: V1Deployment): boolean {
  const wanted = spec?.replicas ?? 1;
  return (
    (status?.observedGeneration ?? 0) >= (metadata?.generation ?? 1) &&
    (status?.updatedReplicas ?? 0) === wanted &&
    (status?.availableReplicas ?? 0) === wanted &&
    (status?.replicas ?? 0) === wanted
  );
}

/** Some Deployments did not roll out in time. */
export class NotReadyError extends Error {
  override readonly name = 'NotReadyError';
}

/**
 * Waits until the Deployments among the objects are rolled out.
 * @throws NotReadyError naming those that are not
 */
export async function waitForDeployments(
  config: KubeConfig,
  objects: readonly KubernetesObject[],
  timeoutMs: number,
): Promise<void> {
  const api = config.makeApiClient(AppsV1Api);
  // What a list returns has no kind: there it is the list that has it.
  let waiting = objects.filter(({ kind = 'Deployment' }) => kind === 'Deployment');
  const end = Date.now() + timeoutMs;
  while (waiting.length > 0) {
    const states = await Promise.all(
      waiting.map(async ({ metadata }) => {
        const { name = '', namespace = 'default' } = metadata ?? {};
        return isRolledOut(await api.readNamespacedDeployment({ name, namespace }));
      }),
    );
    waiting = waiting.filter((_, index) => states[index] === false);
    if (waiting.length > 0 && Date.now() > end) {
      const names = waiting.map(({ metadata }) => `${metadata?.namespace ?? ''}/${metadata?.name ?? ''}`);
      throw new NotReadyError(
        `not ready after ${String(timeoutMs / 1000)} s: ${names.join(', ')} → npm run lab -- status shows their pods`,
      );
    }
    if (waiting.length > 0) await sleep(100);
  }
}

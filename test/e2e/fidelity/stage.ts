import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CoreV1Api, KubernetesObjectApi } from '@kubernetes/client-node';
import type { KubernetesObject } from '@kubernetes/client-node';
import { apply, parseManifests, waitForDeployments } from '../../../lab/apply.ts';
import { pushSampleImage } from '../../../lab/build/sampleImage.ts';
import type { Lab } from '../../../lab/connect.ts';
import { stageHost, stageNamespace } from './recording.ts';

const labFolder = join(import.meta.dirname, '..', '..', '..', 'lab', 'manifests');
const readManifest = (path: string): KubernetesObject[] =>
  parseManifests(readFileSync(join(labFolder, path), 'utf8'));

function deployment(version: string, image: string): string {
  const name = `order-api-${version.replaceAll('.', '-')}`;
  return `
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: ${stageNamespace}}
spec:
  replicas: 2
  selector: {matchLabels: {app: order-api, version: ${version}}}
  template:
    metadata: {labels: {app: order-api, version: ${version}}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
      - name: order-api
        image: ${image}
        readinessProbe: {httpGet: {path: /actuator/health/readiness, port: 8080}, periodSeconds: 1}
`;
}

/** The recorded world: the service, its Gateway, and nothing that routes to it yet. */
const surroundings = `
apiVersion: v1
kind: Namespace
metadata: {name: ${stageNamespace}}
---
apiVersion: v1
kind: Service
metadata: {name: order-api, namespace: ${stageNamespace}}
spec:
  selector: {app: order-api}
  ports: [{name: http, port: 80, targetPort: 8080}]
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: ecommerce-gateway, namespace: ${stageNamespace}}
spec:
  selector: {istio: ingressgateway}
  servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: [${stageHost}]}]
`;

/** The lab's caller in the mesh, its proxy alone, in the stage's namespace. */
function caller(): KubernetesObject[] {
  const objects = [
    ...readManifest('istio/sidecar-bootstrap.yaml'),
    ...readManifest('platform/payment-caller.yaml'),
  ];
  return (
    JSON.parse(JSON.stringify(objects).replaceAll('ecommerce', stageNamespace)) as KubernetesObject[]
  ).filter(({ kind }) => ['ConfigMap', 'Deployment'].includes(kind ?? ''));
}

/** The world in which the recordings were made, in a namespace of its own. */
export async function setStage(lab: Lab): Promise<void> {
  const images = await Promise.all(
    ['v1.0.0', 'v1.1.0'].map(async (version) => ({
      version,
      image: await pushSampleImage('order-api', version, {}, lab.registry()),
    })),
  );
  const texts = [surroundings, ...images.map(({ version, image }) => deployment(version, image))];
  const applied = await apply(lab.config, [...texts.flatMap(parseManifests), ...caller()]);
  await waitForDeployments(lab.config, applied, 120_000);
}

/** Takes the namespace away and waits until it is gone. */
export async function clearStage(lab: Lab): Promise<void> {
  const api = lab.config.makeApiClient(CoreV1Api);
  await api.deleteNamespace({ name: stageNamespace, gracePeriodSeconds: 1 });
  for (let waitedMs = 0; waitedMs < 60_000; waitedMs += 200) {
    const { items } = await api.listNamespace({ fieldSelector: `metadata.name=${stageNamespace}` });
    if (items.length === 0) return;
    await sleep(200);
  }
  throw new Error(`namespace ${stageNamespace} is still there after 60 s`);
}

/** Routes first: what they name must outlive them. */
export async function remove(lab: Lab, objects: readonly KubernetesObject[]): Promise<void> {
  const api = KubernetesObjectApi.makeApiClient(lab.config);
  const routes = objects.filter(({ kind }) => kind === 'VirtualService');
  const rest = objects.filter(({ kind }) => kind !== 'VirtualService');
  for (const object of [...routes, ...rest]) await api.delete(object);
}

export interface StagePod {
  readonly name: string;
  readonly namespace: string;
  readonly address: string;
  readonly version: string;
}

/** Running pods of a namespace by label. */
export async function podsOf(lab: Lab, namespace: string, labelSelector: string): Promise<StagePod[]> {
  const api = lab.config.makeApiClient(CoreV1Api);
  const { items } = await api.listNamespacedPod({ namespace, labelSelector });
  return items
    .filter(({ metadata }) => metadata?.deletionTimestamp === undefined)
    .map(({ metadata, status }) => ({
      name: metadata?.name ?? '',
      namespace,
      address: status?.podIP ?? '',
      version: metadata?.labels?.['version'] ?? '',
    }));
}

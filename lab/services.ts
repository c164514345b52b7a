import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  AppsV1Api,
  CoordinationV1Api,
  CoreV1Api,
  CustomObjectsApi,
  KubernetesObjectApi,
} from '@kubernetes/client-node';
import type { KubeConfig, KubernetesObject } from '@kubernetes/client-node';
import { apply, NotReadyError, parseManifests, waitForDeployments } from './apply.ts';
import { pushSampleImage } from './build/sampleImage.ts';
import type { Registry, SampleRepository } from './build/sampleImage.ts';
import { exec, ExecError } from './host/exec.ts';

/** The cluster that services are installed on. */
export interface ServiceHost {
  readonly config: KubeConfig;
  readonly kubeconfig: string;
  readonly context: string;
  /** Path of the program. */
  readonly helm: string;
  readonly registry: Registry;
}

export const sampleServices: readonly SampleRepository[] = ['order-api', 'customer-api'];

const namespace = 'ecommerce';
const chart = join(import.meta.dirname, '..', 'charts', 'service');
const folderOf = (service: string): string => join(import.meta.dirname, 'services', service);
const rolloutTimeoutMs = 120_000;
const settleMs = 30_000;

/**
 * Installs a sample service unless one of its slots is there: what a user plays with is left alone, and only
 * given time to get ready again; it may be meant to be broken.
 */
export async function ensureService(host: ServiceHost, service: SampleRepository): Promise<void> {
  const api = host.config.makeApiClient(AppsV1Api);
  const { items } = await api.listNamespacedDeployment({ namespace });
  const names = [`${service}-blue`, `${service}-green`];
  const slots = items.filter(({ metadata }) => names.includes(metadata?.name ?? ''));
  if (slots.length === 0) await resetService(host, service);
  else await ignoreNotReady(waitForDeployments(host.config, slots, settleMs));
}

/** Brings a service to where every story begins: v1.0.0 live in blue, nothing known of any release. */
export async function resetService(host: ServiceHost, service: SampleRepository): Promise<void> {
  await forgetRelease(host, service);
  if (service === 'order-api') await resetFromChart(host);
  else await resetFromManifests(host);
}

async function forgetRelease({ config }: ServiceHost, service: string): Promise<void> {
  const name = `${service}-release`;
  await ignoreMissing(config.makeApiClient(CoreV1Api).deleteNamespacedConfigMap({ name, namespace }));
  await ignoreMissing(config.makeApiClient(CoordinationV1Api).deleteNamespacedLease({ name, namespace }));
}

/** order-api: all of it from the reference chart, routing and workload as releases of their own. */
async function resetFromChart(host: ServiceHost): Promise<void> {
  const image = await pushSampleImage('order-api', 'v1.0.0', {}, host.registry);
  const [repository = '', digest = ''] = image.split('@');
  const install = (release: string, ...set: readonly string[]): Promise<void> =>
    helm(host, [
      ...['upgrade', '--install', release, chart, '--values', join(folderOf('order-api'), 'values.yaml')],
      ...set.flatMap((assignment) => ['--set', assignment]),
      // Whoever moved the weights last owns the routes in the API server's eyes.
      ...['--wait', '--timeout', '2m', '--force-conflicts'],
    ]);
  // Pods need the ServiceAccount, which belongs to the routing.
  if (!(await hasAccount(host, 'order-api'))) await install('order-api-routing', 'part=routing');
  await install(
    'order-api-blue',
    ...['slot=blue', 'labels.version=v1.0.0', `image.repository=${repository}`, `image.digest=${digest}`],
  );
  // Only now: blue is ready, and green may still be serving.
  await install('order-api-routing', 'part=routing', 'routing.resetWeights=true');
  await uninstall(host, 'order-api-green');
}

async function hasAccount({ config }: ServiceHost, name: string): Promise<boolean> {
  const { items } = await config.makeApiClient(CoreV1Api).listNamespacedServiceAccount({ namespace });
  return items.some(({ metadata }) => metadata?.name === name);
}

/** customer-api: plain manifests, as the platform has it; what releases made of it goes first. */
async function resetFromManifests(host: ServiceHost): Promise<void> {
  const { config } = host;
  for (const slot of ['blue', 'green']) await uninstall(host, `customer-api-${slot}`);
  const custom = config.makeApiClient(CustomObjectsApi);
  await ignoreMissing(
    custom.deleteNamespacedCustomObject({
      group: 'networking.istio.io',
      version: 'v1',
      plural: 'virtualservices',
      namespace,
      name: 'customer-api-mesh',
    }),
  );
  const image = await pushSampleImage('customer-api', 'v1.0.0', {}, host.registry);
  const previous = await pushSampleImage('customer-api', 'v0.9.0', {}, host.registry);
  const text = readFileSync(join(folderOf('customer-api'), 'manifests.yaml'), 'utf8')
    .replaceAll('${IMAGE}', image)
    .replaceAll('${PREVIOUS_IMAGE}', previous);
  const objects = parseManifests(text);
  await replace(config, objects);
  await waitForDeployments(config, await apply(config, objects), rolloutTimeoutMs);
}

/** What others have written to an object survives being applied over it: weights, labels. So it goes first. */
async function replace(config: KubeConfig, objects: readonly KubernetesObject[]): Promise<void> {
  const api = KubernetesObjectApi.makeApiClient(config);
  await Promise.all(objects.map((object) => ignoreMissing(api.delete(object))));
}

async function helm(host: ServiceHost, argv: readonly string[]): Promise<void> {
  const { kubeconfig, context } = host;
  await exec(host.helm, [...argv, '--namespace', namespace, '--kube-context', context], {
    env: { ...process.env, KUBECONFIG: kubeconfig },
  });
}

async function uninstall(host: ServiceHost, release: string): Promise<void> {
  try {
    await helm(host, ['uninstall', release, '--wait', '--timeout', '2m']);
  } catch (error) {
    if (!(error instanceof ExecError && error.stderr.includes('not found'))) throw error;
  }
}

async function ignoreNotReady(waiting: Promise<void>): Promise<void> {
  try {
    await waiting;
  } catch (error) {
    if (!(error instanceof NotReadyError)) throw error;
  }
}

async function ignoreMissing(deletion: Promise<unknown>): Promise<void> {
  try {
    await deletion;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 404)) throw error;
  }
}

import { CoreV1Api } from '@kubernetes/client-node';
import type { KubeConfig, V1Pod } from '@kubernetes/client-node';
import { LoadError } from './error.ts';
import type { LoadPath, ServiceAddress } from './plan.ts';
import type { Side } from './row.ts';

/** A pod in which load-agent runs. */
export interface Agent {
  readonly side: Side;
  readonly namespace: string;
  readonly pod: string;
  readonly port: number;
}

/** One agent and the ways it sends requests. */
export interface LoadSource {
  readonly agent: Agent;
  readonly paths: readonly LoadPath[];
}

const apiHost = 'api.c4ang.com';
const gatewaySelector = 'istio=ingressgateway';
const loadLabel = 'lab.c4ang.com/load';
const proxyAnnotation = 'lab.c4ang.com/http-proxy';
const agentPort = 8090;
/** What Istio's gateways listen on for port 80 of their Service. */
const gatewayPort = 8080;

/**
 * Who can send load here: the agent outside, through each gateway pod, and each caller inside the mesh.
 * @throws LoadError naming what is missing
 */
export async function discoverSources(config: KubeConfig): Promise<LoadSource[]> {
  const core = config.makeApiClient(CoreV1Api);
  const readyPods = async (labelSelector: string): Promise<V1Pod[]> =>
    (await core.listPodForAllNamespaces({ labelSelector })).items.filter(isReady);
  const [gateways, outside, inside] = await Promise.all([
    readyPods(gatewaySelector),
    readyPods(`${loadLabel}=outside`),
    readyPods(`${loadLabel}=inside`),
  ]);
  const sources = [
    ...outside
      .slice(0, 1)
      .map((pod) => ({ agent: agentOf(pod, 'outside'), paths: gateways.map(gatewayPath) })),
    ...inside.map((pod) => ({ agent: agentOf(pod, 'inside'), paths: [meshPath(pod)] })),
  ];
  const missing = [
    ...(gateways.length === 0 ? [`a ready gateway pod (label ${gatewaySelector})`] : []),
    ...(outside.length === 0 ? [`a ready load-agent (pod label ${loadLabel}=outside)`] : []),
    ...(inside.length === 0 ? [`a ready caller inside the mesh (pod label ${loadLabel}=inside)`] : []),
  ];
  if (missing.length > 0) {
    throw new LoadError(`No load without ${missing.join(' and ')}. \`npm run lab -- up\` brings them.`);
  }
  return sources;
}

/** @throws LoadError when the service does not exist */
export async function findService(
  config: KubeConfig,
  name: string,
  namespace: string,
): Promise<ServiceAddress> {
  const { items } = await config.makeApiClient(CoreV1Api).listNamespacedService({ namespace });
  const ports = items.find(({ metadata }) => metadata?.name === name)?.spec?.ports ?? [];
  const port = (ports.find((one) => one.name?.startsWith('http')) ?? ports[0])?.port;
  if (port === undefined) {
    const known = items.map(({ metadata }) => metadata?.name ?? '').join(', ');
    throw new LoadError(
      `There is no Service ${name} in namespace ${namespace}; there are: ${known || 'none'}`,
    );
  }
  return { name, namespace, port };
}

function gatewayPath(pod: V1Pod): LoadPath {
  const base = `http://${hostOf(pod)}:${String(gatewayPort)}`;
  return { side: 'outside', name: `gateway/${nameOf(pod)}`, baseUrl: () => base, host: apiHost };
}

function meshPath(pod: V1Pod): LoadPath {
  const proxy = pod.metadata?.annotations?.[proxyAnnotation];
  return {
    side: 'inside',
    name: `mesh/${nameOf(pod)}`,
    baseUrl: ({ name, namespace, port }) =>
      `http://${name}.${namespace}.svc.cluster.local${port === 80 ? '' : `:${String(port)}`}`,
    ...(proxy === undefined ? {} : { proxy }),
  };
}

function agentOf(pod: V1Pod, side: Side): Agent {
  return { side, namespace: pod.metadata?.namespace ?? '', pod: nameOf(pod), port: agentPort };
}

function nameOf(pod: V1Pod): string {
  return pod.metadata?.name ?? '';
}

/** The pod's address, in the brackets that IPv6 wants in a URL. */
function hostOf(pod: V1Pod): string {
  const address = pod.status?.podIP ?? '';
  return address.includes(':') ? `[${address}]` : address;
}

function isReady(pod: V1Pod): boolean {
  const ready = pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True');
  return ready === true && pod.metadata?.deletionTimestamp === undefined;
}

import type { KubeApi, KubeObject, PodAddress } from '../../cluster/api/kubeApi.ts';
import { gateways, pods } from '../../cluster/api/resources.ts';
import { objectAt, textsAt } from '../../domain/json.ts';
import { reaches } from '../../domain/routing/exportTo.ts';
import type { GatewayNamespaces } from '../../domain/routing/exportTo.ts';
import { formatObject } from '../../domain/routing/routing.ts';
import type { ManagedVirtualService, ObjectName, ServiceRouting } from '../../domain/routing/routing.ts';
import { selects } from '../../domain/routing/subsets.ts';
import { placeKey } from '../../domain/routing/virtualServiceSpec.ts';
import { PreconditionError } from '../../runtime/errors.ts';
import type { Proxy } from '../mesh.ts';
import { hasRunningSidecar, isReadyGateway, toProxy, workloadOf } from './podView.ts';
import type { WorkloadKey } from './seenCallers.ts';

/** A proxy, and the VirtualServices that it has to serve because of its Gateways. None for a sidecar. */
export interface BoundProxy {
  readonly proxy: Proxy;
  readonly mustServe: readonly ManagedVirtualService[];
}

/** The sidecar of a pod, and the workload that Istio counts the pod's requests for. */
export interface Sidecar extends BoundProxy {
  readonly workload: WorkloadKey;
}

/** All proxies of the cluster, as far as one service is concerned. */
export interface AllProxies {
  readonly gateways: readonly BoundProxy[];
  readonly sidecars: readonly Sidecar[];
  /** The service's own pods with a sidecar, the oldest first. They are among the sidecars too. */
  readonly own: readonly Proxy[];
  readonly istiods: readonly PodAddress[];
}

/**
 * Every ready pod of every Gateway that the VirtualServices are bound to, in any namespace: by the Gateway's
 * selector, as istiod does.
 * @throws PreconditionError for a Gateway that does not exist, or that no ready pod serves; going back only when
 * that is true of all of them: through such a one nobody comes
 */
export function listGateways(api: KubeApi, routing: ServiceRouting): Promise<readonly BoundProxy[]> {
  return gatewaysAmong(api, routing, labelled(api));
}

/** Gateways, and every other pod in the cluster with a sidecar at work: one list of pods for all. */
export async function listAllProxies(api: KubeApi, routing: ServiceRouting): Promise<AllProxies> {
  const all = api.list(pods, {});
  // Looked at below, unless the Gateways have failed already.
  all.catch(() => undefined);
  const gateways = await gatewaysAmong(api, routing, async (labels) =>
    (await all).filter(({ metadata }) => selects(labels, metadata.labels ?? {})),
  );
  const known = new Set(gateways.map(({ proxy }) => proxy.uid));
  const withSidecar = (await all).filter(hasRunningSidecar);
  const sidecars = withSidecar
    .map((pod) => ({ proxy: toProxy('caller', pod), mustServe: [], workload: workloadOf(pod) }))
    .filter(({ proxy }) => !known.has(proxy.uid));
  const own = withSidecar
    .filter(({ metadata }) => metadata.namespace === routing.name.namespace)
    .filter(({ metadata }) => selects(routing.selector, metadata.labels ?? {}))
    .toSorted((a, b) => startOf(a).localeCompare(startOf(b)))
    .map((pod) => toProxy('caller', pod));
  const istiods = (await all).filter(isIstiod).map((pod) => toProxy('caller', pod).pod);
  return { gateways, sidecars, own, istiods };
}

const startOf = ({ metadata }: KubeObject): string => metadata.creationTimestamp ?? '';

/** As Istio's own tools find it, in whatever namespace and of whatever revision. */
const isIstiod = (pod: KubeObject): boolean =>
  pod.metadata.labels?.['app'] === 'istiod' && isReadyGateway(pod);

type PodsBy = (labels: Readonly<Record<string, string>>) => Promise<readonly KubeObject[]>;

const labelled =
  (api: KubeApi): PodsBy =>
  (labels) =>
    api.list(pods, { labels });

async function gatewaysAmong(
  api: KubeApi,
  routing: ServiceRouting,
  podsBy: PodsBy,
): Promise<readonly BoundProxy[]> {
  const places = new Map<string, ObjectName>();
  for (const vs of routing.served) {
    for (const place of vs.gateways) places.set(placeKey(place), place);
  }
  const answers = await Promise.allSettled(
    [...places.values()].map(async (place) => {
      const bound = routing.served.filter((vs) => isBound(vs, place));
      const found = (await podsOf(api, place, bound, podsBy)).map((proxy) => ({
        proxy,
        mustServe: bound.filter(({ reach }) => reaches(reach, proxy.pod.namespace)),
      }));
      if (routing.purpose === 'forward') requireReach(routing, place, bound, found);
      return found;
    }),
  );
  const found = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  const failed = answers.find((answer) => answer.status === 'rejected');
  if (failed !== undefined && !isOverlooked(failed.reason, routing, found)) throw failed.reason;
  const byUid = Map.groupBy(found, ({ proxy }) => proxy.uid);
  return [...byUid.values()].flatMap((same) => {
    const [first] = same;
    const mustServe = [...new Set(same.flatMap((one) => one.mustServe))];
    return first === undefined ? [] : [{ proxy: first.proxy, mustServe }];
  });
}

const isOverlooked = (reason: unknown, { purpose }: ServiceRouting, found: readonly BoundProxy[]): boolean =>
  purpose === 'back' && found.length > 0 && reason instanceof PreconditionError;

const isBound = (vs: ManagedVirtualService, { namespace, name }: ObjectName): boolean =>
  vs.gateways.some((gateway) => gateway.namespace === namespace && gateway.name === name);

/** What is not exported to where a Gateway's pods run is not there for them. */
function requireReach(
  { destinationRule, name }: ServiceRouting,
  place: ObjectName,
  bound: readonly ManagedVirtualService[],
  found: readonly BoundProxy[],
): void {
  const gateway = formatObject('Gateway', place);
  const unserved = found.find(({ mustServe }) => mustServe.length === 0)?.proxy.pod.namespace;
  if (unserved !== undefined) {
    const users = bound.map((vs) => formatObject('VirtualService', vs)).join(', ');
    throw new PreconditionError(
      `${users} is bound to ${gateway}, whose pods run in ${unserved}, and is not exported there: nobody would be served`,
      `Add ${unserved} to spec.exportTo of the VirtualService, or take the Gateway out of its spec.gateways.`,
    );
  }
  const unruled = found.find(({ proxy }) => !reaches(destinationRule.reach, proxy.pod.namespace));
  if (unruled === undefined) return;
  const { namespace } = unruled.proxy.pod;
  throw new PreconditionError(
    `${formatObject('DestinationRule', destinationRule)} is not exported to ${namespace}, where the pods of ${gateway} run: they do not know the slots of ${name.service}`,
    `Add ${namespace} to spec.exportTo of the DestinationRule.`,
  );
}

/** Where the pods of these Gateways run. Those that do not exist, or that nobody serves, are left out. */
export async function gatewayNamespaces(
  api: KubeApi,
  places: readonly ObjectName[],
): Promise<GatewayNamespaces> {
  const found = await Promise.all(
    places.map(async (place): Promise<readonly [string, readonly string[]]> => {
      const proxies = await podsOf(api, place, [], labelled(api)).catch((error: unknown) => {
        if (error instanceof PreconditionError) return [];
        throw error;
      });
      return [placeKey(place), [...new Set(proxies.map(({ pod }) => pod.namespace))]];
    }),
  );
  return new Map(found.filter(([, namespaces]) => namespaces.length > 0));
}

async function podsOf(
  api: KubeApi,
  place: ObjectName,
  bound: readonly ManagedVirtualService[],
  podsBy: PodsBy,
): Promise<readonly Proxy[]> {
  const gateway = formatObject('Gateway', place);
  const users = bound.map((vs) => formatObject('VirtualService', vs)).join(', ');
  const object = await api.get(gateways, place.namespace, place.name);
  if (object === null) {
    throw new PreconditionError(
      `${gateway} does not exist, and ${users} is bound to it: nobody would be served`,
      'Create the Gateway, or correct spec.gateways of the VirtualService.',
    );
  }
  const labels = textsAt(objectAt(object, 'spec'), 'selector');
  if (Object.keys(labels).length === 0) {
    throw new PreconditionError(
      `${gateway} has no selector: which pods serve it cannot be told`,
      'Give it the labels of its gateway pods, for example {istio: ingressgateway}.',
    );
  }
  const ready = (await podsBy(labels)).filter(isReadyGateway);
  if (ready.length === 0) {
    const selector = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
    throw new PreconditionError(
      `${gateway} of ${users} has no ready pod: none has the labels ${selector.join(',')}`,
      `Look at the gateway: kubectl get pods -A -l ${selector.join(',')}`,
    );
  }
  return ready.map((pod) => toProxy('gateway', pod));
}

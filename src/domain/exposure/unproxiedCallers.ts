import { objectAt, objectsAt, textAt, textsAt } from '../json.ts';
import type { JsonObject } from '../json.ts';
import type { ServiceRouting } from '../routing/routing.ts';
import { selects } from '../routing/subsets.ts';
import { hostNamed } from './hostNamed.ts';
import { settingsOf } from './settings.ts';
import type { PlacedSetting } from './settings.ts';

/** A workload without a proxy that is configured with the service's host: weights cannot steer it. */
export interface UnproxiedCaller {
  /** By its owner: `Deployment ecommerce/invoices`. */
  readonly workload: string;
  readonly pods: number;
  /** Where, and by which host: `env ORDER_URL of container app names order-api.ecommerce`. */
  readonly evidence: string;
}

const proxyContainer = 'istio-proxy';
const injectedBy = 'sidecar.istio.io/status';
/** Gateways of the Gateway API, whatever their container is called. */
const gatewayLabel = 'gateway.networking.k8s.io/gateway-name';

/**
 * Whether an Envoy of the mesh stands between the pod and what it calls: a sidecar (a native one is among the
 * initContainers), or because it is a gateway. One that is not ready yet counts: the pod calls nobody without it.
 */
export function hasProxy(pod: JsonObject): boolean {
  const metadata = objectAt(pod, 'metadata');
  const spec = objectAt(pod, 'spec');
  const containers = [...objectsAt(spec, 'containers'), ...objectsAt(spec, 'initContainers')];
  return (
    containers.some(([, container]) => textAt(container, 'name') === proxyContainer) ||
    textsAt(metadata, 'annotations')[injectedBy] !== undefined ||
    textsAt(metadata, 'labels')[gatewayLabel] !== undefined
  );
}

export function isOwnPod(pod: JsonObject, { name, selector }: ServiceRouting): boolean {
  const metadata = objectAt(pod, 'metadata');
  return textAt(metadata, 'namespace') === name.namespace && selects(selector, textsAt(metadata, 'labels'));
}

/** A pod that may call the service past every proxy. Those of the service itself, and those that have ended, may not. */
export function maySlipPast(pod: JsonObject, routing: ServiceRouting): boolean {
  const hasEnded = ['Succeeded', 'Failed'].includes(textAt(objectAt(pod, 'status'), 'phase') ?? '');
  const isLeaving = textAt(objectAt(pod, 'metadata'), 'deletionTimestamp') !== null;
  return !hasEnded && !isLeaving && !isOwnPod(pod, routing) && !hasProxy(pod);
}

/**
 * The workloads without a proxy that name the service, by owner.
 * @param pods of all namespaces
 * @param fromElsewhere what a pod is configured with besides what it says itself: values of ConfigMaps
 */
export function unproxiedCallers<Pod extends JsonObject>(
  pods: readonly Pod[],
  routing: ServiceRouting,
  fromElsewhere: (pod: Pod) => readonly PlacedSetting[] = () => [],
): readonly UnproxiedCaller[] {
  const found = pods
    .filter((pod) => maySlipPast(pod, routing))
    .flatMap((pod) => {
      const namespace = textAt(objectAt(pod, 'metadata'), 'namespace') ?? '';
      const settings = [...settingsOf(pod), ...fromElsewhere(pod)];
      const evidence = evidenceIn(settings, routing, namespace);
      return evidence === null ? [] : [{ workload: workloadOf(pod, namespace), evidence }];
    });
  return [...Map.groupBy(found, ({ workload }) => workload)].map(([workload, same]) => ({
    workload,
    pods: same.length,
    evidence: same[0]?.evidence ?? '',
  }));
}

function evidenceIn(
  settings: readonly PlacedSetting[],
  { name }: ServiceRouting,
  namespace: string,
): string | null {
  for (const setting of settings) {
    const host = hostNamed(setting, name, namespace);
    if (host !== null) return `${setting.place} names ${host}`;
  }
  return null;
}

/** Who made the pod. A ReplicaSet of a Deployment has its name, a hyphen and the pod's template hash. */
function workloadOf(pod: JsonObject, namespace: string): string {
  const metadata = objectAt(pod, 'metadata');
  const owners = objectsAt(metadata, 'ownerReferences').map(([, owner]) => owner);
  const owner = owners.find((one) => one['controller'] === true) ?? owners[0];
  const kind = owner === undefined ? 'Pod' : (textAt(owner, 'kind') ?? 'Pod');
  const name = textAt(owner ?? metadata, 'name') ?? '';
  const hash = textsAt(metadata, 'labels')['pod-template-hash'];
  if (kind === 'ReplicaSet' && hash !== undefined && name.endsWith(`-${hash}`)) {
    return `Deployment ${namespace}/${name.slice(0, -hash.length - 1)}`;
  }
  return `${kind} ${namespace}/${name}`;
}

export const formatUnproxied = ({ workload, pods, evidence }: UnproxiedCaller): string =>
  `${workload} (${String(pods)} ${pods === 1 ? 'pod' : 'pods'}): ${evidence}`;

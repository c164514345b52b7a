import type { KubeObject } from '../../cluster/api/kubeApi.ts';
import { numberAt, objectAt, objectsAt, textAt } from '../../domain/json.ts';
import type { Proxy, ServicePod } from '../mesh.ts';
import type { WorkloadKey } from './seenCallers.ts';

const proxyContainer = 'istio-proxy';
const sidecarAnnotation = 'sidecar.istio.io/status';

const isTerminating = (pod: KubeObject): boolean => pod.metadata.deletionTimestamp !== undefined;

const isReady = (pod: KubeObject): boolean =>
  !isTerminating(pod) &&
  objectsAt(objectAt(pod, 'status'), 'conditions').some(
    ([, condition]) => textAt(condition, 'type') === 'Ready' && textAt(condition, 'status') === 'True',
  );

/** A gateway's pod that takes requests; or istiod's. */
export const isReadyGateway = isReady;

/**
 * A pod with a sidecar that is at work. A native sidecar stands among the initContainers, so the READY column
 * says nothing: the annotation of the injector, or the container's name, does.
 */
export function hasRunningSidecar(pod: KubeObject): boolean {
  if (isTerminating(pod)) return false;
  const status = objectAt(pod, 'status');
  const statuses = [...objectsAt(status, 'containerStatuses'), ...objectsAt(status, 'initContainerStatuses')];
  const proxy = statuses.find(([, container]) => textAt(container, 'name') === proxyContainer);
  if (proxy !== undefined) return proxy[1]['ready'] === true;
  return pod.metadata.annotations?.[sidecarAnnotation] !== undefined && isReady(pod);
}

export const toProxy = (kind: Proxy['kind'], { metadata }: KubeObject): Proxy => ({
  kind,
  pod: { namespace: metadata.namespace ?? '', name: metadata.name },
  uid: metadata.uid ?? metadata.name,
});

/** null for a pod on its way out. */
export function toServicePod(pod: KubeObject, targetPort: number | string): ServicePod | null {
  if (isTerminating(pod)) return null;
  return {
    name: pod.metadata.name,
    uid: pod.metadata.uid ?? pod.metadata.name,
    ip: textAt(objectAt(pod, 'status'), 'podIP') ?? '',
    port: typeof targetPort === 'number' ? targetPort : namedPort(pod, targetPort),
    ready: isReady(pod),
    labels: pod.metadata.labels ?? {},
    deployment: deploymentOf(pod),
  };
}

function namedPort(pod: KubeObject, name: string): number | null {
  const ports = objectsAt(objectAt(pod, 'spec'), 'containers').flatMap(([, container]) =>
    objectsAt(container, 'ports').map(([, port]) => port),
  );
  const found = ports.find((port) => textAt(port, 'name') === name);
  return found === undefined ? null : numberAt(found, 'containerPort');
}

/** A Deployment's ReplicaSet has its name, a hyphen and a hash. */
function deploymentOf({ metadata }: KubeObject): string | null {
  const owner = objectsAt(metadata, 'ownerReferences').find(
    ([, one]) => textAt(one, 'kind') === 'ReplicaSet',
  );
  const name = owner === undefined ? null : textAt(owner[1], 'name');
  return name === null ? null : name.replace(/-[^-]+$/, '');
}

/**
 * What Istio's metrics call the workload of a pod: its Deployment, or whatever else owns it.
 * Source: istio.io/istio, pkg/kube/controllers (GetDeployMetaFromPod).
 */
export function workloadOf(pod: KubeObject): WorkloadKey {
  const owner = objectsAt(pod.metadata, 'ownerReferences').find(([, one]) => one['controller'] === true)?.[1];
  const name = deploymentOf(pod) ?? (owner === undefined ? null : textAt(owner, 'name')) ?? pod.metadata.name;
  return `${pod.metadata.namespace ?? ''}/${name}`;
}

/** Who counts: with the pod's uid, because a pod that comes back under its old name counts from 0. */
export const counterName = (proxy: Proxy): string => `${formatProxy(proxy)} (${proxy.uid})`;

export const formatProxy = ({ kind, pod }: Proxy): string =>
  `${kind === 'gateway' ? 'gateway' : 'sidecar of'} ${pod.namespace}/${pod.name}`;

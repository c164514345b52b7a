import type { ServiceName } from '../../domain/routing/host.ts';
import { objectAt, textAt } from '../../domain/json.ts';
import { readPod, readWorkload, targetPort, troubles } from '../../domain/release/workload.ts';
import type { Container, Workload, WorkloadPod } from '../../domain/release/workload.ts';
import { PermissionError, PreconditionError } from '../../runtime/errors.ts';
import type { KubeApi, KubeObject } from '../api/kubeApi.ts';
import { deployments, events, pods, services } from '../api/resources.ts';

type Labels = Readonly<Record<string, string>>;

/** Deployments and their pods. */
export interface Workloads {
  /** null when there is none. */
  deployment(namespace: string, name: string): Promise<Workload | null>;
  /** Those on their way out are left out. */
  pods(namespace: string, selector: Labels): Promise<readonly WorkloadPod[]>;
  /** How many pods there still are, those on their way out included. */
  podCount(namespace: string, selector: Labels): Promise<number>;
  /**
   * Where in a pod the Service's port leads.
   * @throws PreconditionError when there is no such Service or port
   */
  port(name: ServiceName, servicePort: number, containers: readonly Container[]): Promise<number>;
  /** Why a workload does not come up, as far as its pods and events tell: one line each. */
  troubles(namespace: string, workload: string, selector: Labels): Promise<readonly string[]>;
  /** false when there was none. */
  remove(namespace: string, name: string): Promise<boolean>;
}

export function clusterWorkloads(api: KubeApi): Workloads {
  return {
    async deployment(namespace, name) {
      const object = await api.get(deployments, namespace, name);
      return object === null ? null : readWorkload(object);
    },
    async pods(namespace, labels) {
      const objects = await api.list(pods, { namespace, labels });
      return objects.map(readPod).filter((pod) => pod !== null);
    },
    podCount: async (namespace, labels) => (await api.list(pods, { namespace, labels })).length,
    async port({ service, namespace }, servicePort, containers) {
      const object = await api.get(services, namespace, service);
      const port = object === null ? null : targetPort(object, servicePort, containers);
      if (port !== null) return port;
      throw new PreconditionError(
        `port ${String(servicePort)} of the Service ${namespace}/${service} leads to no port of the candidate's pods`,
        "Let the Service's targetPort name a port that the chart's container declares.",
      );
    },
    async troubles(namespace, workload, labels) {
      const [podObjects, eventObjects] = await Promise.all([
        api.list(pods, { namespace, labels }),
        eventsOf(api, namespace, workload),
      ]);
      return troubles(podObjects, eventObjects);
    },
    remove: (namespace, name) => api.delete(deployments, namespace, name),
  };
}

/** Of the Deployment, its ReplicaSets and its pods: their names begin with its own. The newest last. */
async function eventsOf(api: KubeApi, namespace: string, workload: string): Promise<readonly KubeObject[]> {
  const all = await api.list(events, { namespace }).catch((error: unknown) => {
    // What went wrong can be told without them; a missing right to read them must not hide it.
    if (error instanceof PermissionError) return [];
    throw error;
  });
  const isOurs = (event: KubeObject): boolean => {
    const name = textAt(objectAt(event, 'involvedObject'), 'name') ?? '';
    return name === workload || name.startsWith(`${workload}-`);
  };
  return all.filter(isOurs).sort((a, b) => timeOf(a).localeCompare(timeOf(b)));
}

const timeOf = (event: KubeObject): string =>
  textAt(event, 'lastTimestamp') ?? textAt(event, 'eventTime') ?? event.metadata.creationTimestamp ?? '';

import type { KubeApi } from '../cluster/api/kubeApi.ts';
import { destinationRules, pods, services, virtualServices } from '../cluster/api/resources.ts';
import type { ServiceName } from '../domain/routing/host.ts';
import { inDoubt, readRouting } from '../domain/routing/readRouting.ts';
import type { Purpose, ServiceRouting } from '../domain/routing/routing.ts';
import { selects } from '../domain/routing/subsets.ts';
import { PreconditionError } from '../runtime/errors.ts';
import type { ServicePods } from './mesh.ts';
import { gatewayNamespaces } from './proxies/proxies.ts';
import { toServicePod } from './proxies/podView.ts';

/** @throws PreconditionError with everything that stands in the way, and the remedy of each */
export async function readMesh(api: KubeApi, name: ServiceName, purpose: Purpose): Promise<ServiceRouting> {
  const [service, vss, rules] = await Promise.all([
    api.get(services, name.namespace, name.service),
    api.list(virtualServices, {}),
    api.list(destinationRules, {}),
  ]);
  if (service === null) {
    throw new PreconditionError(
      `there is no Service ${name.service} in namespace ${name.namespace}`,
      'Correct the inputs service and namespace, or apply the Service first.',
    );
  }
  const objects = { service, virtualServices: vss, destinationRules: rules };
  let reading = readRouting(name, objects, purpose);
  const doubtful = purpose === 'back' ? [] : inDoubt(reading, objects);
  if (doubtful.length > 0) {
    const known = await gatewayNamespaces(api, doubtful);
    reading = readRouting(name, { ...objects, gatewayNamespaces: known }, purpose);
  }
  if (reading.kind === 'managed') return reading.routing;
  const { problems } = reading;
  throw new PreconditionError(
    `the routing of ${name.service} in ${name.namespace} cannot be switched:\n${problems.map(({ what }) => `  ${what}`).join('\n')}`,
    problems.map(({ remedy }) => remedy).join('\n  '),
  );
}

/** The pods that the Service selects, by the subset that selects them. */
export async function readPods(
  api: KubeApi,
  { name, selector, targetPort, destinationRule }: ServiceRouting,
): Promise<ServicePods> {
  const found = await api.list(pods, { namespace: name.namespace, labels: selector });
  const all = found.map((pod) => toServicePod(pod, targetPort)).filter((pod) => pod !== null);
  const { subsets } = destinationRule;
  const isBlue = (labels: Readonly<Record<string, string>>): boolean => selects(subsets.blue.labels, labels);
  const isGreen = (labels: Readonly<Record<string, string>>): boolean =>
    selects(subsets.green.labels, labels);
  return {
    blue: all.filter(({ labels }) => isBlue(labels)),
    green: all.filter(({ labels }) => isGreen(labels)),
    both: all.filter(({ labels }) => isBlue(labels) && isGreen(labels)),
    neither: all.filter(({ labels }) => !isBlue(labels) && !isGreen(labels)),
  };
}

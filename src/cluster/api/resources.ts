import type { Resource } from './kubeApi.ts';

const core = (plural: string, kind: string, namespaced = true): Resource => ({
  group: '',
  version: 'v1',
  plural,
  kind,
  namespaced,
});

export const pods = core('pods', 'Pod');
export const services = core('services', 'Service');
export const configMaps = core('configmaps', 'ConfigMap');
export const events = core('events', 'Event');
export const namespaces = core('namespaces', 'Namespace', false);
export const deployments: Resource = {
  group: 'apps',
  version: 'v1',
  plural: 'deployments',
  kind: 'Deployment',
  namespaced: true,
};
export const leases: Resource = {
  group: 'coordination.k8s.io',
  version: 'v1',
  plural: 'leases',
  kind: 'Lease',
  namespaced: true,
};

const istio = (plural: string, kind: string): Resource => ({
  group: 'networking.istio.io',
  version: 'v1',
  plural,
  kind,
  namespaced: true,
});

export const virtualServices = istio('virtualservices', 'VirtualService');
export const destinationRules = istio('destinationrules', 'DestinationRule');
export const gateways = istio('gateways', 'Gateway');
export const peerAuthentications: Resource = {
  group: 'security.istio.io',
  version: 'v1',
  plural: 'peerauthentications',
  kind: 'PeerAuthentication',
  namespaced: true,
};

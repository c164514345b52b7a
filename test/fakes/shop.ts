import type { KubeObject, Resource } from '../../src/cluster/api/kubeApi.ts';
import {
  destinationRules,
  gateways,
  pods,
  services,
  virtualServices,
} from '../../src/cluster/api/resources.ts';
import type { Slot } from '../../src/domain/slot.ts';

/** The objects of a small shop, as the platform has them. Tests change what they are about. */
export const shop = { service: 'order-api', namespace: 'ecommerce' } as const;

export type Weights = readonly [blue: number, green: number];
type Entry = readonly [Resource, KubeObject];

export interface VirtualServiceOptions {
  readonly name?: string;
  readonly namespace?: string;
  readonly hosts?: readonly string[];
  readonly gateways?: readonly string[];
  readonly http?: readonly unknown[];
  readonly weights?: Weights;
}

export const destination = (subset: string, weight?: number, host = 'order-api') => ({
  destination: { host, port: { number: 80 }, subset },
  ...(weight === undefined ? {} : { weight }),
});

export function virtualService(options: VirtualServiceOptions = {}): KubeObject {
  const [blue, green] = options.weights ?? [100, 0];
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: options.name ?? 'order-api-vs', namespace: options.namespace ?? 'ecommerce' },
    spec: {
      hosts: options.hosts ?? ['api.c4ang.com', 'order-api.ecommerce.svc.cluster.local'],
      gateways: options.gateways ?? ['ecommerce-gateway', 'mesh'],
      http: options.http ?? [
        {
          match: [{ uri: { prefix: '/api/v1/orders' } }],
          route: [destination('blue', blue), destination('green', green)],
          timeout: '30s',
          retries: { attempts: 3, perTryTimeout: '10s', retryOn: '5xx,reset' },
        },
      ],
    },
  };
}

/** Gateway and mesh with a VirtualService each, as the reference chart makes them. */
export const gatewayAndMesh = (gateway: Weights, mesh: Weights): readonly Entry[] => [
  [virtualServices, virtualService({ weights: gateway, gateways: ['ecommerce-gateway'] })],
  [virtualServices, virtualService({ weights: mesh, gateways: ['mesh'], name: 'order-api-mesh' })],
];

export const destinationRule = (
  labels: Readonly<Record<Slot, Readonly<Record<string, string>>>>,
): KubeObject => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'DestinationRule',
  metadata: { name: 'order-api-dr', namespace: 'ecommerce' },
  spec: {
    host: 'order-api',
    subsets: [
      { name: 'blue', labels: labels.blue },
      { name: 'green', labels: labels.green },
    ],
  },
});

export const bySlot = { blue: { slot: 'blue' }, green: { slot: 'green' } } as const;
export const byVersion = { blue: { version: 'v1.0.0' }, green: { version: 'v0.0.0' } } as const;

export interface PodOptions {
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly ip?: string;
  readonly ready?: boolean;
  readonly containers?: readonly string[];
  readonly replicaSet?: string;
}

export const pod = (name: string, options: PodOptions = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name,
    namespace: options.namespace ?? 'ecommerce',
    labels: options.labels ?? {},
    ...(options.replicaSet === undefined
      ? {}
      : { ownerReferences: [{ kind: 'ReplicaSet', name: options.replicaSet, controller: true }] }),
  },
  spec: { containers: (options.containers ?? ['app']).map((container) => ({ name: container })) },
  status: {
    podIP: options.ip ?? '10.244.0.99',
    conditions: [{ type: 'Ready', status: (options.ready ?? true) ? 'True' : 'False' }],
    containerStatuses: (options.containers ?? ['app']).map((container) => ({
      name: container,
      ready: options.ready ?? true,
    })),
  },
});

export const servicePod = (slot: Slot, number: number, options: PodOptions = {}): KubeObject =>
  pod(`order-api-${slot}-5d4f-${String(number)}`, {
    ip: `10.244.0.${String((slot === 'blue' ? 20 : 30) + number)}`,
    replicaSet: `order-api-${slot}-5d4f`,
    ...options,
    labels: {
      app: 'order-api',
      slot,
      version: slot === 'blue' ? 'v1.0.0' : 'v1.1.0',
      ...options.labels,
    },
  });

export const gatewayPod = (number: number, ready = true): KubeObject =>
  pod(`gateway-${String(number)}`, {
    namespace: 'istio-system',
    labels: { istio: 'ingressgateway' },
    containers: ['istio-proxy'],
    ready,
  });

export const callerPod = pod('payment-caller', { containers: ['caller', 'istio-proxy'] });

/** Calls the service past every proxy. */
export const unproxiedPod: KubeObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'invoices-7d9f-1',
    namespace: 'reporting',
    labels: { 'pod-template-hash': '7d9f' },
    ownerReferences: [{ kind: 'ReplicaSet', name: 'invoices-7d9f', controller: true }],
  },
  spec: {
    containers: [{ name: 'app', env: [{ name: 'ORDERS', value: 'http://me:secret@order-api.ecommerce' }] }],
  },
  status: { phase: 'Running' },
};

export const namespace = (labels: Readonly<Record<string, string>>): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'ecommerce', labels },
});

/** Two gateways, a caller in the mesh, two pods in each slot, everything on blue. */
export const shopObjects = (): readonly Entry[] => [
  [
    services,
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'order-api', namespace: 'ecommerce' },
      spec: { selector: { app: 'order-api' }, ports: [{ name: 'http', port: 80, targetPort: 8080 }] },
    },
  ],
  [virtualServices, virtualService()],
  [destinationRules, destinationRule(bySlot)],
  [
    gateways,
    {
      apiVersion: 'networking.istio.io/v1',
      kind: 'Gateway',
      metadata: { name: 'ecommerce-gateway', namespace: 'ecommerce' },
      spec: { selector: { istio: 'ingressgateway' } },
    },
  ],
  [pods, gatewayPod(1)],
  [pods, gatewayPod(2)],
  [pods, callerPod],
  ...(['blue', 'green'] as const).flatMap((slot) =>
    [1, 2].map((number): Entry => [pods, servicePod(slot, number)]),
  ),
];

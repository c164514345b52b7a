import type { Finding } from '../problem.ts';
import { formatObject } from '../routing/routing.ts';
import type { ServiceRouting } from '../routing/routing.ts';
import { formatUnproxied } from './unproxiedCallers.ts';
import type { UnproxiedCaller } from './unproxiedCallers.ts';

/** Whether weights govern one way to the service. */
export interface ExposureCheck extends Finding {
  readonly name: 'ambient' | 'mesh-route' | 'unproxied-callers';
}

/** What the input `mesh-exposure: allow` goes on without. Ambient mode is not supported either way. */
export const allowedExposure = (exposure: 'refuse' | 'allow'): readonly ExposureCheck['name'][] =>
  exposure === 'allow' ? ['mesh-route', 'unproxied-callers'] : [];

/** More than this are not read for one service. */
export const mostConfigMaps = 50;

/** Ways to the service that its weights do not govern. */
export interface Exposure {
  readonly unproxied: readonly UnproxiedCaller[];
  /** ConfigMaps that such a caller may take the service's name from, and that nobody has looked into. */
  readonly unreadConfigMaps: number;
  /** Whether the service's own sidecars refuse whoever has none: then nobody slips past the weights. */
  readonly refusesPlaintext: boolean;
  readonly ambient: Finding;
}

/** A pod with a sidecar, as far as it is named. */
export interface KnownCaller {
  readonly pod: { readonly namespace: string; readonly name: string };
  readonly requests: number;
}

/** @param callers pods with a sidecar that know the service; only asked for where no route steers them */
export function meshIsSteered(routing: ServiceRouting, callers: readonly KnownCaller[]): Finding {
  const { virtualServices, name, meshGoverned } = routing;
  if (meshGoverned) {
    const steering = virtualServices.filter((vs) => vs.governsMesh);
    return {
      ok: true,
      detail: `callers inside the mesh are steered by ${steering.map((vs) => formatObject('VirtualService', vs)).join(', ')}`,
      remedy: '',
    };
  }
  const named = callers.map(
    ({ pod, requests }) => `\n  ${pod.namespace}/${pod.name}: ${String(requests)} requests to it so far`,
  );
  return {
    ok: false,
    detail: `no VirtualService steers the callers of ${name.service} inside the mesh: they reach every ready pod of both slots, whatever the weights${named.length === 0 ? ' (no pod with a sidecar is there now)' : named.join('')}`,
    remedy:
      'Apply the VirtualService printed above (kubectl apply -f -), then run this step again. (mesh-exposure: allow goes on without it.)',
  };
}

export function everyCallerHasProxy(
  { name }: ServiceRouting,
  { unproxied, unreadConfigMaps, refusesPlaintext }: Omit<Exposure, 'ambient'>,
): Finding {
  const count = String(unproxied.length);
  const unread =
    unreadConfigMaps === 0
      ? ''
      : `, as far as could be seen (ConfigMaps of ${name.namespace} not read, for want of a right or because there are more than ${String(mostConfigMaps)}: ${String(unreadConfigMaps)})`;
  const who = `${unread}${unproxied.map((caller) => `\n  ${formatUnproxied(caller)}`).join('')}`;
  if (unproxied.length === 0) {
    return { ok: true, detail: `0 workloads without a proxy name ${name.service}${unread}`, remedy: '' };
  }
  if (refusesPlaintext) {
    return {
      ok: true,
      detail: `${count} workloads without a proxy name ${name.service}, and PeerAuthentication STRICT refuses them${who}`,
      remedy: '',
    };
  }
  return {
    ok: false,
    detail: `${count} ${unproxied.length === 1 ? 'workload' : 'workloads'} without a proxy ${unproxied.length === 1 ? 'names' : 'name'} ${name.service}: weights cannot steer them, they reach every ready pod of both slots${who}`,
    remedy: `Give them a sidecar (label their namespace istio-injection=enabled, or their pods sidecar.istio.io/inject: "true", and restart them); or let the mesh refuse them: PeerAuthentication with mtls.mode STRICT in namespace ${name.namespace}. (mesh-exposure: allow goes on all the same.)`,
  };
}

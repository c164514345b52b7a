import { objectAt } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { metadataPlace } from './routing.ts';
import type { ObjectName, Reach } from './routing.ts';
import { boundGateways, placeKey, textsIn } from './virtualServiceSpec.ts';

/** Where the pods of Gateways run, by `namespace/name` of the Gateway. One that is not in it is not known. */
export type GatewayNamespaces = ReadonlyMap<string, readonly string[]>;

/**
 * The namespaces whose proxies get a VirtualService or DestinationRule. Without exportTo that is all of them, unless
 * the mesh's own settings say otherwise (defaultVirtualServiceExportTo): the proxies show that, before a switch and
 * after it.
 * Source: Istio's API, VirtualService.export_to: `*`, `.` for the object's own namespace, `~` for nobody, or names.
 */
export function reachOf(object: JsonObject): Reach {
  const exportTo = textsIn(objectAt(object, 'spec'), 'exportTo');
  if (exportTo.length === 0 || exportTo.includes('*')) return 'all';
  if (exportTo.includes('~')) return new Set();
  const { namespace } = metadataPlace(object);
  return new Set(exportTo.map((one) => (one === '.' ? namespace : one)));
}

export const reaches = (reach: Reach, namespace: string): boolean => reach === 'all' || reach.has(namespace);

/** Whether a proxy behind the Gateway can have both. Where its pods are is not always known: then wherever they may be. */
export function meetAt(gateway: ObjectName, a: Reach, b: Reach, known: GatewayNamespaces): boolean {
  const namespaces = known.get(placeKey(gateway));
  if (namespaces !== undefined) return namespaces.some((one) => reaches(a, one) && reaches(b, one));
  if (a === 'all') return b === 'all' || b.size > 0;
  return [...a].some((one) => reaches(b, one));
}

/**
 * Whether no proxy at all gets a VirtualService: it is exported to nobody, or it is bound to Gateways alone whose
 * pods are all elsewhere. For the mesh any namespace will do that it is exported to: callers come and go.
 */
export function isUnseen(virtualService: JsonObject, known: GatewayNamespaces): boolean {
  const reach = reachOf(virtualService);
  if (reach === 'all') return false;
  if (reach.size === 0) return true;
  const gateways = onlyGatewaysOf(virtualService);
  return (
    gateways.length > 0 &&
    gateways.every((gateway) => known.get(placeKey(gateway))?.every((one) => !reaches(reach, one)) === true)
  );
}

/** Gateways of which it matters where their pods are: some VirtualService that is bound to them is not for everybody. */
export function gatewaysInDoubt(virtualServices: readonly JsonObject[]): readonly ObjectName[] {
  const found = virtualServices.filter((one) => reachOf(one) !== 'all').flatMap(gatewaysOf);
  return [...new Map(found.map((place) => [placeKey(place), place])).values()];
}

const gatewaysOf = (virtualService: JsonObject): readonly ObjectName[] =>
  boundGateways(objectAt(virtualService, 'spec'), metadataPlace(virtualService).namespace);

/** Empty for one that sidecars get too. */
function onlyGatewaysOf(virtualService: JsonObject): readonly ObjectName[] {
  const bound = textsIn(objectAt(virtualService, 'spec'), 'gateways');
  return bound.includes('mesh') ? [] : gatewaysOf(virtualService);
}

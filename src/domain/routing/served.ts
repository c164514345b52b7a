import { hostCovers } from './destination.ts';
import { isDelegate, servedNames } from './delegates.ts';
import type { Delegation } from './delegates.ts';
import { reaches, reachOf } from './exportTo.ts';
import { fqdn } from './host.ts';
import type { ServiceName } from './host.ts';
import { objectAt } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { previewName, readRoutes } from './managedRoutes.ts';
import type { Problem } from '../problem.ts';
import { formatObject, metadataPlace } from './routing.ts';
import type { Binding, ManagedVirtualService, ObjectName, Reach } from './routing.ts';
import { boundGateways, hostsOf, placeKey, textsIn } from './virtualServiceSpec.ts';

/** Where a VirtualService says itself that its routes are served. */
export function ownBinding(object: JsonObject, service: ServiceName): Binding {
  const spec = objectAt(object, 'spec');
  const { namespace } = metadataPlace(object);
  const hosts = hostsOf(spec);
  const bound = textsIn(spec, 'gateways');
  const mesh = bound.length === 0 || bound.includes('mesh');
  const reach = reachOf(object);
  const isForCallers = mesh && reaches(reach, service.namespace);
  return {
    hosts,
    gateways: boundGateways(spec, namespace),
    mesh,
    governsMesh: isForCallers && hosts.some((host) => hostCovers(host, namespace, fqdn(service))),
    reach,
  };
}

/** A delegate's routes are served wherever those of the VirtualServices are that hand over to it; null for others. */
export function inheritedBinding(
  object: JsonObject,
  { rootsOf }: Delegation,
  service: ServiceName,
): Binding | null {
  if (!isDelegate(object)) return null;
  const roots = rootsOf.get(placeKey(metadataPlace(object))) ?? [];
  const bindings = roots.map((root) => ownBinding(root, service));
  const gateways = bindings.flatMap((one) => one.gateways);
  return {
    hosts: [...new Set(bindings.flatMap(({ hosts }) => hosts))],
    gateways: [...new Map(gateways.map((place) => [placeKey(place), place])).values()],
    mesh: bindings.some(({ mesh }) => mesh),
    governsMesh: bindings.some(({ governsMesh }) => governsMesh),
    reach: bindings.map(({ reach }) => reach).reduce(eitherReach, new Set<string>()),
  };
}

const eitherReach = (a: Reach, b: Reach): Reach => (a === 'all' || b === 'all' ? 'all' : a.union(b));

/** A delegate whose routes do not get to where they are named: its weights would come to life some day as they were left. */
export function delegateProblems(
  vs: ObjectName,
  { rootsOf, refusedOf, taken }: Delegation,
  { service }: ServiceName,
): readonly Problem[] {
  const key = placeKey(vs);
  const where = formatObject('VirtualService', vs);
  const named = (roots: readonly JsonObject[]): string =>
    roots.map((root) => formatObject('VirtualService', metadataPlace(root))).join(', ');
  const refused = refusedOf.get(key);
  if (refused !== undefined) {
    return [
      {
        what: `${where} is a delegate of ${named(refused)}, and is not exported to ${refused.map((root) => metadataPlace(root).namespace).join(', ')}: its routes to ${service} serve nobody there`,
        remedy: 'Add that namespace to its spec.exportTo.',
      },
    ];
  }
  if (taken.has(key)) return [];
  const roots = rootsOf.get(key);
  if (roots !== undefined) {
    return [
      {
        what: `${where} is a delegate of ${named(roots)}, and none of its matches is within one of the route that hands over to it: Istio leaves its routes out`,
        remedy: `Let its matches ask for at least what that route asks for (a prefix under its prefix, and the same headers or more; Istio compares no regular expressions).`,
      },
    ];
  }
  return [
    {
      what: `${where} has no hosts, which makes it a delegate, and no VirtualService with hosts hands over to it: its routes to ${service} serve nobody`,
      remedy: `Name it in the delegate of an http route (Istio follows one level of delegates), or remove its routes to ${service}.`,
    },
  ];
}

/** What proxies get of the VirtualServices that were read, each under the name that it has there. */
export function servedOf(
  virtualServices: readonly ManagedVirtualService[],
  delegation: Delegation,
  service: ServiceName,
): readonly ManagedVirtualService[] {
  const { merged } = delegation;
  const plain = virtualServices.filter((vs) => !isDelegate(vs.object) && !merged.has(placeKey(vs)));
  const names = servedNames(previewName(service.service), delegation);
  const roots = [...merged.values()].flatMap((object): readonly ManagedVirtualService[] => {
    const place = metadataPlace(object);
    const { routes, previews, leftAlone } = readRoutes(place, objectAt(object, 'spec'), service, names);
    if (routes.length + previews.length + leftAlone.length === 0) return [];
    const binding = ownBinding(object, service);
    return [{ ...place, ...binding, resourceVersion: '', routes, previews, leftAlone, object }];
  });
  return [...plain, ...roots];
}

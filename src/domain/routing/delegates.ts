import { resolveHost } from './destination.ts';
import { joinedName, mergeRoute } from './delegateMerge.ts';
import { reaches, reachOf } from './exportTo.ts';
import { isObject, listAt, objectAt, objectsAt, textAt } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { metadataPlace } from './routing.ts';
import type { ObjectName } from './routing.ts';
import { hostsOf, placeKey, qualifiedGateway, textsIn } from './virtualServiceSpec.ts';

/** Which VirtualServices hand routes over to others, and what proxies get of it. */
export interface Delegation {
  /** Those that hand over to a VirtualService without hosts and are allowed to, by its place. */
  readonly rootsOf: ReadonlyMap<string, readonly JsonObject[]>;
  /** Those that name one whose exportTo does not reach their namespace, by its place. */
  readonly refusedOf: ReadonlyMap<string, readonly JsonObject[]>;
  /** Those of which some root gets at least one route, by their place. */
  readonly taken: ReadonlySet<string>;
  /** Every root as istiod serves it: with the routes of its delegates in the place of those that name them. */
  readonly merged: ReadonlyMap<string, JsonObject>;
  /** Names of the http routes that hand over: they come first in the names of what is served. */
  readonly prefixes: readonly string[];
}

interface Handover {
  readonly root: JsonObject;
  readonly target: JsonObject;
  readonly isExported: boolean;
  readonly route: JsonObject;
}

export const isDelegate = (object: JsonObject): boolean => hostsOf(objectAt(object, 'spec')).length === 0;

const isRoot = (object: JsonObject): boolean =>
  !isDelegate(object) && objectsAt(objectAt(object, 'spec'), 'http').some(([, route]) => 'delegate' in route);

const nothing: Delegation = {
  rootsOf: new Map(),
  refusedOf: new Map(),
  taken: new Set(),
  merged: new Map(),
  prefixes: [],
};

/** A delegate's own delegates are nobody's: Istio follows one level. */
export function readDelegation(objects: readonly JsonObject[]): Delegation {
  const roots = objects.filter(isRoot);
  if (roots.length === 0) return nothing;
  const delegates = new Map(objects.filter(isDelegate).map((one) => [placeKey(metadataPlace(one)), one]));
  const handovers = roots.flatMap((root) =>
    objectsAt(objectAt(root, 'spec'), 'http').flatMap(
      ([, route]) => handoverOf(root, route, delegates) ?? [],
    ),
  );
  const rootsBy = (isExported: boolean): Delegation['rootsOf'] => {
    const found = handovers.filter((one) => one.isExported === isExported);
    const byTarget = Map.groupBy(found, ({ target }) => placeKey(metadataPlace(target)));
    return new Map([...byTarget].map(([key, same]) => [key, [...new Set(same.map(({ root }) => root))]]));
  };
  return {
    rootsOf: rootsBy(true),
    refusedOf: rootsBy(false),
    taken: new Set(
      handovers.flatMap((one) => (mergedRoutes(one).length > 0 ? placeKey(metadataPlace(one.target)) : [])),
    ),
    merged: new Map(roots.map((root) => [placeKey(metadataPlace(root)), mergeRoot(root, delegates)])),
    prefixes: [...new Set(handovers.flatMap(({ route }) => textAt(route, 'name') ?? []))],
  };
}

function handoverOf(
  root: JsonObject,
  route: JsonObject,
  delegates: ReadonlyMap<string, JsonObject>,
): Handover | null {
  const named = objectAt(route, 'delegate');
  const { namespace } = metadataPlace(root);
  const place: ObjectName = {
    namespace: textAt(named, 'namespace') ?? namespace,
    name: textAt(named, 'name') ?? '',
  };
  const target = delegates.get(placeKey(place));
  if (target === undefined) return null;
  return { root, target, isExported: reaches(reachOf(target), namespace), route };
}

function mergeRoot(root: JsonObject, delegates: ReadonlyMap<string, JsonObject>): JsonObject {
  const spec = objectAt(root, 'spec');
  const { namespace } = metadataPlace(root);
  const http = objectsAt(spec, 'http').flatMap(([, route]) => {
    if (!('delegate' in route)) return [inFull(route, namespace)];
    const handover = handoverOf(root, route, delegates);
    return handover === null ? [] : mergedRoutes(handover);
  });
  return { ...root, spec: { ...spec, http } };
}

function mergedRoutes({ root, target, route, isExported }: Handover): readonly JsonObject[] {
  if (!isExported) return [];
  const own = inFull(route, metadataPlace(root).namespace);
  const from = metadataPlace(target).namespace;
  return objectsAt(objectAt(target, 'spec'), 'http')
    .filter(([, leaf]) => !('delegate' in leaf))
    .map(([, leaf]) => mergeRoute(own, inFull(leaf, from)))
    .filter((merged) => merged !== null);
}

/** Destinations and gateways by their full names, so that they mean the same in any namespace. */
function inFull(route: JsonObject, namespace: string): JsonObject {
  const full: Record<string, unknown> = { ...route };
  if ('route' in route) {
    full['route'] = listAt(route, 'route').map((entry) => {
      const destination = isObject(entry) ? objectAt(entry, 'destination') : {};
      const host = textAt(destination, 'host');
      if (!isObject(entry) || host === null) return entry;
      return { ...entry, destination: { ...destination, host: resolveHost(host, namespace) } };
    });
  }
  if ('match' in route) {
    full['match'] = objectsAt(route, 'match').map(([, match]) =>
      'gateways' in match
        ? { ...match, gateways: textsIn(match, 'gateways').map((one) => qualifiedGateway(one, namespace)) }
        : match,
    );
  }
  return full;
}

/** The names under which proxies have a route of that name: alone, and behind each that hands over. */
export const servedNames = (name: string, { prefixes }: Delegation): ReadonlySet<string> =>
  new Set([name, ...prefixes.map((prefix) => joinedName(prefix, name))]);

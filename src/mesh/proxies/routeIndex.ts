import { objectAt, objectsAt, textAt } from '../../domain/json.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { ManagedRoute, ManagedVirtualService } from '../../domain/routing/routing.ts';
import type { EnvoyRoute } from './envoyRoutes.ts';

/** A route of the VirtualService; null for one that weights do not steer, where a reading overlooks such. */
type Entry = ManagedRoute | null;

/** What is asked of a VirtualService for each of its routes in each proxy, looked up once. */
export interface RouteIndex {
  readonly byName: ReadonlyMap<string, readonly Entry[]>;
  /** In their order, each as often as it has matches: Envoy has one route for each. */
  readonly inOrder: readonly Entry[];
  readonly nameless: readonly ManagedRoute[];
  /** Names of the routes that every proxy must have which serves the VirtualService. */
  readonly required: readonly string[];
}

const known = new WeakMap<ManagedVirtualService, RouteIndex>();

export function routeIndex(vs: ManagedVirtualService): RouteIndex {
  const index = known.get(vs) ?? build(vs);
  known.set(vs, index);
  return index;
}

function build(vs: ManagedVirtualService): RouteIndex {
  const managed = new Map(vs.routes.map((route) => [route.index, route]));
  const leftAlone = new Set(vs.leftAlone);
  const ours = objectsAt(objectAt(vs.object, 'spec'), 'http').flatMap(([index, http]) => {
    if (!managed.has(index) && !leftAlone.has(index)) return [];
    const route: Entry = managed.get(index) ?? null;
    return [{ route, name: textAt(http, 'name'), matches: matchesOf(http) }];
  });
  const named = ours.flatMap(({ name, route }) => (name === null ? [] : [{ name, route }]));
  const lastServed = firstCatchAll(vs);
  return {
    byName: new Map(
      [...Map.groupBy(named, ({ name }) => name)].map(([name, same]) => [
        name,
        same.map(({ route }) => route),
      ]),
    ),
    inOrder: ours.flatMap(({ route, matches }) => Array<Entry>(Math.max(1, matches.length)).fill(route)),
    nameless: vs.routes.filter(({ name }) => name === null),
    required: ours.flatMap(({ route, name, matches }) =>
      name !== null && route !== null && route.index <= lastServed && appliesEverywhere(matches)
        ? [name]
        : [],
    ),
  };
}

const matchesOf = (http: JsonObject): readonly JsonObject[] =>
  objectsAt(http, 'match').map(([, match]) => match);

/** istiod leaves out what comes after a route that takes everything. */
function firstCatchAll(vs: ManagedVirtualService): number {
  const found = objectsAt(objectAt(vs.object, 'spec'), 'http').find(([, http]) => {
    const matches = matchesOf(http);
    return matches.length === 0 || matches.some(takesEverything);
  });
  return found?.[0] ?? Infinity;
}

function takesEverything(match: JsonObject): boolean {
  const uri = objectAt(match, 'uri');
  const all = textAt(uri, 'prefix') === '/' || textAt(uri, 'regex') === '*' || !('uri' in match);
  const conditions = Object.keys(match).filter((field) => !['uri', 'name', 'ignoreUriCase'].includes(field));
  return all && conditions.length === 0;
}

/** Its matches say nothing about which proxies have it. */
const appliesEverywhere = (matches: readonly JsonObject[]): boolean =>
  matches.length === 0 ||
  matches.some(
    (match) => !['gateways', 'sourceLabels', 'sourceNamespace', 'port'].some((field) => field in match),
  );

/**
 * Which managed routes an Envoy route may come from: by name; without one by order, or any of those without.
 * @param place among the routes of the VirtualService that the proxy has in one virtual host
 * @returns null for a route that is left alone; an empty list for one that the VirtualService does not have
 */
export function managedFor(
  route: EnvoyRoute,
  place: number,
  count: number,
  vs: ManagedVirtualService,
): readonly ManagedRoute[] | null {
  const { byName, inOrder, nameless } = routeIndex(vs);
  const named = namesOf(route).flatMap((name) => byName.get(name) ?? []);
  const managed = named.filter((one) => one !== null);
  if (managed.length > 0) return managed;
  if (named.length > 0) return null;
  const atPlace = inOrder.length === count ? inOrder[place] : undefined;
  if (atPlace === null) return null;
  if (atPlace?.name === null) return [atPlace];
  return nameless.length === 0 && vs.leftAlone.length > 0 ? null : nameless;
}

/** istiod names an Envoy route after the http route, then, after a dot, its match if that has a name too. */
export function namesOf({ name }: EnvoyRoute): readonly string[] {
  if (name === null) return [];
  const parts = name.split('.');
  return parts.map((_, index) => parts.slice(0, parts.length - index).join('.'));
}

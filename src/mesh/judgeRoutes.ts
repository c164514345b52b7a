import { clusterName, fqdn } from '../domain/host.ts';
import { objectAt, objectsAt, textAt } from '../domain/json.ts';
import { previewName } from '../domain/managedRoutes.ts';
import { formatObject } from '../domain/routing.ts';
import type { ManagedRoute, ManagedVirtualService, ObjectName, ServiceRouting } from '../domain/routing.ts';
import { formatSplit, sameSplit } from '../domain/split.ts';
import type { Split } from '../domain/split.ts';
import { effectiveSplit } from '../domain/weights.ts';
import type { EnvoyRoute } from './envoyRoutes.ts';

/** What the routes of a proxy should be. */
export interface Expectation {
  /** The VirtualServices that this proxy must serve, each with at least one route. */
  readonly mustServe: readonly ManagedVirtualService[];
  readonly splitOf: (route: ManagedRoute) => Split;
}

/**
 * Whether a proxy serves exactly what is expected: every route to the service that it has comes from a
 * managed VirtualService and has the split of its managed route, and none is missing.
 * @returns null when it does, or else the first difference
 */
export function differenceIn(
  routes: readonly EnvoyRoute[],
  routing: ServiceRouting,
  expected: Expectation,
): string | null {
  const toService = routes.filter((route) => reachesService(route, routing));
  const stranger = toService.find((route) => managedBy(routing, route) === undefined);
  if (stranger !== undefined) {
    return `${describe(stranger)} sends to ${routing.name.service} past the managed VirtualServices`;
  }
  for (const vs of routing.virtualServices) {
    const served = toService.filter((route) => isFrom(route, vs) && !isPreview(route, routing));
    const must = expected.mustServe.includes(vs);
    const difference = served.length > 0 || must ? differenceInVs(served, vs, routing, expected) : null;
    if (difference !== null) return difference;
  }
  return null;
}

/** Any cluster of the service at its port: of a subset, or of all endpoints. */
export const reachesService = (route: EnvoyRoute, { name, port }: ServiceRouting): boolean =>
  [...route.clusters.keys()].some(
    (cluster) => cluster.startsWith(`outbound|${String(port)}|`) && cluster.endsWith(`|${fqdn(name)}`),
  );

/** istiod names an Envoy route after the http route, and its match if that has a name too. */
const hasName = (route: EnvoyRoute, name: string): boolean =>
  route.name === name || (route.name?.startsWith(`${name}.`) ?? false);

export const isPreview = (route: EnvoyRoute, { name }: ServiceRouting): boolean =>
  hasName(route, previewName(name.service));

const isFrom = (route: EnvoyRoute, vs: ObjectName): boolean =>
  route.from?.namespace === vs.namespace && route.from.name === vs.name;

const managedBy = (routing: ServiceRouting, route: EnvoyRoute): ManagedVirtualService | undefined =>
  routing.virtualServices.find((vs) => isFrom(route, vs));

const describe = (route: EnvoyRoute): string => `route ${route.name ?? '(no name)'} in ${route.where}`;

function differenceInVs(
  served: readonly EnvoyRoute[],
  vs: ManagedVirtualService,
  routing: ServiceRouting,
  { splitOf }: Expectation,
): string | null {
  if (served.length === 0) return `it has no route of ${formatObject('VirtualService', vs)}`;
  const byPlace = Map.groupBy(served, (route) => route.where);
  for (const [where, routes] of byPlace) {
    const candidates = routes.map((route, place) => ({
      route,
      managed: managedFor(route, place, routes.length, vs),
    }));
    for (const { route, managed } of candidates) {
      const splits = managed.map(splitOf);
      const [wanted] = splits;
      if (wanted === undefined) return `${describe(route)} is none of ${formatObject('VirtualService', vs)}`;
      if (splits.some((split) => !sameSplit(split, wanted))) {
        return `${describe(route)} cannot be told from others of ${formatObject('VirtualService', vs)}: give the routes names`;
      }
      const actual = splitIn(route, routing);
      if (actual === null) return `${describe(route)} sends to more than the two slots`;
      if (!sameSplit(actual, effectiveSplit(wanted.blue, wanted.green))) {
        return `it serves ${formatSplit(actual)} in ${where}`;
      }
    }
    const missing = vs.routes.find(
      (route) =>
        route.name !== null &&
        isUnconditional(route, vs) &&
        !routes.some((one) => hasName(one, route.name ?? '')),
    );
    if (missing !== undefined) return `${where} has no route ${missing.name ?? ''}`;
  }
  return null;
}

/** Which managed routes an Envoy route may come from: by name; without one by order, or any of those without. */
function managedFor(
  route: EnvoyRoute,
  place: number,
  count: number,
  vs: ManagedVirtualService,
): readonly ManagedRoute[] {
  const named = vs.routes.filter(({ name }) => name !== null && hasName(route, name));
  if (named.length > 0) return named;
  const expanded = vs.routes.flatMap((managed) => Array<ManagedRoute>(matchCount(managed, vs)).fill(managed));
  const atPlace = expanded.length === count ? expanded[place] : undefined;
  if (atPlace?.name === null) return [atPlace];
  return vs.routes.filter(({ name }) => name === null);
}

const matchesOf = (route: ManagedRoute, vs: ManagedVirtualService) =>
  objectsAt(
    objectsAt(objectAt(vs.object, 'spec'), 'http').find(([index]) => index === route.index)?.[1] ?? {},
    'match',
  );

/** Envoy has one route for each match. */
const matchCount = (route: ManagedRoute, vs: ManagedVirtualService): number =>
  Math.max(1, matchesOf(route, vs).length);

/**
 * Whether every proxy that serves the VirtualService must have the route: its matches say nothing about
 * where they apply, and no route before it takes everything (istiod leaves out what comes after).
 */
function isUnconditional(route: ManagedRoute, vs: ManagedVirtualService): boolean {
  const before = objectsAt(objectAt(vs.object, 'spec'), 'http').filter(([index]) => index < route.index);
  const shadowed = before.some(([, http]) => {
    const matches = objectsAt(http, 'match');
    return matches.length === 0 || matches.some(([, match]) => takesEverything(match));
  });
  const matches = matchesOf(route, vs);
  const somewhere = ['gateways', 'sourceLabels', 'sourceNamespace', 'port'];
  const everywhere =
    matches.length === 0 || matches.some(([, match]) => !somewhere.some((field) => field in match));
  return everywhere && !shadowed;
}

function takesEverything(match: Readonly<Record<string, unknown>>): boolean {
  const uri = objectAt(match, 'uri');
  const all = textAt(uri, 'prefix') === '/' || textAt(uri, 'regex') === '*' || !('uri' in match);
  const conditions = Object.keys(match).filter((field) => !['uri', 'name', 'ignoreUriCase'].includes(field));
  return all && conditions.length === 0;
}

/** null when the route also goes somewhere else than the two slots. */
function splitIn({ clusters }: EnvoyRoute, { name, port }: ServiceRouting): Split | null {
  const blue = clusters.get(clusterName(name, port, 'blue'));
  const green = clusters.get(clusterName(name, port, 'green'));
  const known = (blue === undefined ? 0 : 1) + (green === undefined ? 0 : 1);
  return clusters.size === known ? effectiveSplit(blue ?? 0, green ?? 0) : null;
}

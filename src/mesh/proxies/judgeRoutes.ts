import { formatObject } from '../../domain/routing/routing.ts';
import type {
  ManagedRoute,
  ManagedVirtualService,
  ObjectName,
  ServiceRouting,
} from '../../domain/routing/routing.ts';
import { formatSplit, sameSplit } from '../../domain/split.ts';
import type { Split } from '../../domain/split.ts';
import { effectiveSplit } from '../../domain/routing/weights.ts';
import type { EnvoyRoute } from './envoyRoutes.ts';
import { subsetOf } from './judgeClusters.ts';
import { managedFor, namesOf, routeIndex } from './routeIndex.ts';

/** What the routes of a proxy should be. */
export interface Expectation {
  /** The VirtualServices that this proxy must serve, each with at least one route. */
  readonly mustServe: readonly ManagedVirtualService[];
  readonly splitOf: (route: ManagedRoute) => Split;
}

/**
 * Whether a proxy serves exactly what is expected: every route to the service that it has comes from a
 * managed VirtualService and has the split of its managed route, and none is missing. A routing that was read
 * for going back asks less: what it overlooked is overlooked here too.
 * @returns null when it does, or else the first difference
 */
export function differenceIn(
  routes: readonly EnvoyRoute[],
  routing: ServiceRouting,
  expected: Expectation,
): string | null {
  const toService = routes.filter((route) => reachesService(route, routing));
  const byOrigin = Map.groupBy(toService, originOf);
  const managed = new Set(routing.served.map(keyOf));
  const stranger = toService.find((route) => !managed.has(originOf(route)));
  if (stranger !== undefined && routing.purpose === 'forward') {
    return `${describe(stranger)} sends to ${routing.name.service} past the managed VirtualServices${hintFor(stranger, routing)}`;
  }
  for (const vs of routing.served) {
    const served = (byOrigin.get(keyOf(vs)) ?? []).filter((route) => !isPreview(route, routing));
    const must = vs.routes.length > 0 && expected.mustServe.includes(vs);
    const difference = served.length > 0 || must ? differenceInVs(served, vs, routing, expected) : null;
    if (difference !== null) return difference;
  }
  return null;
}

/** Any cluster of the service at its port: of a subset, or of all endpoints. */
export const reachesService = (route: EnvoyRoute, routing: ServiceRouting): boolean =>
  [...route.clusters.keys()].some((cluster) => subsetOf(cluster, routing) !== null);

export const isPreview = (route: EnvoyRoute, { previewNames }: ServiceRouting): boolean =>
  namesOf(route).some((name) => previewNames.has(name));

/** Istio's own route of the Service, where a VirtualService would steer it. */
const hintFor = ({ from }: EnvoyRoute, { served }: ServiceRouting): string => {
  const limited = served.filter(({ governsMesh, reach }) => governsMesh && reach !== 'all');
  return from !== null || limited.length === 0
    ? ''
    : `: is ${limited.map((vs) => formatObject('VirtualService', vs)).join(', ')} exported to the proxy's namespace (spec.exportTo)?`;
};

/** Without spec.exportTo it goes by the mesh's own default, which is not read here. */
const exportHint =
  "is it exported to the proxy's namespace (spec.exportTo; without it defaultVirtualServiceExportTo in the mesh config)?";

const keyOf = ({ namespace, name }: ObjectName): string => `${namespace}/${name}`;
/** Istio's own routes have no origin. */
const originOf = ({ from }: EnvoyRoute): string => (from === null ? '' : keyOf(from));

const describe = (route: EnvoyRoute): string => `route ${route.name ?? '(no name)'} in ${route.where}`;

function differenceInVs(
  served: readonly EnvoyRoute[],
  vs: ManagedVirtualService,
  routing: ServiceRouting,
  { splitOf }: Expectation,
): string | null {
  if (served.length === 0) return `it has no route of ${formatObject('VirtualService', vs)}: ${exportHint}`;
  for (const [where, routes] of Map.groupBy(served, (route) => route.where)) {
    for (const [place, route] of routes.entries()) {
      const managed = managedFor(route, place, routes.length, vs);
      if (managed === null) continue;
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
    const missing = missingIn(routes, vs, routing);
    if (missing !== undefined) return `${where} has no route ${missing}`;
  }
  return null;
}

/** Going back, a route that others shadow sends nobody anywhere. */
function missingIn(
  routes: readonly EnvoyRoute[],
  vs: ManagedVirtualService,
  { purpose }: ServiceRouting,
): string | undefined {
  if (purpose === 'back') return undefined;
  const names = new Set(routes.flatMap(namesOf));
  return routeIndex(vs).required.find((name) => !names.has(name));
}

/** null when the route also goes somewhere else than the two slots. */
export function splitIn({ clusters }: EnvoyRoute, routing: ServiceRouting): Split | null {
  const weights = new Map<string, number>();
  for (const [cluster, weight] of clusters) {
    const subset = subsetOf(cluster, routing);
    if (subset !== 'blue' && subset !== 'green') return null;
    weights.set(subset, (weights.get(subset) ?? 0) + weight);
  }
  return effectiveSplit(weights.get('blue') ?? 0, weights.get('green') ?? 0);
}

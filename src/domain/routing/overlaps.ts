import { objectAt, objectsAt, sameJson, textAt } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { meetAt, reachOf } from './exportTo.ts';
import type { GatewayNamespaces } from './exportTo.ts';
import { mayOverlap, isCatchAll } from './matchOverlap.ts';
import type { Problem } from '../problem.ts';
import { formatObject, metadataPlace } from './routing.ts';
import type { ManagedVirtualService, ObjectName } from './routing.ts';
import { boundGateways, hostsOf } from './virtualServiceSpec.ts';

interface PlacedRoute {
  readonly where: string;
  readonly match: JsonObject;
}

/**
 * Several VirtualServices may serve one host of a gateway, and istiod then joins their routes in an order that nobody
 * has stated: as long as their matches are disjoint, which is the usual layout, that says nothing. Where they are not,
 * who serves a request may change with any push.
 */
export function overlapProblems(
  managed: readonly ManagedVirtualService[],
  all: readonly JsonObject[],
  known: GatewayNamespaces,
): readonly Problem[] {
  const problems: Problem[] = [];
  const seen = new Set<string>();
  for (const vs of managed) {
    const ours = routesOf(vs.object, vs, new Set(vs.routes.map(({ index }) => index)));
    for (const object of all) {
      const other = metadataPlace(object);
      const pair = [formatObject('', vs), formatObject('', other)].toSorted().join();
      const place = seen.has(pair) || isSame(vs, other) ? null : commonPlace(vs, object, known);
      if (place === null) continue;
      seen.add(pair);
      const clash = firstClash(ours, routesOf(object, other, null));
      if (clash !== null) problems.push(problemOf(clash, place));
    }
  }
  return problems;
}

const isSame = (a: ObjectName, b: ObjectName): boolean => a.namespace === b.namespace && a.name === b.name;

/** A host at a gateway that serves both. Envoy picks the most specific host first: only the very same one is shared. */
function commonPlace(vs: ManagedVirtualService, object: JsonObject, known: GatewayNamespaces): string | null {
  const spec = objectAt(object, 'spec');
  const host = hostsOf(spec).find((one) => vs.hosts.includes(one));
  const gateway = boundGateways(spec, metadataPlace(object).namespace).find(
    (one) => vs.gateways.some((ours) => isSame(ours, one)) && meetAt(one, vs.reach, reachOf(object), known),
  );
  if (host === undefined || gateway === undefined) return null;
  return `host ${host} at ${formatObject('Gateway', gateway)}`;
}

/** One for each match, as Envoy has them. @param only places in spec.http; null for all */
function routesOf(
  object: JsonObject,
  vs: ObjectName,
  only: ReadonlySet<number> | null,
): readonly PlacedRoute[] {
  return objectsAt(objectAt(object, 'spec'), 'http').flatMap(([index, route]) => {
    if (only !== null && !only.has(index)) return [];
    const where = `route ${textAt(route, 'name') ?? `number ${String(index + 1)}`} of ${formatObject('VirtualService', vs)}`;
    const matches = objectsAt(route, 'match').map(([, match]) => match);
    return (matches.length === 0 ? [{}] : matches).map((match) => ({ where, match }));
  });
}

type Clash = readonly [ours: PlacedRoute, theirs: PlacedRoute];

function firstClash(ours: readonly PlacedRoute[], theirs: readonly PlacedRoute[]): Clash | null {
  for (const one of ours) {
    const other = theirs.find(({ match }) => clash(one.match, match));
    if (other !== undefined) return [one, other];
  }
  return null;
}

function clash(a: JsonObject, b: JsonObject): boolean {
  const [allA, allB] = [isCatchAll(a), isCatchAll(b)];
  return allA === allB && (allA || sameJson(a, b) || mayOverlap(a, b));
}

const problemOf = ([ours, theirs]: Clash, place: string): Problem => ({
  what: `${ours.where} (${describe(ours.match)}) and ${theirs.where} (${describe(theirs.match)}) can both take a request for ${place}: Istio does not say which of them does`,
  remedy:
    'Put both routes into one VirtualService, in the order in which they are meant; or give them matches that no request can meet both of.',
});

const describe = (match: JsonObject): string =>
  Object.keys(match).length === 0 ? 'every request' : JSON.stringify(match);

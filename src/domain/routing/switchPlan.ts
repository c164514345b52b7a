import { testVersion } from '../jsonPatch.ts';
import type { PatchStep, Plan } from '../jsonPatch.ts';
import { listAt, objectAt, without } from '../json.ts';
import type { JsonObject } from '../json.ts';
import type { ManagedDestination, ManagedRoute, ManagedVirtualService } from './routing.ts';
import { slots } from '../slot.ts';
import type { Slot } from '../slot.ts';
import type { Split } from '../split.ts';

/** The weight to write for one entry of one route; null leaves the field out, as it was. */
export type Wanted = (route: ManagedRoute, slot: Slot) => number | null;

export const everywhere =
  (target: Split): Wanted =>
  (_route, slot) =>
    target[slot];

/**
 * The change of weights of one VirtualService: tests what was read, then writes the weights that differ,
 * and nothing else (invariant 2). An absent weight that is wanted to be 0 is left absent.
 */
export function planWeights(vs: ManagedVirtualService, wanted: Wanted): Plan {
  const tests: PatchStep[] = [];
  const writes: PatchStep[] = [];
  const weights = new Map<string, number | null>();
  for (const route of vs.routes) {
    for (const slot of slots) {
      const entry = route.destinations[slot];
      const value = wanted(route, slot);
      tests.push(testEntry(vs, route, entry));
      if ((entry.weight ?? 0) === (value ?? 0)) continue;
      writes.push(writeWeight(route, entry, value));
      weights.set(keyOf(route.index, entry.index), value);
    }
  }
  if (writes.length === 0) return { patch: [], expectedSpec: vs.object['spec'] };
  return {
    patch: [testVersion(vs.resourceVersion), ...tests, ...writes],
    expectedSpec: withWeights(objectAt(vs.object, 'spec'), weights),
  };
}

/** Back to the weights of an earlier reading of the same VirtualService, route by route. */
export const planRestore = (now: ManagedVirtualService, before: ManagedVirtualService): Plan =>
  planWeights(now, (route, slot) => (sameRoute(before, route) ?? route).destinations[slot].weight);

/** The route in another reading: at the same place under the same name, or else by its name. */
function sameRoute(vs: ManagedVirtualService, { index, name }: ManagedRoute): ManagedRoute | undefined {
  const there = vs.routes.find((route) => route.index === index && route.name === name);
  return there ?? vs.routes.find((route) => name !== null && route.name === name);
}

const keyOf = (route: number, entry: number): string => `${String(route)}/${String(entry)}`;
const entryPath = (route: ManagedRoute, entry: ManagedDestination): string =>
  `/spec/http/${String(route.index)}/route/${String(entry.index)}`;

/** An absence cannot be tested by its path: then the whole entry is. */
function testEntry(vs: ManagedVirtualService, route: ManagedRoute, entry: ManagedDestination): PatchStep {
  const path = entryPath(route, entry);
  if (entry.weight !== null) return { op: 'test', path: `${path}/weight`, value: entry.weight };
  const http = listAt(objectAt(vs.object, 'spec'), 'http')[route.index] as JsonObject;
  return { op: 'test', path, value: listAt(http, 'route')[entry.index] };
}

function writeWeight(route: ManagedRoute, entry: ManagedDestination, value: number | null): PatchStep {
  const path = `${entryPath(route, entry)}/weight`;
  if (value === null) return { op: 'remove', path };
  return { op: entry.weight === null ? 'add' : 'replace', path, value };
}

function withWeights(spec: JsonObject, weights: ReadonlyMap<string, number | null>): JsonObject {
  const http = listAt(spec, 'http').map((item, routeIndex) => {
    const route = item as JsonObject;
    if (!listAt(route, 'route').some((_, place) => weights.has(keyOf(routeIndex, place)))) return item;
    const entries = listAt(route, 'route').map((entry, place) => {
      const key = keyOf(routeIndex, place);
      return weights.has(key) ? withWeight(entry as JsonObject, weights.get(key) ?? null) : entry;
    });
    return { ...route, route: entries };
  });
  return { ...spec, http };
}

function withWeight(entry: JsonObject, value: number | null): JsonObject {
  const rest = without(entry, 'weight');
  return value === null ? rest : { ...rest, weight: value };
}

import { testVersion } from '../jsonPatch.ts';
import type { PatchStep, Plan } from '../jsonPatch.ts';
import { isObject, listAt, objectAt, objectsAt, sameJson, without } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { previewName } from './managedRoutes.ts';
import type { ManagedRoute, ManagedVirtualService, ServiceRouting } from './routing.ts';
import type { Slot } from '../slot.ts';

/** A request with this header, and this one alone, reaches the candidate before the switch. */
export interface Preview {
  readonly slot: Slot;
  /** Lower case. */
  readonly header: string;
  readonly value: string;
}

/** Whether one is open, by whomever. */
export const hasPreview = ({ virtualServices }: ServiceRouting): boolean =>
  virtualServices.some(({ previews }) => previews.length > 0);

/**
 * The header route: before each managed route a clone of it, with the same timeout, retries, cors, headers,
 * rewrite and all the rest, matching the header besides, with the slot as its only destination. What an
 * earlier run left open is replaced.
 */
export const planOpenPreview = (vs: ManagedVirtualService, service: string, preview: Preview): Plan =>
  planPreviews(vs, (route, http) => cloneRoute(http, route, previewName(service), preview));

/** Takes every preview route out again. */
export const planClosePreview = (vs: ManagedVirtualService): Plan => planPreviews(vs, () => null);

function planPreviews(
  vs: ManagedVirtualService,
  clone: (route: ManagedRoute, http: JsonObject) => JsonObject | null,
): Plan {
  const spec = objectAt(vs.object, 'spec');
  const http = listAt(spec, 'http');
  const steps: PatchStep[] = [];
  const after: unknown[] = [];
  // From the last to the first, so that no step moves what a later one points at.
  for (let index = http.length - 1; index >= 0; index -= 1) {
    const path = `/spec/http/${String(index)}`;
    const item = http[index];
    if (vs.previews.includes(index)) {
      steps.push({ op: 'test', path, value: item }, { op: 'remove', path });
      continue;
    }
    after.unshift(item);
    const route = vs.routes.find((managed) => managed.index === index);
    const cloned = route !== undefined && isObject(item) ? clone(route, item) : null;
    if (cloned === null) continue;
    steps.push({ op: 'add', path, value: cloned });
    after.unshift(cloned);
  }
  // Nothing to do, or exactly this was open already.
  if (sameJson(after, http)) return { patch: [], expectedSpec: spec };
  return { patch: [testVersion(vs.resourceVersion), ...steps], expectedSpec: { ...spec, http: after } };
}

/** null when no request can match both the route and the header. */
function cloneRoute(
  http: JsonObject,
  route: ManagedRoute,
  name: string,
  { slot, header, value }: Preview,
): JsonObject | null {
  const entry = listAt(http, 'route')[route.destinations[slot].index];
  if (!isObject(entry)) return null;
  const wanted = { [header]: { exact: value } };
  const given = objectsAt(http, 'match').map(([, match]) => match);
  const matches =
    given.length === 0
      ? [{ headers: wanted }]
      : given
          .filter(
            (match) =>
              !(header in objectAt(match, 'headers')) && !(header in objectAt(match, 'withoutHeaders')),
          )
          .map((match) => ({ ...match, headers: { ...objectAt(match, 'headers'), ...wanted } }));
  return matches.length === 0 ? null : { ...http, name, match: matches, route: [without(entry, 'weight')] };
}

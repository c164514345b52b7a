import { isObject, listAt, objectAt, objectsAt, sameJson, textAt, without } from '../json.ts';
import type { JsonObject } from '../json.ts';

/**
 * What istiod makes of a root's http route and one of its delegate's: both names, the delegate's own settings before
 * the root's, and requests that both take.
 * Source: Istio's API, HTTPRoute.delegate; how pilot 1.28 merges them.
 * @param delegate with hosts and gateways by their full names: it stands in the root's namespace from now on
 * @returns null where a match of the delegate is not within any of the root's: then the route is left out
 */
export function mergeRoute(root: JsonObject, delegate: JsonObject): JsonObject | null {
  const match = mergeMatches(matchesOf(root), matchesOf(delegate));
  if (match === null) return null;
  return withoutEmpty({
    ...without(root, 'delegate'),
    ...delegate,
    name: joinedName(textAt(root, 'name'), textAt(delegate, 'name')),
    match,
  });
}

/** Whichever of the two has a name, or both with a dash between. */
export const joinedName = (root: string | null, delegate: string | null): string =>
  [root ?? '', delegate ?? ''].filter((name) => name !== '').join('-');

const matchesOf = (http: JsonObject): readonly JsonObject[] =>
  objectsAt(http, 'match').map(([, match]) => match);

function mergeMatches(
  root: readonly JsonObject[],
  delegate: readonly JsonObject[],
): readonly JsonObject[] | null {
  if (root.length === 0) return delegate;
  if (delegate.length === 0) return root;
  const merged = delegate.map((leaf) =>
    root.filter((one) => isWithin(leaf, one)).map((one) => mergeMatch(one, leaf)),
  );
  return merged.some((found) => found.length === 0) ? null : merged.flat();
}

const maps = ['headers', 'withoutHeaders', 'queryParams', 'sourceLabels'] as const;

function mergeMatch(root: JsonObject, leaf: JsonObject): JsonObject {
  const joined = Object.fromEntries(
    maps.map((field) => [field, { ...objectAt(root, field), ...objectAt(leaf, field) }]),
  );
  const gateways = listAt(leaf, 'gateways').length > 0 ? leaf['gateways'] : root['gateways'];
  const name = joinedName(textAt(root, 'name'), textAt(leaf, 'name'));
  return withoutEmpty({ ...root, ...leaf, ...joined, gateways, name });
}

/** Whether a delegate's match asks for what the root's does, or for more. */
function isWithin(leaf: JsonObject, root: JsonObject): boolean {
  return (
    ['uri', 'scheme', 'method', 'authority'].every((field) => isTextWithin(leaf[field], root[field])) &&
    ['headers', 'withoutHeaders', 'queryParams'].every((field) =>
      areTextsWithin(objectAt(leaf, field), objectAt(root, field)),
    ) &&
    (leaf['ignoreUriCase'] ?? false) === (root['ignoreUriCase'] ?? false) &&
    (leaf['port'] ?? root['port']) === (root['port'] ?? leaf['port']) &&
    ['', leaf['sourceNamespace'] ?? ''].includes(root['sourceNamespace'] ?? '') &&
    areLabelsWithin(objectAt(leaf, 'sourceLabels'), objectAt(root, 'sourceLabels')) &&
    areGatewaysWithin(listAt(leaf, 'gateways'), listAt(root, 'gateways'))
  );
}

const areTextsWithin = (leaf: JsonObject, root: JsonObject): boolean =>
  Object.entries(leaf).every(([key, text]) => isTextWithin(text, root[key]));

const areLabelsWithin = (leaf: JsonObject, root: JsonObject): boolean =>
  Object.entries(leaf).every(([key, value]) => root[key] === undefined || sameJson(root[key], value));

const areGatewaysWithin = (leaf: readonly unknown[], root: readonly unknown[]): boolean =>
  leaf.length === 0 || root.length === 0 || leaf.every((one) => root.includes(one));

/** A regular expression is compared with nothing, not even with itself. */
function isTextWithin(leaf: unknown, root: unknown): boolean {
  if (!isObject(leaf) || !isObject(root)) return true;
  const prefix = textAt(root, 'prefix') ?? '';
  const asked = textAt(leaf, 'prefix') ?? textAt(leaf, 'exact');
  if (prefix !== '') return asked?.startsWith(prefix) === true;
  const exact = textAt(root, 'exact') ?? '';
  return exact !== '' && textAt(leaf, 'exact') === exact;
}

/** A field that says nothing is left out, as the API server does. */
const withoutEmpty = (object: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(object).filter(
      ([, value]) =>
        value !== undefined &&
        value !== '' &&
        !(Array.isArray(value) && value.length === 0) &&
        !(isObject(value) && Object.keys(value).length === 0),
    ),
  );

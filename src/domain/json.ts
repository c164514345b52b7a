/** What JSON can say. Objects of the cluster are read through these, never by cast. */
export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The object there, or an empty one: a field that is absent reads like one that is empty. */
export const objectAt = (parent: JsonObject, field: string): JsonObject => {
  const value = parent[field];
  return isObject(value) ? value : {};
};

export const listAt = (parent: JsonObject, field: string): readonly unknown[] => {
  const value = parent[field];
  return Array.isArray(value) ? value : [];
};

/** The objects of a list, each with its place in it. */
export const objectsAt = (
  parent: JsonObject,
  field: string,
): readonly (readonly [index: number, item: JsonObject])[] =>
  listAt(parent, field).flatMap((item, index) => (isObject(item) ? [[index, item] as const] : []));

export const textAt = (parent: JsonObject, field: string): string | null => {
  const value = parent[field];
  return typeof value === 'string' ? value : null;
};

export const numberAt = (parent: JsonObject, field: string): number | null => {
  const value = parent[field];
  return typeof value === 'number' ? value : null;
};

/** Only the entries whose value is text: labels, selectors. */
export const textsAt = (parent: JsonObject, field: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(objectAt(parent, field)).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  );

/** A copy that lacks one field. */
export const without = (object: JsonObject, field: string): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([key]) => key !== field));

/** Whether two JSON values say the same. The order of an object's fields says nothing; undefined is absent. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => sameJson(item, b[index]));
  }
  if (!isObject(a) || !isObject(b)) return false;
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => sameJson(a[key], b[key]));
}

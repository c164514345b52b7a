import { isObject, numberAt, objectAt, textAt } from '../json.ts';
import type { JsonObject } from '../json.ts';

/**
 * Whether one request can meet both matches of Istio's HTTPMatchRequest. Exact where a condition is a literal; a
 * regular expression is known by the text it begins with, so a doubt counts as an overlap.
 */
export function mayOverlap(a: JsonObject, b: JsonObject): boolean {
  const ignoreCase = a['ignoreUriCase'] === true || b['ignoreUriCase'] === true;
  return (
    textsMeet(objectAt(a, 'uri'), objectAt(b, 'uri'), ignoreCase) &&
    ['scheme', 'method', 'authority'].every((field) => textsMeet(objectAt(a, field), objectAt(b, field))) &&
    ['headers', 'queryParams'].every((field) => entriesMeet(objectAt(a, field), objectAt(b, field))) &&
    !isExcluded(a, b) &&
    !isExcluded(b, a) &&
    portsMeet(numberAt(a, 'port'), numberAt(b, 'port'))
  );
}

/** istiod puts a route that takes everything behind all others of its host, whichever VirtualService it is in. */
export function isCatchAll(match: JsonObject): boolean {
  const uri = objectAt(match, 'uri');
  const anyPath =
    Object.keys(uri).length === 0 ||
    textAt(uri, 'prefix') === '/' ||
    ['*', '.*', '/.*'].includes(textAt(uri, 'regex') ?? '');
  const conditions = Object.keys(match).filter(
    (field) => !['uri', 'name', 'ignoreUriCase', 'gateways', 'statPrefix'].includes(field),
  );
  return anyPath && conditions.length === 0;
}

const portsMeet = (a: number | null, b: number | null): boolean => a === null || b === null || a === b;

function entriesMeet(a: JsonObject, b: JsonObject): boolean {
  return Object.entries(a).every(([name, condition]) => {
    const other = b[name];
    return !isObject(condition) || !isObject(other) || textsMeet(condition, other);
  });
}

/** One asks for a header that the other must not have. */
function isExcluded(a: JsonObject, b: JsonObject): boolean {
  const wanted = objectAt(a, 'headers');
  return Object.entries(objectAt(b, 'withoutHeaders')).some(([name, condition]) => {
    if (!(name in wanted)) return false;
    const literal = isObject(condition) ? textAt(condition, 'exact') : null;
    const isAnyValue = isObject(condition) && Object.keys(condition).length === 0;
    return isAnyValue || (literal !== null && literal === textAt(objectAt(wanted, name), 'exact'));
  });
}

/** A StringMatch: exact, prefix or regex; without any of them, everything. */
function textsMeet(a: JsonObject, b: JsonObject, ignoreCase = false): boolean {
  const fold = (text: string): string => (ignoreCase ? text.toLowerCase() : text);
  const [exactA, exactB] = [textAt(a, 'exact'), textAt(b, 'exact')];
  if (exactA !== null && exactB !== null) return fold(exactA) === fold(exactB);
  if (exactA !== null) return fold(exactA).startsWith(fold(headOf(b)));
  if (exactB !== null) return fold(exactB).startsWith(fold(headOf(a)));
  const [headA, headB] = [fold(headOf(a)), fold(headOf(b))];
  return headA.startsWith(headB) || headB.startsWith(headA);
}

/** What every text that meets the condition begins with. */
function headOf(condition: JsonObject): string {
  const prefix = textAt(condition, 'prefix');
  if (prefix !== null) return prefix;
  const regex = textAt(condition, 'regex') ?? '';
  if (regex.includes('|')) return '';
  const literal = /^\^?([A-Za-z0-9/_-]*)/.exec(regex)?.[1] ?? '';
  const next = regex.replace(/^\^/, '').charAt(literal.length);
  // The last character may be repeated no times at all.
  return ['?', '*', '{'].includes(next) ? literal.slice(0, -1) : literal;
}

import { isObject } from '../../domain/json.ts';

/**
 * What our own record says, field by field. Each action reads the record when it starts, and a schema library is
 * 60 ms of that (half of all the code that a switch loads): so these few lines do what is needed of one.
 */
export type Shape<T> = (value: unknown, path: string) => T;

export class WrongField extends Error {
  constructor(path: string, wanted: string) {
    super(`its field ${path} is wrong: ${wanted} is wanted`);
    this.name = 'WrongField';
  }
}

export const text: Shape<string> = (value, path) => {
  if (typeof value === 'string') return value;
  throw new WrongField(path, 'a text');
};

export const number: Shape<number> = (value, path) => {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new WrongField(path, 'a number');
};

export const oneOf =
  <T extends string>(allowed: readonly T[]): Shape<T> =>
  (value, path) => {
    const found = allowed.find((one) => one === value);
    if (found !== undefined) return found;
    throw new WrongField(path, `one of ${allowed.join(', ')}`);
  };

export const orNull =
  <T>(shape: Shape<T>): Shape<T | null> =>
  (value, path) =>
    value === null ? null : shape(value, path);

export const list =
  <T>(shape: Shape<T>): Shape<readonly T[]> =>
  (value, path) => {
    if (!Array.isArray(value)) throw new WrongField(path, 'a list');
    return value.map((item, index) => shape(item, `${path}.${String(index)}`));
  };

type Shapes = Readonly<Record<string, Shape<unknown>>>;
type Of<S extends Shapes> = { readonly [K in keyof S]: ReturnType<S[K]> };

/** Fields that are not named are left out. */
export const object =
  <R extends Shapes, O extends Shapes>(required: R, optional: O): Shape<Of<R> & Partial<Of<O>>> =>
  (value, path) => {
    if (!isObject(value)) throw new WrongField(path, 'an object');
    const at = (field: string): string => (path === '' ? field : `${path}.${field}`);
    const all = { ...required, ...optional };
    const entries = Object.entries(all).flatMap(([field, shape]) =>
      value[field] === undefined && !(field in required)
        ? []
        : [[field, shape(value[field], at(field))] as const],
    );
    // What Object.fromEntries cannot say: each field was read by its own shape.
    return Object.fromEntries(entries) as Of<R> & Partial<Of<O>>;
  };

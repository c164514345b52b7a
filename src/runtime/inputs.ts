import { InputError } from './errors.ts';
import type { InputProblem } from './errors.ts';

/** How one kind of value is read from text. `parse` gives undefined for what is not allowed. */
export interface Rule<T> {
  /** For people: what is allowed. */
  readonly allowed: string;
  readonly example: string;
  readonly parse: (raw: string) => T | undefined;
}

export interface Field<T> {
  readonly rule: Rule<T>;
  /** What an empty input means: an error, a value as text, or null. */
  readonly whenEmpty: 'required' | 'null' | { readonly text: string };
}

/** Every input of one action, by its name in action.yml. */
export type Fields<T> = { readonly [K in keyof T]: Field<T[K]> };

/** The inputs as given, by name: from INPUT_* variables in a workflow, from flags at a terminal. */
export type GivenInputs = Readonly<Record<string, string>>;

export const required = <T>(rule: Rule<T>): Field<T> => ({ rule, whenEmpty: 'required' });
export const optional = <T>(rule: Rule<T>): Field<T | null> => ({ rule, whenEmpty: 'null' });
/** The default is text, exactly as it stands in action.yml: a contract test compares the two. */
export const defaulted = <T>(rule: Rule<T>, text: string): Field<T> => ({ rule, whenEmpty: { text } });

/**
 * Reads all inputs into one typed object.
 * @throws InputError that lists every wrong, missing and unknown input at once
 */
export function parseInputs<T extends object>(given: GivenInputs, fields: Fields<T>): T {
  const problems: InputProblem[] = [];
  const values: Partial<T> = {};
  for (const name of Object.keys(fields) as (keyof T & string)[]) {
    const outcome = parseField(name, given[name]?.trim() ?? '', fields[name]);
    if (outcome.problem === undefined) values[name] = outcome.value;
    else problems.push(outcome.problem);
  }
  for (const name of Object.keys(given)) {
    if (!(name in fields)) problems.push(unknownInput(name, given[name] ?? '', Object.keys(fields)));
  }
  if (problems.length > 0) throw new InputError(problems);
  return values as T;
}

type Outcome<T> = { readonly problem?: undefined; readonly value: T } | { readonly problem: InputProblem };

function parseField<T>(input: string, raw: string, { rule, whenEmpty }: Field<T>): Outcome<T> {
  // A field made by optional() has null in its type.
  if (raw === '' && whenEmpty === 'null') return { value: null as T };
  const text = raw === '' && typeof whenEmpty === 'object' ? whenEmpty.text : raw;
  const value = text === '' ? undefined : rule.parse(text);
  if (value !== undefined) return { value };
  return { problem: { input, given: raw, allowed: rule.allowed, example: rule.example } };
}

/** What was given may be a secret that is meant for another input: only what cannot be one is shown. */
function unknownInput(input: string, given: string, known: readonly string[]): InputProblem {
  return {
    input: `${input} (no such input)`,
    given: /^[\w.,% -]{0,20}$/.test(given) ? given : '(not shown)',
    allowed: known.join(', '),
    example: known[0] ?? 'no inputs at all',
  };
}

/** What GitHub hands to a JavaScript action: INPUT_<NAME>, upper case, hyphens kept. Empty ones count as not given. */
export function givenInputs(env: Readonly<Record<string, string | undefined>>): GivenInputs {
  const given: Record<string, string> = {};
  for (const [key, value] of Object.entries(env)) {
    if (key.startsWith('INPUT_') && value !== undefined && value !== '') {
      given[key.slice('INPUT_'.length).toLowerCase()] = value;
    }
  }
  return given;
}

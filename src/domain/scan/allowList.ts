import { isObject, textAt } from '../json.ts';
import type { JsonObject } from '../json.ts';
import type { ScanFinding } from './report.ts';

/** A finding that somebody has looked at and accepted, until a day. */
export interface AllowEntry {
  readonly id: string;
  /** Only in this package; in all when absent. */
  readonly package?: string;
  readonly reason: string;
  /** `YYYY-MM-DD`, the last day on which it counts (UTC). */
  readonly expires: string;
}

export const allowListExample = `- id: CVE-2026-12345
  package: libexample # optional: only in this package
  reason: the code path is not reachable, see the review of 3 November
  expires: 2026-12-31`;

/** The file's entries, or everything that is wrong with it. A file that is half right allows nothing. */
export type AllowList =
  | { readonly kind: 'entries'; readonly entries: readonly AllowEntry[] }
  | { readonly kind: 'problems'; readonly problems: readonly string[] };

const fields = ['id', 'package', 'reason', 'expires'];

/** @param document what the YAML file says; null for an empty file */
export function parseAllowList(document: unknown): AllowList {
  if (document === null || document === undefined) return { kind: 'entries', entries: [] };
  if (!Array.isArray(document)) return { kind: 'problems', problems: ['the file is no list of entries'] };
  const read = (document as readonly unknown[]).map((item, index) => readEntry(item, index + 1));
  const entries = read.flatMap(({ entry }) => (entry === null ? [] : [entry]));
  const problems = [...read.flatMap((one) => one.problems), ...twice(entries)];
  return problems.length > 0 ? { kind: 'problems', problems } : { kind: 'entries', entries };
}

function readEntry(
  item: unknown,
  place: number,
): { readonly entry: AllowEntry | null; readonly problems: readonly string[] } {
  if (!isObject(item)) return { entry: null, problems: [`entry ${String(place)} is no object`] };
  const named = `entry ${String(place)} (${filled(item, 'id') ?? 'without an id'})`;
  const id = filled(item, 'id');
  const reason = filled(item, 'reason');
  const expires = filled(item, 'expires');
  const packageName = filled(item, 'package');
  const problems = [
    ...Object.keys(item)
      .filter((key) => !fields.includes(key))
      .map((key) => `${named} has a field ${JSON.stringify(key)}; known are ${fields.join(', ')}`),
    ...(id === null ? [`${named} needs an id`] : []),
    ...(reason === null ? [`${named} needs a reason: who looked at it, and why it is no danger`] : []),
    ...(expires === null || !isDay(expires)
      ? [`${named} needs a day on which it expires, as 2026-12-31; given: ${JSON.stringify(item['expires'])}`]
      : []),
    ...('package' in item && packageName === null ? [`${named} has a package that is no name`] : []),
  ];
  if (problems.length > 0 || id === null || reason === null || expires === null) {
    return { entry: null, problems };
  }
  return {
    entry: { id, reason, expires, ...(packageName === null ? {} : { package: packageName }) },
    problems,
  };
}

function filled(item: JsonObject, field: string): string | null {
  const text = textAt(item, field)?.trim();
  return text === undefined || text === '' ? null : text;
}

function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  // Date.parse takes 2026-02-30 for 2 March.
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

function twice(entries: readonly AllowEntry[]): readonly string[] {
  const seen = new Set<string>();
  return entries.flatMap((entry) => {
    const key = JSON.stringify([entry.id, entry.package]);
    if (!seen.has(key)) {
      seen.add(key);
      return [];
    }
    return [`${nameOf(entry)} is in the file twice: which of the two expires?`];
  });
}

export const nameOf = ({ id, package: name }: AllowEntry): string =>
  name === undefined ? id : `${id} in ${name}`;

export const allows = (entry: AllowEntry, finding: ScanFinding): boolean =>
  entry.id === finding.id && (entry.package === undefined || entry.package === finding.package);

const dayMs = 86_400_000;

/** From the day after its last one, UTC. What is no day has expired. */
export const hasExpired = ({ expires }: AllowEntry, now: number): boolean =>
  !(now < Date.parse(`${expires}T00:00:00Z`) + dayMs);

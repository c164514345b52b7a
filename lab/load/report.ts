import { addBuckets, quantileMs } from './latency.ts';
import type { LoadRow, Side } from './row.ts';

/** Which answers are meant; what is left out is not looked at. */
export interface AnswerFilter {
  /** From this instant on, in ms since the epoch. */
  readonly fromMs?: number;
  /** Before this instant. */
  readonly toMs?: number;
  readonly side?: Side;
  readonly path?: string;
  readonly service?: string;
  /** null: answers that no version gave */
  readonly version?: string | null;
}

export interface AnswerCount {
  readonly requests: number;
  readonly failed: number;
  /** By kind: `500`, `503 UH`, `transport: timeout`. */
  readonly failures: Readonly<Record<string, number>>;
}

export interface PathCount extends AnswerCount {
  readonly side: Side;
  readonly path: string;
  readonly service: string;
  readonly version: string | null;
}

export interface SecondCount extends PathCount {
  /** Start of the second, in ms since the epoch. */
  readonly secondMs: number;
  readonly skipped: number;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
}

/** First and last instant, in ms since the epoch. */
export interface Span {
  readonly firstMs: number;
  readonly lastMs: number;
}

/** An answered request. Instants in ms since the epoch. */
export interface SentRequest {
  readonly path: string;
  readonly sentMs: number;
  readonly answeredMs: number;
}

/** A request that failed: with a bad answer, or with none. */
export interface FailedRequest extends SentRequest {
  /** `500`, `503 UO`, `transport: timeout` */
  readonly kind: string;
  /** null: no version answered */
  readonly version: string | null;
}

/** What a load saw. Every answer counts at the instant of its arrival, except where a request's sending is meant. */
export class LoadReport {
  readonly rows: readonly LoadRow[];
  /** Why a part of the load ended early, by path; empty when all went as asked. */
  readonly interruptions: readonly string[];

  constructor(rows: readonly LoadRow[], interruptions: readonly string[] = []) {
    this.rows = rows;
    this.interruptions = interruptions;
  }

  count(filter: AnswerFilter = {}): AnswerCount {
    return countRows(this.#matching(filter), filter);
  }

  /** One count for each path, service and version that answered within the filter. */
  countByPath(filter: AnswerFilter = {}): PathCount[] {
    return [...groupBy(this.#matching(filter), pathKey).values()]
      .flatMap((rows) =>
        rows.slice(0, 1).map((first) => ({ ...identity(first), ...countRows(rows, filter) })),
      )
      .filter(({ requests }) => requests > 0)
      .sort((one, other) => pathKey(one).localeCompare(pathKey(other)));
  }

  /**
   * The answered requests that were sent within the filter, whenever their answers came. An answer says which version
   * was served when its request was on its way: on a machine that stands still for a while, that was long before.
   */
  sent(filter: AnswerFilter = {}): SentRequest[] {
    return this.#matching(filter).flatMap(({ path, sentAtMs, answeredAtMs }) =>
      sentAtMs.flatMap((sentMs, index) =>
        inside(sentMs, filter) ? [{ path, sentMs, answeredMs: answeredAtMs[index] ?? NaN }] : [],
      ),
    );
  }

  /** Each failed request, by when it failed. */
  failed(filter: AnswerFilter = {}): FailedRequest[] {
    return this.#matching(filter)
      .flatMap(({ path, version, badAtMs, badSentAtMs }) =>
        Object.entries(badAtMs).flatMap(([kind, instants]) =>
          instants.map((answeredMs, index) => {
            const sentMs = badSentAtMs[kind]?.[index] ?? NaN;
            return { path, version, kind, sentMs, answeredMs };
          }),
        ),
      )
      .filter(({ answeredMs }) => inside(answeredMs, filter))
      .sort((one, other) => one.answeredMs - other.answeredMs);
  }

  /** When answers came in: the first and the last; null when there were none. */
  answerSpan(filter: AnswerFilter = {}): Span | null {
    return spanOf(this.#matching(filter).flatMap((row) => within(row.answeredAtMs, filter)));
  }

  /** From the first bad answer to the last; null when none was bad. */
  badSpan(filter: AnswerFilter = {}): Span | null {
    const bad = this.#matching(filter).flatMap((row) => Object.values(row.badAtMs).flat());
    return spanOf(within(bad, filter));
  }

  /** Requests that were due and not sent, because the agent was at its limit. Within whole slices. */
  skipped(filter: AnswerFilter = {}): number {
    return this.#matching(filter)
      .filter(({ sliceMs }) => inside(sliceMs, filter))
      .reduce((sum, row) => sum + row.skipped, 0);
  }

  /** One line for each second, path, service and version. */
  perSecond(filter: AnswerFilter = {}): SecondCount[] {
    const rows = this.#matching(filter).filter(({ sliceMs }) => inside(sliceMs, filter));
    const groups = groupBy(rows, (row) => `${String(secondOf(row))} ${pathKey(row)}`);
    return [...groups.values()]
      .flatMap((group) => group.slice(0, 1).map((first) => secondCount(first, group)))
      .sort((one, other) => one.secondMs - other.secondMs || pathKey(one).localeCompare(pathKey(other)));
  }

  #matching({ side, path, service, version }: AnswerFilter): readonly LoadRow[] {
    return this.rows.filter(
      (row) =>
        (side === undefined || row.side === side) &&
        (path === undefined || row.path === path) &&
        (service === undefined || row.service === service) &&
        (version === undefined || row.version === version),
    );
  }
}

function secondCount(first: LoadRow, rows: readonly LoadRow[]): SecondCount {
  const latency = addBuckets(rows.map((row) => row.latency));
  return {
    secondMs: secondOf(first),
    ...identity(first),
    ...countRows(rows, {}),
    skipped: rows.reduce((sum, row) => sum + row.skipped, 0),
    p50Ms: quantileMs(latency, 0.5),
    p95Ms: quantileMs(latency, 0.95),
    p99Ms: quantileMs(latency, 0.99),
  };
}

function countRows(rows: readonly LoadRow[], filter: AnswerFilter): AnswerCount {
  const failures: Record<string, number> = {};
  let requests = 0;
  let failed = 0;
  for (const row of rows) {
    requests += within(row.answeredAtMs, filter).length;
    for (const [kind, instants] of Object.entries(row.badAtMs)) {
      const count = within(instants, filter).length;
      if (count === 0) continue;
      failures[kind] = (failures[kind] ?? 0) + count;
      failed += count;
    }
  }
  return { requests, failed, failures };
}

function identity({ side, path, service, version }: LoadRow): Omit<PathCount, keyof AnswerCount> {
  return { side, path, service, version };
}

function pathKey({ side, path, service, version }: Omit<PathCount, keyof AnswerCount>): string {
  return `${service} ${side === 'outside' ? '0' : '1'} ${path} ${version ?? ''}`;
}

function secondOf({ sliceMs }: LoadRow): number {
  return sliceMs - (sliceMs % 1000);
}

function inside(instantMs: number, { fromMs, toMs }: AnswerFilter): boolean {
  return (fromMs === undefined || instantMs >= fromMs) && (toMs === undefined || instantMs < toMs);
}

function within(instants: readonly number[], filter: AnswerFilter): readonly number[] {
  return instants.filter((instant) => inside(instant, filter));
}

function spanOf(instants: readonly number[]): Span | null {
  if (instants.length === 0) return null;
  return instants.reduce<Span>(
    ({ firstMs, lastMs }, instant) => ({
      firstMs: Math.min(firstMs, instant),
      lastMs: Math.max(lastMs, instant),
    }),
    { firstMs: Infinity, lastMs: -Infinity },
  );
}

function groupBy<T>(list: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of list) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return groups;
}

/** A counter as one place counted it: one proxy for one endpoint, or one series of Prometheus. */
export interface Counter {
  /** Who counts. */
  readonly counter: string;
  /** What is counted: with `counter` it names the source. */
  readonly subject: string;
  readonly requests: number;
  readonly errors: number;
}

export interface CounterSample {
  readonly counters: readonly Counter[];
  /** Who counts and did not answer this time. */
  readonly silent: readonly string[];
}

export interface Tally {
  readonly requests: number;
  readonly errors: number;
}

/** What has been counted since the first sample. */
export interface Count {
  readonly total: Tally;
  readonly last: ReadonlyMap<string, Tally>;
  /** Counters that were silent from the start: their first answer is their baseline. */
  readonly unread: ReadonlySet<string>;
}

const nothing: Tally = { requests: 0, errors: 0 };
const sourceOf = ({ counter, subject }: Counter): string => `${counter} ${subject}`;

/** The baseline: what was counted before does not count. */
export const startCount = (sample: CounterSample): Count => ({
  total: nothing,
  last: new Map(sample.counters.map((counter) => [sourceOf(counter), tallyOf(counter)])),
  unread: new Set(sample.silent),
});

/**
 * Adds what has grown since the last sample. A source that counts less than before was restarted and
 * counts from 0; one that was not there before is new and counts from 0: so no step is ever negative,
 * and a new pod's first errors are not lost.
 */
export function addSample(count: Count, sample: CounterSample): Count {
  const last = new Map(count.last);
  const unread = new Set(count.unread);
  let total = count.total;
  for (const counter of sample.counters) {
    const now = tallyOf(counter);
    const before = last.get(sourceOf(counter));
    const baseline = before ?? (count.unread.has(counter.counter) ? now : nothing);
    total = add(total, growth(baseline, now));
    last.set(sourceOf(counter), now);
    unread.delete(counter.counter);
  }
  return { total, last, unread };
}

function growth(before: Tally, now: Tally): Tally {
  const restarted = now.requests < before.requests || now.errors < before.errors;
  return restarted ? now : subtract(now, before);
}

const tallyOf = ({ requests, errors }: Counter): Tally => ({ requests, errors });

export const add = (a: Tally, b: Tally): Tally => ({
  requests: a.requests + b.requests,
  errors: a.errors + b.errors,
});

export const subtract = (a: Tally, b: Tally): Tally => ({
  requests: a.requests - b.requests,
  errors: a.errors - b.errors,
});

import type { CounterSample } from '../domain/verdict/counters.ts';

/** Where the candidate's requests and errors are counted. */
export interface Metrics {
  /** For people: `the counters of every Envoy`. */
  readonly source: string;
  /**
   * Counters as they stand now: they only grow, until their source restarts.
   * @throws ConnectionError when nobody answers; PermissionError
   */
  sample(): Promise<CounterSample>;
}

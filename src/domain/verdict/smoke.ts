import type { Judgement } from './verdict.ts';

/** One test request and what came of it. */
export interface Probe {
  /** The gateway it went through. */
  readonly via: string;
  readonly path: string;
  /** null when there was no answer. */
  readonly status: number | null;
  readonly ms: number;
  /** Why there was none. */
  readonly trouble: string | null;
}

/** What one gateway's own counters say about the candidate's endpoints, before and after the probes. */
export interface Arrival {
  readonly via: string;
  readonly sent: number;
  /** null when the gateway did not answer. */
  readonly counted: number | null;
}

export interface SmokeReport {
  readonly version: string;
  readonly health: readonly string[];
  readonly probes: readonly Probe[];
  readonly arrivals: readonly Arrival[];
}

/** The verdict of the tests. That the candidate answered, and not another, is part of it. */
export function judgeSmoke({ health, probes, arrivals }: SmokeReport, expectedStatus: number): Judgement {
  const [sick] = health;
  if (sick !== undefined) return { verdict: 'fail', reason: sick };
  const wrong = probes.filter(({ status }) => status !== expectedStatus);
  const [first] = wrong;
  if (first !== undefined) {
    const got =
      first.status === null ? `no answer (${first.trouble ?? ''})` : `status ${String(first.status)}`;
    return {
      verdict: 'fail',
      reason: `${String(wrong.length)} of ${String(probes.length)} requests went wrong: ${first.path} through ${first.via} got ${got}, not ${String(expectedStatus)}`,
    };
  }
  if (probes.length === 0) return { verdict: 'inconclusive', reason: 'not one request was sent' };
  const unknown = arrivals.find(({ counted }) => counted === null);
  if (unknown !== undefined) {
    return { verdict: 'inconclusive', reason: `${unknown.via} does not say where its requests went` };
  }
  const astray = arrivals.find(({ sent, counted }) => (counted ?? 0) < sent);
  if (astray !== undefined) {
    return {
      verdict: 'fail',
      reason: `of ${String(astray.sent)} requests through ${astray.via} only ${String(astray.counted)} reached the candidate`,
    };
  }
  const slowest = Math.max(...probes.map(({ ms }) => ms));
  return {
    verdict: 'pass',
    reason: `${String(probes.length)} requests through ${String(arrivals.length)} gateways, all ${String(expectedStatus)} and all from the candidate, the slowest ${String(Math.round(slowest))} ms`,
  };
}

import { addSample, startCount } from '../domain/verdict/counters.ts';
import type { Count, CounterSample } from '../domain/verdict/counters.ts';
import { formatTally, judgeEnd, judgeNow } from '../domain/verdict/errorRate.ts';
import type { Limits, Observation } from '../domain/verdict/errorRate.ts';
import type { Judgement } from '../domain/verdict/verdict.ts';
import { ConnectionError, PreconditionError } from '../runtime/errors.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import type { Metrics } from './metrics.ts';

export interface WatchOptions {
  readonly durationMs: number;
  readonly intervalMs: number;
  readonly limits: Limits;
}

interface Tools {
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
}

export interface Watching {
  readonly judgement: Judgement;
  readonly observations: readonly Observation[];
}

/** A line of the log every so often, not for every sample. */
const sayEveryMs = 10_000;

/** Takes samples until it is clear that the candidate is bad, or until the time is over. */
export async function watch(
  { durationMs, intervalMs, limits }: WatchOptions,
  { metrics, clock, log, signal }: Tools,
  title: string,
): Promise<Watching> {
  const startMs = clock.monotonic();
  const observations: Observation[] = [];
  let count: Count | null = null;
  let unanswered: string | null = null;
  let saidMs = startMs;
  log.info(`watching ${title} for ${String(durationMs / 1000)} s by ${metrics.source}`);
  for (;;) {
    const sample = await sampleOrReason(metrics);
    const atMs = clock.monotonic() - startMs;
    if (typeof sample === 'string') {
      if (unanswered === null) log.warning(`no counters: ${sample}`);
      unanswered = sample;
    } else {
      unanswered = null;
      count = count === null ? startCount(sample) : addSample(count, sample);
      observations.push({ atMs, total: count.total, silent: sample.silent });
    }
    const judgement = typeof sample === 'string' ? null : judgeNow(observations, limits);
    if (judgement !== null) return { judgement, observations };
    if (atMs >= durationMs) {
      return { judgement: judgeEnd(observations, limits, unanswered), observations };
    }
    if (clock.monotonic() - saidMs >= sayEveryMs && count !== null) {
      saidMs = clock.monotonic();
      log.info(`${String(Math.round(atMs / 1000))} s: ${formatTally(count.total)}`);
    }
    await clock.sleep(Math.min(intervalMs, durationMs - atMs), signal);
  }
}

/** No answer is no verdict, and no reason to stop watching: the next sample counts what this one missed. */
async function sampleOrReason(metrics: Metrics): Promise<CounterSample | string> {
  try {
    return await metrics.sample();
  } catch (error) {
    if (error instanceof ConnectionError || error instanceof PreconditionError) return error.message;
    throw error;
  }
}

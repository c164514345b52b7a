import type { Clock } from '../runtime/clock.ts';
import { ConnectionError } from '../runtime/errors.ts';
import type { Log } from '../runtime/log.ts';

/** It may well work in a moment: an overloaded registry, a connection that broke, an answer that was cut off. */
export class TryAgain extends Error {
  /** What the registry asked for (Retry-After); null: as we see fit. */
  readonly afterMs: number | null;

  constructor(reason: string, afterMs: number | null = null, options?: ErrorOptions) {
    super(reason, options);
    this.name = 'TryAgain';
    this.afterMs = afterMs;
  }
}

/**
 * Does it until it works, or fails for good. What is repeated must be harmless when it was done already.
 * @param what for people: `upload sha256:9f86d081884c`
 */
export type Attempts = <T>(what: string, attempt: (signal: AbortSignal) => Promise<T>) => Promise<T>;

export interface AttemptLimits {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly log: Log;
  /** From now, for all that is done with it. */
  readonly timeoutMs: number;
  /** Of the registry: for the message. */
  readonly registry: string;
}

/** With the waits below, a minute: a registry that restarts is back by then, one at a wrong address is not. */
const mostAttempts = 10;
const firstWaitMs = 500;
const longestWaitMs = 10_000;

export function attemptsWithin({ clock, signal, log, timeoutMs, registry }: AttemptLimits): Attempts {
  const deadlineMs = clock.monotonic() + timeoutMs;
  return async (what, attempt) => {
    for (let count = 1; ; count += 1) {
      signal.throwIfAborted();
      const leftMs = Math.max(1, deadlineMs - clock.monotonic());
      const late = AbortSignal.timeout(Math.ceil(leftMs));
      try {
        return await attempt(AbortSignal.any([signal, late]));
      } catch (error) {
        signal.throwIfAborted();
        const again = late.aborted ? new TryAgain('no answer') : error;
        if (!(again instanceof TryAgain)) throw error;
        const waitMs = again.afterMs ?? Math.min(longestWaitMs, firstWaitMs * 2 ** (count - 1));
        if (count === mostAttempts || clock.monotonic() + waitMs >= deadlineMs) {
          throw gaveUp(what, registry, count, again);
        }
        log.info(`${registry}: ${what}: ${again.message}; once more in ${String(waitMs / 1_000)} s`);
        await clock.sleep(waitMs, signal);
      }
    }
  };
}

const gaveUp = (what: string, registry: string, count: number, error: TryAgain): ConnectionError =>
  new ConnectionError(
    `${registry}: ${what}: ${error.message} (${String(count)} ${count === 1 ? 'attempt' : 'attempts'})`,
    'Check that the registry is up and that this machine reaches it, then run the step again: what was uploaded is kept, and no tag was written half.',
    { cause: error },
  );

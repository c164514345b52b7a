import { DeadlineError } from './errors.ts';
import type { Clock } from './clock.ts';

export interface PollOptions {
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly intervalMs: number;
  readonly signal?: AbortSignal;
  /** Ends the sentence "… waiting for". */
  readonly what: string;
  /** What to do when the deadline passes. */
  readonly remedy: string;
}

/** Either the answer, or why there is none yet: the last reason ends up in the deadline's message. */
export type Attempt<T> =
  { readonly done: true; readonly value: T } | { readonly done: false; readonly reason: string };

/**
 * Asks until `attempt` is done. Asks at least once, and once more at the deadline itself.
 * @throws DeadlineError with the last reason; the signal's reason when aborted
 */
export async function poll<T>(options: PollOptions, attempt: () => Promise<Attempt<T>>): Promise<T> {
  const { clock, timeoutMs, intervalMs, signal } = options;
  const deadline = clock.monotonic() + timeoutMs;
  for (;;) {
    signal?.throwIfAborted();
    const outcome = await attempt();
    if (outcome.done) return outcome.value;
    const leftMs = deadline - clock.monotonic();
    if (leftMs <= 0) {
      throw new DeadlineError(
        `gave up after ${String(Math.round(timeoutMs / 100) / 10)} s waiting for ${options.what}: ${outcome.reason}`,
        options.remedy,
      );
    }
    await clock.sleep(Math.min(intervalMs, leftMs), signal);
  }
}

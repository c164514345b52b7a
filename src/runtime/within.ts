import type { Clock } from './clock.ts';

/**
 * The answer, if it comes in time. What was asked goes on all the same.
 * @throws Error when it does not
 */
export async function within<T>(clock: Clock, ms: number, answer: Promise<T>): Promise<T> {
  let stop = (): void => undefined;
  const late = new Promise<never>((_, reject) => {
    stop = clock.every(ms, () => reject(new Error(`no answer within ${String(ms / 1_000)} s`)));
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    stop();
  }
}

import type { Clock } from './clock.ts';

/** How long each part of a step took, in the order in which they began. */
export interface Stopwatch {
  time<T>(part: string, work: () => Promise<T>): Promise<T>;
  /** Milliseconds by part: those that failed too. */
  readonly parts: readonly (readonly [part: string, ms: number])[];
  /** Milliseconds since the stopwatch was made. */
  total(): number;
}

export function stopwatch(clock: Pick<Clock, 'monotonic'>): Stopwatch {
  const begun = clock.monotonic();
  const parts: (readonly [string, number])[] = [];
  return {
    parts,
    total: () => clock.monotonic() - begun,
    async time(part, work) {
      const place = parts.push([part, 0]) - 1;
      const from = clock.monotonic();
      try {
        return await work();
      } finally {
        parts[place] = [part, clock.monotonic() - from];
      }
    },
  };
}

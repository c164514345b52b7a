import type { Clock } from '../../src/runtime/clock.ts';

/** A clock that moves only when someone sleeps on it, or a test says so. */
export class FakeClock implements Clock {
  #nowMs: number;
  readonly #startMs: number;
  readonly slept: number[] = [];

  constructor(at = '2026-11-21T00:00:00.000Z') {
    this.#startMs = Date.parse(at);
    this.#nowMs = this.#startMs;
  }

  now(): number {
    return this.#nowMs;
  }

  monotonic(): number {
    return this.#nowMs - this.#startMs;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.slept.push(ms);
    this.#nowMs += ms;
    // Others get their turn, as in a real sleep.
    await new Promise((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
  }

  advance(ms: number): void {
    this.#nowMs += ms;
  }
}

import type { Clock } from '../../src/runtime/clock.ts';

/** A clock that moves only when someone sleeps on it, or a test says so. */
export class FakeClock implements Clock {
  #nowMs: number;
  readonly #startMs: number;
  readonly slept: number[] = [];
  readonly #timers = new Set<{ readonly ms: number; nextMs: number; readonly tick: () => void }>();

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
    const endMs = this.#nowMs + ms;
    while (this.#tickBefore(endMs)) await new Promise((resolve) => setImmediate(resolve));
    this.#nowMs = Math.max(this.#nowMs, endMs);
    // Others get their turn, as in a real sleep.
    await new Promise((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
  }

  every(ms: number, tick: () => void): () => void {
    const timer = { ms, nextMs: this.#nowMs + ms, tick };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  advance(ms: number): void {
    this.#nowMs += ms;
  }

  /** Lets the first timer that is due until then tick, at its own time. */
  #tickBefore(endMs: number): boolean {
    const [due] = [...this.#timers]
      .filter(({ nextMs }) => nextMs <= endMs)
      .sort((a, b) => a.nextMs - b.nextMs);
    if (due === undefined) return false;
    this.#nowMs = Math.max(this.#nowMs, due.nextMs);
    due.nextMs += due.ms;
    due.tick();
    return true;
  }
}

import type { SentRequest } from './report.ts';

/** A switch that was done under a load. Instants in ms since the epoch. */
export interface SwitchSpan {
  /** For people: `switch 3 to green` */
  readonly name: string;
  /** The step's process was started. */
  readonly startedMs: number;
  /** The API server had accepted the (last) patch. */
  readonly patchedMs: number;
  /** The step's process had ended. */
  readonly endedMs: number;
}

/** The switch that was under way at this instant; null between switches. */
export const switchAt = (switches: readonly SwitchSpan[], instantMs: number): SwitchSpan | null =>
  switches.find(({ startedMs, endedMs }) => startedMs <= instantMs && instantMs < endedMs) ?? null;

/**
 * A request and where it falls among the switches, in one line: the distance to the nearest of their instants tells what
 * it may have to do with them, and a long answer tells of a machine that stood still.
 * @param what for people: what is wrong with it
 * @param switches in their order
 */
export function describeRequest(
  what: string,
  { path, sentMs, answeredMs }: SentRequest,
  switches: readonly SwitchSpan[],
): string {
  const line = `${what} by ${path}: sent ${place(switches, sentMs)}; took ${String(answeredMs - sentMs)} ms`;
  return switchAt(switches, sentMs) === switchAt(switches, answeredMs)
    ? line
    : `${line}, answered ${place(switches, answeredMs)}`;
}

function place(switches: readonly SwitchSpan[], instantMs: number): string {
  const during = switchAt(switches, instantMs);
  if (during !== null) {
    const { name, startedMs, patchedMs, endedMs } = during;
    return `in ${name}, ${[
      `${String(instantMs - startedMs)} ms after its start`,
      instantMs < patchedMs
        ? `${String(patchedMs - instantMs)} ms before its patch was accepted`
        : `${String(instantMs - patchedMs)} ms after its patch was accepted`,
      `${String(endedMs - instantMs)} ms before its end`,
    ].join(', ')}`;
  }
  const before = switches.findLast(({ endedMs }) => endedMs <= instantMs);
  const after = switches.find(({ startedMs }) => startedMs > instantMs);
  return [
    'outside of a switch',
    ...(before === undefined
      ? []
      : [`${String(instantMs - before.endedMs)} ms after the end of ${before.name}`]),
    ...(after === undefined
      ? []
      : [`${String(after.startedMs - instantMs)} ms before the start of ${after.name}`]),
  ].join(', ');
}

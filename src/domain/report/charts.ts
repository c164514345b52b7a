import { ganttChart } from '../gantt.ts';
import type { Split } from '../split.ts';
import { formatDuration } from './phases.ts';
import type { PhaseSpan, SplitPoint } from './phases.ts';

// Nothing in these charts comes from outside: phases, slots and numbers only. Mermaid takes directives from
// anywhere in a text, so a version or a commit's words have no place here.

/** How long each phase took; null when there is nothing to draw. */
export function phaseChart(phases: readonly PhaseSpan[]): string | null {
  if (phases.length < 2) return null;
  return ganttChart(
    'Phases',
    phases.map(({ phase, fromMs, toMs }) => ({
      title: phase,
      bars: [{ label: toMs > fromMs ? formatDuration(toMs - fromMs) : 'reached', fromMs, toMs }],
    })),
    'clock',
  );
}

/** Enough for a step to look like one. */
const samples = 120;
/** What is seen before the first change and after the last one, as a share of what lies between. */
const margin = 0.15;
const atLeastMs = 1_000;
/** Told apart on white and on black, and named as the slots are. */
const colours = '#2f81f7, #2da44e';

/**
 * The users' share of each slot, from just before its first change to just after its last; null when it never
 * changed. Mermaid spreads the values of a line evenly over a numeric axis, so the steps are sampled.
 * Source: Mermaid, "XY Chart".
 */
export function splitChart(points: readonly SplitPoint[]): string | null {
  const [first, second] = points;
  const last = points.at(-1);
  if (first === undefined || second === undefined || last === undefined) return null;
  const roomMs = Math.max(atLeastMs, (last.atMs - second.atMs) * margin);
  const fromMs = second.atMs - roomMs;
  const lengthMs = last.atMs + roomMs - fromMs;
  const at = (index: number): Split => {
    const ms = fromMs + (lengthMs * index) / (samples - 1);
    return points.findLast(({ atMs }) => atMs <= ms)?.split ?? first.split;
  };
  const line = (slot: 'blue' | 'green'): string =>
    `  line [${Array.from({ length: samples }, (_, index) => String(at(index)[slot])).join(', ')}]`;
  return [
    `%%{init: {"themeVariables": {"xyChart": {"backgroundColor": "transparent", "plotColorPalette": "${colours}"}}}}%%`,
    'xychart-beta',
    '  title "Users by slot: blue and green"',
    `  x-axis "seconds" 0 --> ${(lengthMs / 1_000).toFixed(1)}`,
    '  y-axis "percent" 0 --> 100',
    line('blue'),
    line('green'),
  ].join('\n');
}

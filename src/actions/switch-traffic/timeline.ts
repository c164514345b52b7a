import { ganttChart } from '../../domain/gantt.ts';
import type { Bar, Section } from '../../domain/gantt.ts';
import { formatSplit, soleSlot } from '../../domain/split.ts';
import { formatProxy } from '../../mesh/proxies/podView.ts';
import type { Leg } from './leg.ts';

/** More than this nobody reads in one chart. */
const mostBars = 12;

/** How long one of them served the new weights while the other did not yet; null when only one of them is asked. */
export function gatewayMeshGapMs({ proof }: Leg): number | null {
  const worst = (kind: 'gateway' | 'caller'): number =>
    Math.max(...proof.proxies.filter(({ proxy }) => proxy.kind === kind).map(({ ms }) => ms));
  const gapMs = Math.abs(worst('gateway') - worst('caller'));
  return Number.isFinite(gapMs) ? Math.round(gapMs) : null;
}

/** The last move by proxy; in steps, every move by itself. */
export const timelineOf = (legs: readonly Leg[]): string =>
  legs.length > 1
    ? ganttChart('Each step until every proxy served it', legs.map(stepSection(legs)))
    : ganttChart('From the intent to the proof in every proxy', legs.flatMap(moveSections));

/** Short titles: the chart has little room for them. */
const stepSection =
  (legs: readonly Leg[]) =>
  ({ target, acceptedMs, proof }: Leg): Section => {
    const slot = soleSlot(legs.at(-1)?.target ?? target);
    return {
      title: slot === null ? formatSplit(target) : `${slot} ${String(target[slot])} %`,
      bars: [{ label: inMs('proven', proof.worstMs), fromMs: acceptedMs, toMs: acceptedMs + proof.worstMs }],
    };
  };

function moveSections({ intentMs, acceptedMs, proof }: Leg): readonly Section[] {
  const bars = proof.proxies
    .toSorted((a, b) => b.ms - a.ms)
    .slice(0, mostBars)
    .map(({ proxy, ms }): Bar => ({
      label: inMs(formatProxy(proxy), ms),
      fromMs: acceptedMs,
      toMs: acceptedMs + ms,
    }));
  const rest = proof.proxies.length - bars.length;
  const shown = rest > 0 ? `Proxies, the slowest ${String(bars.length)}, ${String(rest)} more` : 'Proxies';
  const patch: Bar[] =
    intentMs === null
      ? []
      : [{ label: inMs('patch', acceptedMs - intentMs), fromMs: intentMs, toMs: acceptedMs }];
  return [...(patch.length > 0 ? [{ title: 'API server', bars: patch }] : []), { title: shown, bars }];
}

const inMs = (label: string, ms: number): string => `${label} ${String(Math.round(ms))} ms`;

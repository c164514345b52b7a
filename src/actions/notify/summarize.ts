import { phaseChart, splitChart } from '../../domain/report/charts.ts';
import { formatDuration } from '../../domain/report/phases.ts';
import type { Report } from '../../domain/report/report.ts';
import type { Summary } from '../../runtime/summary.ts';

/** The page that a manager reads: what became of it, how long each phase took, how the users were split. */
export function summarize({ title, facts, phases, splits, wrong }: Report, summary: Summary): void {
  summary.heading(title);
  summary.facts(facts);
  if (wrong.length > 0) {
    summary.table(
      ['wrong', 'what to do'],
      wrong.map(({ what, remedy }) => [what, remedy]),
    );
  }
  if (phases.length > 0) {
    summary.table(
      ['phase', 'began (UTC)', 'took', ''],
      phases.map(({ phase, fromMs, toMs, note }) => [
        phase,
        timeOf(fromMs),
        toMs > fromMs ? formatDuration(toMs - fromMs) : '',
        note,
      ]),
    );
  }
  for (const chart of [phaseChart(phases), splitChart(splits)]) {
    if (chart !== null) summary.diagram(chart);
  }
}

/** `2026-11-21 04:45:12`. */
const timeOf = (ms: number): string => new Date(ms).toISOString().replace('T', ' ').slice(0, 19);

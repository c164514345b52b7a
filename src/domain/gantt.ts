/** What happened between two moments. Milliseconds from any common start. */
export interface Bar {
  readonly label: string;
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Section {
  readonly title: string;
  readonly bars: readonly Bar[];
}

/**
 * What Mermaid reads as its own is left out: `:` and `;` end a label, `#` begins an entity, a line break ends the
 * statement, and `%%` begins a comment or, in braces, a directive that could change the whole chart.
 */
const plain = (text: string): string =>
  text.replaceAll(/[:;#{}`"\p{Cc}\u2028\u2029]/gu, ' ').replaceAll(/%{2,}/g, '%');

/**
 * A chart of times as Mermaid draws it, which GitHub shows in a job summary.
 * Source: Mermaid, "Gantt diagrams" (dateFormat x: milliseconds).
 * @param axis `elapsed`: seconds, from 0 on; `clock`: the time of day where it is looked at, from ms since the epoch
 */
export function ganttChart(
  title: string,
  sections: readonly Section[],
  axis: 'elapsed' | 'clock' = 'elapsed',
): string {
  const startMs =
    axis === 'clock' ? 0 : Math.min(...sections.flatMap(({ bars }) => bars.map(({ fromMs }) => fromMs)));
  const at = (ms: number): string => String(Math.round(ms - startMs));
  return [
    'gantt',
    `  title ${plain(title)}`,
    '  dateFormat x',
    axis === 'clock' ? '  axisFormat %H:%M:%S' : '  axisFormat %S.%L s',
    ...sections.flatMap((section) => [
      `  section ${plain(section.title)}`,
      ...section.bars.map(
        // A bar of no length is not drawn at all.
        ({ label, fromMs, toMs }) => `  ${plain(label)} :${at(fromMs)}, ${at(Math.max(toMs, fromMs + 1))}`,
      ),
    ]),
  ].join('\n');
}

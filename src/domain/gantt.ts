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

/** Mermaid reads `:` and `;` as its own, and `#` as the start of an entity. */
const plain = (text: string): string => text.replaceAll(/[:;#\r\n]/g, ' ');

/**
 * A chart of times as Mermaid draws it, which GitHub shows in a job summary; the axis begins at 0.
 * Source: Mermaid, "Gantt diagrams" (dateFormat x: milliseconds).
 */
export function ganttChart(title: string, sections: readonly Section[]): string {
  const startMs = Math.min(...sections.flatMap(({ bars }) => bars.map(({ fromMs }) => fromMs)));
  const at = (ms: number): string => String(Math.round(ms - startMs));
  return [
    'gantt',
    `  title ${plain(title)}`,
    '  dateFormat x',
    '  axisFormat %S.%L s',
    ...sections.flatMap((section) => [
      `  section ${plain(section.title)}`,
      ...section.bars.map(
        // A bar of no length is not drawn at all.
        ({ label, fromMs, toMs }) => `  ${plain(label)} :${at(fromMs)}, ${at(Math.max(toMs, fromMs + 1))}`,
      ),
    ]),
  ].join('\n');
}

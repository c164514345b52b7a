import { appendFileSync } from 'node:fs';
import { markdownText } from './markdown.ts';

/** The page that a manager reads. Texts are shown as they are: what Markdown would read into them is escaped. */
export interface Summary {
  heading(text: string): void;
  /** Two columns: what, value. */
  facts(rows: readonly (readonly [string, string])[]): void;
  table(header: readonly string[], rows: readonly (readonly string[])[]): void;
  /** In Mermaid's language. */
  diagram(mermaid: string): void;
}

/** Appends to the file that GitHub names; nowhere outside of GitHub, where the log has said it all. */
export function fileSummary(file: string | undefined): Summary {
  const append = (markdown: string): void => {
    if (file !== undefined && file !== '') appendFileSync(file, `${markdown}\n\n`);
  };
  const table = (header: readonly string[], rows: readonly (readonly string[])[]): void => {
    const line = (cells: readonly string[]): string => `| ${cells.map(markdownText).join(' | ')} |`;
    append([line(header), `|${' --- |'.repeat(header.length)}`, ...rows.map(line)].join('\n'));
  };
  return {
    heading: (text) => append(`### ${markdownText(text.replaceAll(/\s+/g, ' '))}`),
    facts: (rows) => table(['', ''], rows),
    table,
    diagram: (mermaid) => append(`\`\`\`mermaid\n${mermaid}\n\`\`\``),
  };
}

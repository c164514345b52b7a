import { appendFileSync } from 'node:fs';

/** The page that a manager reads. Markdown; names that come from outside are escaped. */
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
    const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;
    append([line(header), `|${' --- |'.repeat(header.length)}`, ...rows.map(line)].join('\n'));
  };
  return {
    heading: (text) => append(`### ${cell(text)}`),
    facts: (rows) => table(['', ''], rows),
    table,
    diagram: (mermaid) => append(`\`\`\`mermaid\n${mermaid}\n\`\`\``),
  };
}

const cell = (text: string): string =>
  text
    .replace(/[&<>]/g, (char) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[char] ?? char)
    .replaceAll('|', '\\|')
    .replace(/\r?\n/g, '<br>');

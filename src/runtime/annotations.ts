import type { Sink } from './workflowLog.ts';

/** A remark on a line of a file of the repository: GitHub shows it there. */
export interface Annotation {
  readonly level: 'error' | 'warning' | 'notice';
  /** Relative to the workspace. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly title: string;
  readonly message: string;
}

export interface Annotations {
  add(annotation: Annotation): void;
}

/** GitHub keeps ten of each level for a step. Source: GitHub docs, "Usage limits", annotations. */
export const annotationsShown = 10;

/** Workflow commands; outside of GitHub nothing, since the log says the same. */
export function workflowAnnotations(sink: Sink, inGitHub: boolean): Annotations {
  return {
    add({ level, file, line, column, title, message }) {
      if (!inGitHub) return;
      const place = `file=${property(file)},line=${String(line)},col=${String(column)},title=${property(title)}`;
      sink.write(`::${level} ${place}::${data(message)}\n`);
    },
  };
}

export const noAnnotations: Annotations = { add: () => undefined };

const data = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

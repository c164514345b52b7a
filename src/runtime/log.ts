/** One line per decision, for the person on call. Details go into groups. */
export interface Log {
  info(line: string): void;
  warning(line: string): void;
  /** A folded block: shown as its title until opened. */
  group(title: string, lines: readonly string[]): void;
}

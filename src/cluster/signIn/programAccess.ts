/** How another program (helm) reaches the same cluster. No secret in argv. */
export interface ProgramAccess {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Removes what was written for it. */
  remove(): void;
}

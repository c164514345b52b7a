/** What stands in the way, with the object in it, and what to do about it. */
export interface Problem {
  readonly what: string;
  readonly remedy: string;
}

/** How one condition stands, with what decided it. */
export interface Finding {
  readonly ok: boolean;
  readonly detail: string;
  /** What to do when it does not hold. */
  readonly remedy: string;
}

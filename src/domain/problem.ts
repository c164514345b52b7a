/** What stands in the way, with the object in it, and what to do about it. */
export interface Problem {
  readonly what: string;
  readonly remedy: string;
}

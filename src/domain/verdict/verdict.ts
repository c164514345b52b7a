/** Only `pass` goes forward. `inconclusive`: too little data. `error`: could not ask. */
export type Verdict = 'pass' | 'fail' | 'inconclusive' | 'error';

export interface Judgement {
  readonly verdict: Verdict;
  /** One line with the numbers that decided it. */
  readonly reason: string;
}

import { formatTally } from '../../domain/verdict/errorRate.ts';
import type { Observation } from '../../domain/verdict/errorRate.ts';
import type { Judgement } from '../../domain/verdict/verdict.ts';
import type { Outputs } from '../../runtime/outputs.ts';
import type { Summary } from '../../runtime/summary.ts';
import type { Watched } from './watched.ts';

interface Result {
  readonly watched: Watched;
  readonly judgement: Judgement;
  readonly observations: readonly Observation[];
  /** What a rollback came to; null when the traffic stayed. */
  readonly rollback: string | null;
}

interface Tools {
  readonly outputs: Outputs;
  readonly summary: Summary;
}

/** An output of a job holds 1 MB, and nobody reads more than this. */
const timelineLimit = 200;

export function report(
  { watched, judgement, observations, rollback }: Result,
  { outputs, summary }: Tools,
): void {
  const { verdict, reason } = judgement;
  outputs.set('verdict', verdict);
  outputs.set('rolled-back', rollback !== null);
  outputs.set('timeline', JSON.stringify(thinned(observations).map(toRow)));
  summary.heading(`${watched.name.service} ${watched.title}: ${verdict}`);
  const total = observations.at(-1)?.total;
  summary.facts([
    ['verdict', reason],
    ['counted', total === undefined ? 'nothing' : formatTally(total)],
    ['traffic', rollback === null ? 'stays' : `rolled back to ${rollback}`],
  ]);
}

const toRow = ({ atMs, total, silent }: Observation) => ({
  atMs: Math.round(atMs),
  ...total,
  ...(silent.length > 0 ? { silent } : {}),
});

/** Evenly, and always with the last one. */
function thinned(observations: readonly Observation[]): readonly Observation[] {
  const step = Math.ceil(observations.length / timelineLimit);
  return observations.filter((_, index) => (observations.length - 1 - index) % step === 0);
}

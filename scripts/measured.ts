import { z } from 'zod';
import type { Timeline } from '../demo/timeline.ts';
import { between } from './action-tables.ts';

/** What is taken from the file that `npm run bench -- switch` writes. */
const bench = z.object({
  at: z.iso.datetime(),
  machine: z.object({ cpus: z.number(), loadAverage: z.number() }),
  rounds: z.number(),
  requests: z.number(),
  failedRequests: z.number(),
  medians: z.object({
    kubectlAcceptedToServedMs: z.number(),
    kubectlWholeMs: z.number(),
    actionAcceptedToProofMs: z.number(),
    actionAcceptedToServedMs: z.number(),
    rollbackDecisionToProofMs: z.number(),
  }),
  wholeProcessMs: z.number(),
});

const whole = (value: number): string => Math.round(value).toLocaleString('en-US');
const ms = (value: number): string => `${whole(value)} ms`;

const table = (header: readonly string[], rows: readonly (readonly string[])[]): string =>
  [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

function releases(timeline: Timeline): string {
  const rows = timeline.releases.map((one) => [
    one.version,
    one.outcome === 'live' ? 'live' : 'rolled back by itself',
    whole(one.requests),
    whole(one.failedRequests),
    ms(one.switchMs),
    one.firstBadToLastBadMs === null ? '–' : ms(one.firstBadToLastBadMs),
  ]);
  return table(
    [
      'version',
      'became',
      'requests',
      'failed',
      'patch accepted → the last proxy serves it',
      'first → last failed request',
    ],
    rows,
  );
}

function switches(json: string): string {
  const { at, machine, rounds, requests, failedRequests, medians, wholeProcessMs } = bench.parse(
    JSON.parse(json),
  );
  const rows = [
    [
      'patch accepted → the new version answers',
      ms(medians.kubectlAcceptedToServedMs),
      ms(medians.actionAcceptedToServedMs),
    ],
    ['patch accepted → every proxy proven', 'nobody looks', ms(medians.actionAcceptedToProofMs)],
    ['the whole command', ms(medians.kubectlWholeMs), ms(wholeProcessMs)],
    ['decision to go back → proven', '–', ms(medians.rollbackDecisionToProofMs)],
  ];
  return `${table(['', 'kubectl patch', 'switch-traffic'], rows)}

Medians of ${whole(rounds)} rounds by turns on ${at.slice(0, 10)}, ${whole(machine.cpus)} cores with a load of ${String(machine.loadAverage)}; ${whole(failedRequests)} of ${whole(requests)} requests failed.`;
}

/**
 * The page of comparisons with what was measured last.
 * @param timeline of the demo, which the picture on the front page is drawn from
 * @param benchJson what the bench wrote, kept as docs/switch.json; null: there is none
 */
export function withMeasured(page: string, timeline: Timeline, benchJson: string | null): string {
  const withReleases = between(page, 'releases', releases(timeline));
  return between(withReleases, 'bench', benchJson === null ? '' : switches(benchJson));
}

import type { Told } from '../status/facts.ts';
import type { Status } from '../status/status.ts';
import type { Release } from '../release/release.ts';
import type { ServiceName } from '../routing/host.ts';
import { formatSplit } from '../split.ts';
import { outcomeOf } from './outcome.ts';
import type { JobResult, Outcome, ReportEvent } from './outcome.ts';
import { formatDuration, phaseSpans, splitPoints } from './phases.ts';
import type { PhaseSpan, SplitPoint } from './phases.ts';

/** Where the report is made: a workflow's run, or a terminal. */
export interface Origin {
  readonly url: string | null;
  readonly actor: string | null;
  readonly sha: string | null;
  readonly ref: string | null;
}

/** What the workflow says besides: null where it says nothing. */
export interface Asked {
  /** `result`: what became of it, by the record. */
  readonly event: 'started' | 'approval' | 'result';
  readonly result: JobResult | null;
  readonly releaseId: string | null;
  readonly version: string | null;
  readonly image: string | null;
}

export interface Situation extends Asked {
  readonly name: ServiceName;
  readonly at: Date;
  /** As it could be read, or why it could not. */
  readonly status: Told<Status>;
  readonly run: Origin;
}

/** One release for people who were not there. Texts are as they came: each channel escapes them for itself. */
export interface Report {
  readonly event: ReportEvent;
  readonly service: string;
  readonly namespace: string;
  /** One line: what, and what became of it. */
  readonly title: string;
  /** What serves the users now, or that it is not known, and why. */
  readonly serving: string;
  /** What it is about: two columns. */
  readonly facts: readonly (readonly [label: string, value: string])[];
  readonly phases: readonly PhaseSpan[];
  readonly splits: readonly SplitPoint[];
  /** What somebody has to see to, each with what to do. */
  readonly wrong: readonly { readonly what: string; readonly remedy: string }[];
  /** Where to look, and where to approve. Only http and https. */
  readonly runUrl: string | null;
}

export function reportOf(situation: Situation): Report {
  const { name, at, run, status } = situation;
  const told = 'value' in status ? status.value : null;
  const release = told?.release ?? null;
  const isOurs = release !== null && belongsTo(release, situation);
  const outcome = tell(situation, release, isOurs);
  // Before this run's own release is on record, what stands there is of the one before.
  const shown = isOurs || (situation.event === 'result' && !isUnborn(situation, isOurs)) ? release : null;
  const timeline = shown?.timeline ?? [];
  return {
    event: outcome.event,
    ...name,
    title: [name.service, versionOf(situation, shown), outcome.words]
      .filter((part) => part !== null)
      .join(' '),
    serving: servingOf(status),
    facts: factsOf(situation, shown, isOurs),
    phases: phaseSpans(timeline, at),
    splits: splitPoints(timeline),
    wrong: (told?.findings ?? []).filter(({ severity }) => severity === 'wrong'),
    runUrl: webAddress(run.url ?? shown?.runUrl ?? null),
  };
}

function tell({ event, result }: Situation, release: Release | null, isOurs: boolean): Outcome {
  if (event === 'started') return { event, words: 'is being released' };
  if (event === 'approval') return { event, words: 'waits for approval' };
  return outcomeOf({ release, isOurs, result });
}

/** The jobs ended badly before a release of theirs was on record. */
const isUnborn = ({ result }: Situation, isOurs: boolean): boolean =>
  !isOurs && (result === 'failure' || result === 'cancelled');

/** By its id where the workflow names it, by the run otherwise. At a terminal, what is on record is meant. */
function belongsTo(release: Release, { releaseId, run }: Situation): boolean {
  if (releaseId !== null) return release.id === releaseId;
  if (run.url === null) return true;
  return release.runUrl !== null && withoutAttempt(release.runUrl) === withoutAttempt(run.url);
}

/** A run that is started again goes on with the release that its first attempt began. */
const withoutAttempt = (url: string): string => url.replace(/\/attempts\/\d+$/, '');

const contentOf = (release: Release | null) => (release === null ? null : release.slots[release.candidate]);

const versionOf = (asked: Asked, release: Release | null): string | null =>
  contentOf(release)?.version ?? asked.version;

const servingOf = (status: Told<Status>): string =>
  'value' in status ? status.value.serving : `not known, because the cluster was not read: ${status.why}`;

function factsOf(situation: Situation, release: Release | null, isOurs: boolean): Report['facts'] {
  const { name, run, result, at } = situation;
  const image = contentOf(release)?.image ?? situation.image;
  const commit = release?.commit ?? (isOurs || release === null ? run.sha : null);
  const rows: readonly (readonly [string, string | null])[] = [
    ['Service', `${name.service} in ${name.namespace}`],
    ['Version', versionOf(situation, release)],
    ['Image', image],
    ['Commit', commit],
    ['Branch or tag', isOurs || release === null ? run.ref : null],
    ['By', release?.actor ?? run.actor],
    ['Jobs', result],
    ...releaseRows(release, isOurs, at),
    ['Serving now', servingOf(situation.status)],
  ];
  return rows.flatMap(([label, value]) => (value === null || value === '' ? [] : [[label, value] as const]));
}

function releaseRows(
  release: Release | null,
  isOurs: boolean,
  at: Date,
): readonly (readonly [string, string | null])[] {
  if (release === null) return [];
  const { id, candidate, phase, splitBefore, splitAfter, verdicts, timeline } = release;
  const spans = phaseSpans(timeline, at);
  const [first] = spans;
  const last = spans.at(-1);
  const judged = ({ verdict, reason }: { verdict: string; reason: string }): string =>
    `${verdict}: ${reason}`;
  return [
    ['Release', isOurs ? id : `${id}, of an earlier run`],
    ['Slot', candidate],
    ['Verified', verdicts.verify === undefined ? null : judged(verdicts.verify)],
    ['Error rate', verdicts.monitor === undefined ? 'not judged' : judged(verdicts.monitor)],
    [
      'Rolled back',
      phase === 'rolled-back'
        ? `yes, to ${formatSplit(splitAfter ?? splitBefore)}`
        : phase === 'rolling-back'
          ? 'begun, and not finished'
          : 'no',
    ],
    ['Took', first === undefined || last === undefined ? null : formatDuration(last.toMs - first.fromMs)],
  ];
}

/** A record can hold anything; what people click on is a web address, written as the standard writes it. */
function webAddress(text: string | null): string | null {
  if (text === null || !URL.canParse(text)) return null;
  const { protocol, href, username, password } = new URL(text);
  return /^https?:$/.test(protocol) && username === '' && password === '' ? href : null;
}

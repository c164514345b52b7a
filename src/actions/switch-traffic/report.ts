import type { Tally } from '../../domain/verdict/counters.ts';
import type { ServiceName } from '../../domain/routing/host.ts';
import { formatSplit } from '../../domain/split.ts';
import { formatProxy } from '../../mesh/proxies/podView.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import type { Outputs } from '../../runtime/outputs.ts';
import type { Summary } from '../../runtime/summary.ts';
import { describeRest } from './describeRest.ts';
import type { Leg } from './leg.ts';
import { gatewayMeshGapMs, timelineOf } from './timeline.ts';

interface Result {
  readonly before: string;
  /** At least one, in their order. */
  readonly legs: readonly Leg[];
  /** What the users' requests did meanwhile; null when the proxies did not tell. */
  readonly tally: Tally | null;
  readonly releaseId: string | null;
}

interface Tools {
  readonly name: ServiceName;
  readonly clock: Clock;
  readonly log: Log;
  readonly outputs: Outputs;
  readonly summary: Summary;
}

/** Tells what was done: one line for the log, outputs for later steps, a table and a chart for people. */
export function report(result: Result, tools: Tools): void {
  const leg = result.legs.at(-1);
  if (leg === undefined) return;
  const changed = result.legs.some((one) => one.changed);
  tell(leg, changed, tools);
  setOutputs(result, leg, changed, tools);
  summarize(result, leg, changed, tools);
}

function tell(leg: Leg, changed: boolean, { log, name }: Tools): void {
  const split = formatSplit(leg.target);
  const timings = timingsOf(leg);
  log.group(
    changed
      ? `${split}: served by all ${String(timings.length)} proxies ${milliseconds(leg.proof.worstMs)} after the patch was accepted`
      : `${split} already: nothing was written, all ${String(timings.length)} proxies serve it`,
    timings.map(({ proxy, ms }) => `${proxy}: ${String(ms)} ms`),
  );
  const left = describeRest(leg.proof, name.service);
  if (left === null) return;
  if (left.isKnown) log.info(left.text);
  else log.warning(left.text);
}

function setOutputs(
  { before, legs, tally, releaseId }: Result,
  leg: Leg,
  changed: boolean,
  { clock, outputs }: Tools,
): void {
  outputs.set('changed', changed);
  outputs.set('previous-split', before);
  outputs.set('split', formatSplit(leg.target));
  outputs.set('switch-ms', Math.round(leg.proof.worstMs));
  outputs.set('gateway-mesh-gap-ms', gatewayMeshGapMs(leg) ?? '');
  outputs.set('proxies', JSON.stringify(timingsOf(leg)));
  outputs.set('steps', JSON.stringify(legs.map(toStep)));
  outputs.set('requests', tally?.requests ?? '');
  outputs.set('failed-requests', tally?.errors ?? '');
  outputs.set('release-id', releaseId ?? '');
  const intentMs = legs.find((one) => one.intentMs !== null)?.intentMs ?? null;
  outputs.set('intent-at', intentMs === null ? '' : wallTime(clock, intentMs));
  outputs.set('patched-at', wallTime(clock, leg.acceptedMs));
}

const wallTime = (clock: Clock, monotonicMs: number): string =>
  new Date(clock.now() - (clock.monotonic() - monotonicMs)).toISOString();

function summarize(
  { before, legs, tally, releaseId }: Result,
  leg: Leg,
  changed: boolean,
  { name, summary }: Tools,
): void {
  const gapMs = gatewayMeshGapMs(leg);
  const split = formatSplit(leg.target);
  const count = String(leg.proof.proxies.length);
  const left = describeRest(leg.proof, name.service);
  summary.heading(`${name.service}: ${changed ? `${before} → ${split}` : `${split} already`}`);
  summary.facts([
    [
      'served by',
      `all ${count} proxies${left === null ? '' : ' that were asked'}, ${milliseconds(leg.proof.worstMs)} after the patch was accepted`,
    ],
    ...(left === null ? [] : [['sidecars that were not asked', left.text] satisfies [string, string]]),
    ...(gapMs === null
      ? []
      : [['between gateways and mesh', `${String(gapMs)} ms`] satisfies [string, string]]),
    ['requests meanwhile', tally === null ? 'not known: the proxies did not tell' : formatCount(tally)],
    ...(releaseId === null ? [] : [['release', releaseId] satisfies [string, string]]),
  ]);
  if (legs.length > 1) {
    summary.table(
      ['step', 'proven after', 'verdict'],
      legs.map((one) => [
        formatSplit(one.target),
        milliseconds(one.proof.worstMs),
        one.judgement === null ? 'the last one' : `${one.judgement.verdict}: ${one.judgement.reason}`,
      ]),
    );
  }
  if (changed) summary.diagram(timelineOf(legs));
}

const formatCount = ({ requests, errors }: Tally): string =>
  `${String(requests)} sent to the service, ${String(errors)} of them failed`;

const milliseconds = (ms: number): string => `${String(Math.round(ms))} ms`;

/** The slowest first. */
const timingsOf = ({ proof }: Leg): readonly { readonly proxy: string; readonly ms: number }[] =>
  proof.proxies
    .map(({ proxy, ms }) => ({ proxy: formatProxy(proxy), ms: Math.round(ms) }))
    .toSorted((a, b) => b.ms - a.ms);

const toStep = ({ target, proof, judgement }: Leg) => ({
  split: formatSplit(target),
  ms: Math.round(proof.worstMs),
  verdict: judgement?.verdict ?? null,
  reason: judgement?.reason ?? null,
});

import type { ServiceName } from '../../domain/host.ts';
import { formatSplit } from '../../domain/split.ts';
import { formatProxy } from '../../mesh/podView.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import type { Outputs } from '../../runtime/outputs.ts';
import type { Summary } from '../../runtime/summary.ts';
import type { Leg } from './leg.ts';

interface Result {
  readonly before: string;
  /** At least one, in their order. */
  readonly legs: readonly Leg[];
}

interface Tools {
  readonly name: ServiceName;
  readonly clock: Clock;
  readonly log: Log;
  readonly outputs: Outputs;
  readonly summary: Summary;
}

/** Tells what was done: one line for the log, outputs for later steps, a table for people. */
export function report({ before, legs }: Result, { name, clock, log, outputs, summary }: Tools): void {
  const leg = legs.at(-1);
  if (leg === undefined) return;
  const split = formatSplit(leg.target);
  const changed = legs.some((one) => one.changed);
  const { acceptedMs, proof } = leg;
  const timings = proof.proxies
    .map(({ proxy, ms }) => ({ proxy: formatProxy(proxy), ms: Math.round(ms) }))
    .toSorted((a, b) => b.ms - a.ms);
  const worstMs = Math.round(proof.worstMs);
  log.group(
    changed
      ? `${split}: served by all ${String(timings.length)} proxies ${String(worstMs)} ms after the patch was accepted`
      : `${split} already: nothing was written, all ${String(timings.length)} proxies serve it`,
    timings.map(({ proxy, ms }) => `${proxy}: ${String(ms)} ms`),
  );
  outputs.set('changed', changed);
  outputs.set('previous-split', before);
  outputs.set('split', split);
  outputs.set('switch-ms', worstMs);
  outputs.set('proxies', JSON.stringify(timings));
  outputs.set('steps', JSON.stringify(legs.map(toStep)));
  outputs.set('patched-at', new Date(clock.now() - (clock.monotonic() - acceptedMs)).toISOString());
  summary.heading(`${name.service}: ${before} → ${split}`);
  summary.table(
    ['proxy', 'serves it after'],
    timings.map(({ proxy, ms }) => [proxy, `${String(ms)} ms`]),
  );
}

const toStep = ({ target, proof, judgement }: Leg) => ({
  split: formatSplit(target),
  ms: Math.round(proof.worstMs),
  verdict: judgement?.verdict ?? null,
  reason: judgement?.reason ?? null,
});

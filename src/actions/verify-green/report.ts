import type { ServiceName } from '../../domain/routing/host.ts';
import type { SmokeReport } from '../../domain/verdict/smoke.ts';
import type { Judgement } from '../../domain/verdict/verdict.ts';
import type { Log } from '../../runtime/log.ts';
import type { Outputs } from '../../runtime/outputs.ts';
import type { Summary } from '../../runtime/summary.ts';

interface Tools {
  readonly name: ServiceName;
  readonly log: Log;
  readonly outputs: Outputs;
  readonly summary: Summary;
}

export function report(
  smoke: SmokeReport,
  { verdict, reason }: Judgement,
  { name, log, outputs, summary }: Tools,
): void {
  log.info(`${verdict}: ${reason}`);
  outputs.set('verdict', verdict);
  outputs.set('report', JSON.stringify({ verdict, reason, ...smoke }));
  summary.heading(`${name.service} ${smoke.version}: ${verdict}`);
  summary.facts([
    ['verdict', reason],
    ['health', smoke.health.length === 0 ? 'well' : smoke.health.join('\n')],
    ...smoke.arrivals.map(
      ({ via, sent, counted }) =>
        [
          via,
          `${String(sent)} requests, ${String(counted ?? 'unknown how many')} reached the candidate`,
        ] as const,
    ),
  ]);
}

import { readyCount } from '../../domain/release/forwardChecks.ts';
import { bringUp, unready } from '../../domain/release/wayBack.ts';
import type { ServiceRouting } from '../../domain/routing/routing.ts';
import type { Mesh, ServicePods } from '../../mesh/mesh.ts';
import type { Metrics } from '../../metrics/metrics.ts';
import { messageOf } from '../../runtime/errors.ts';
import type { Log } from '../../runtime/log.ts';
import type { Watched } from './watched.ts';

interface Tools {
  readonly mesh: Pick<Mesh, 'pods'>;
  readonly log: Log;
}

/** Whether there is anybody to go back to, for as long as the candidate is watched. */
export interface Standby {
  /** The same samples. Beside each, and without holding it up, the pods are listed. */
  beside(metrics: Metrics): Metrics;
  /** As they were listed beside the latest sample; null before the first. */
  latest(): Promise<ServicePods> | null;
}

/**
 * Looks for the pods that a rollback would lead to. Whoever has just looked goes back without looking again; and whoever
 * loses the way back while the candidate may still prove to be bad is told then, not when it does.
 */
export function watchStandby(
  { mesh, log }: Tools,
  routing: ServiceRouting,
  { title, previous }: Watched,
): Standby {
  let latest: Promise<ServicePods> | null = null;
  let told: string | null = null;

  /** @param trouble null when there is none */
  const tell = (trouble: string | null): void => {
    if (trouble === told) return;
    told = trouble;
    if (trouble === null) log.info(`there is a way back for ${title} again`);
    else log.warning(trouble);
  };
  const judge = (pods: ServicePods): void => {
    const lost = unready(previous, (slot) => readyCount(pods[slot])).map(
      (slot) =>
        `${slot} has no ready pod: as long as that is so, ${title} cannot be rolled back. ${bringUp(routing.name, slot)}`,
    );
    tell(lost.length === 0 ? null : lost.join('\n'));
  };

  return {
    beside: (metrics) => ({
      source: metrics.source,
      sample: () => {
        latest = mesh.pods(routing);
        latest.then(judge, (error: unknown) =>
          tell(`whether there is a way back for ${title} is not known: ${messageOf(error)}`),
        );
        return metrics.sample();
      },
    }),
    latest: () => latest,
  };
}

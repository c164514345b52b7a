import type { PodAddress } from '../../cluster/api/kubeApi.ts';
import type { SyncStatus } from './syncStatus.ts';

/** What the istiods say of proxies that were not asked themselves. Every one of these is in one of the lists. */
export interface RestJudgement {
  /** Has taken routes at least as new as those that the asked proxies of the same istiod were proven to serve. */
  readonly current: readonly PodAddress[];
  /** Was sent such routes, and has not taken them. */
  readonly behind: readonly PodAddress[];
  /** Was sent no such routes: they do not concern it, or it has not had its turn yet. */
  readonly unsent: readonly PodAddress[];
  /** Is connected to no istiod that was asked, or to one by which nothing can be told. */
  readonly unknown: readonly PodAddress[];
}

type Place = keyof RestJudgement;

/** A proxy that has just changed its istiod may be known to two: what is certain counts. */
const certainty: readonly Place[] = ['current', 'behind', 'unsent'];

/**
 * istiod counts its pushes. A proxy that was proven shows which of them had the weights: whoever has taken the same
 * one, or a later one, from the same istiod has them too.
 * @param answers one list for each istiod
 */
export function judgeRest(
  answers: readonly (readonly SyncStatus[])[],
  proven: readonly PodAddress[],
  rest: readonly PodAddress[],
): RestJudgement {
  const isProven = new Set(proven.map(keyOf));
  const seen = new Map<string, Set<Place>>();
  for (const statuses of answers) {
    // One that has an answer under way may serve newer routes than the istiod knows of.
    const pushes = statuses.flatMap(({ pod, sent, acked }) =>
      acked !== null && sent === acked && isProven.has(keyOf(pod)) ? [acked] : [],
    );
    if (pushes.length === 0) continue;
    const since = Math.min(...pushes);
    for (const status of statuses) {
      const key = keyOf(status.pod);
      seen.set(key, (seen.get(key) ?? new Set()).add(placeOf(status, since)));
    }
  }
  const judged: Record<Place, PodAddress[]> = { current: [], behind: [], unsent: [], unknown: [] };
  for (const pod of rest) {
    const places = seen.get(keyOf(pod));
    judged[certainty.find((place) => places?.has(place)) ?? 'unknown'].push(pod);
  }
  return judged;
}

function placeOf({ sent, acked }: SyncStatus, since: number): Place {
  if (acked !== null && acked >= since) return 'current';
  return sent !== null && sent >= since ? 'behind' : 'unsent';
}

const keyOf = ({ namespace, name }: PodAddress): string => `${namespace}/${name}`;

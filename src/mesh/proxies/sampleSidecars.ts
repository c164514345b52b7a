import type { PodAddress } from '../../cluster/api/kubeApi.ts';
import type { BoundProxy, Sidecar } from './proxies.ts';
import type { WorkloadKey } from './seenCallers.ts';

/** Which proxies have to prove something: the gateways always. */
export type Verify = 'gateways' | 'callers' | 'all';

/** More sidecars than this are sampled, unless all are asked for: each is a stream through the API server. */
export const sampleSize = 50;

export interface SidecarSample {
  readonly asked: readonly BoundProxy[];
  /** Those that were left out. */
  readonly rest: readonly BoundProxy[];
  /** How many there are, asked or not, of workloads that were seen to call; null when that is not known. */
  readonly callers: number | null;
}

/** Whom to ask, and who is left to what istiod says of them. */
export interface Sample extends SidecarSample {
  readonly istiods: readonly PodAddress[];
}

/** Everybody, and nobody left out. */
export const whole = (asked: readonly BoundProxy[]): Sample => ({
  asked,
  rest: [],
  callers: null,
  istiods: [],
});

/**
 * The sidecars to ask. Of many, those of workloads that were seen to call first, then those of the service's own
 * namespace, then by their uids, which are random: the same ones each time that they are looked for, and none preferred
 * by its name.
 * @param seen null when nobody could tell
 */
export function sampleSidecars(
  sidecars: readonly Sidecar[],
  verify: Verify,
  namespace: string,
  seen: ReadonlySet<WorkloadKey> | null,
): SidecarSample {
  const isCaller = ({ workload }: Sidecar): boolean => seen?.has(workload) === true;
  const callers = seen === null ? null : sidecars.filter(isCaller).length;
  if (verify === 'gateways') return { asked: [], rest: sidecars, callers };
  if (verify === 'all' || sidecars.length <= sampleSize) return { asked: sidecars, rest: [], callers };
  const rank = (sidecar: Sidecar): string =>
    `${isCaller(sidecar) ? '0' : sidecar.proxy.pod.namespace === namespace ? '1' : '2'} ${sidecar.proxy.uid}`;
  const ranked = sidecars.toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1));
  return { asked: ranked.slice(0, sampleSize), rest: ranked.slice(sampleSize), callers };
}

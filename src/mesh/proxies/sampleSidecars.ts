import type { BoundProxy } from './proxies.ts';

/** Which proxies have to prove something: the gateways always. */
export type Verify = 'gateways' | 'callers' | 'all';

/** More sidecars than this are sampled, unless all are asked for: each is a stream through the API server. */
export const sampleSize = 50;

export interface Sample {
  readonly asked: readonly BoundProxy[];
  /** How many were left out. */
  readonly unasked: number;
}

/**
 * The sidecars to ask. Of many, those of the service's own namespace first, then by their uids, which are random:
 * the same ones each time that they are looked for, and none preferred by its name.
 */
export function sampleSidecars(sidecars: readonly BoundProxy[], verify: Verify, namespace: string): Sample {
  if (verify === 'gateways') return { asked: [], unasked: sidecars.length };
  if (verify === 'all' || sidecars.length <= sampleSize) return { asked: sidecars, unasked: 0 };
  const rank = ({ proxy }: BoundProxy): string =>
    `${proxy.pod.namespace === namespace ? '0' : '1'} ${proxy.uid}`;
  const asked = sidecars.toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1)).slice(0, sampleSize);
  return { asked, unasked: sidecars.length - asked.length };
}

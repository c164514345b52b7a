import type { ServiceRouting } from '../routing/routing.ts';
import { slots } from '../slot.ts';
import type { Slot } from '../slot.ts';
import { formatSplit } from '../split.ts';

/** A pod as far as decisions need it. */
export interface PodFacts {
  readonly name: string;
  readonly ready: boolean;
  readonly deployment: string | null;
  readonly labels: Readonly<Record<string, string>>;
}

/** The split as the routes have it: one, or why there is none. */
export const currentSplit = ({ split, disagreement }: ServiceRouting): string =>
  split === null ? `no single split (${disagreement ?? ''})` : formatSplit(split);

/** What serves the users now, as the API server has it: `v1.0.0 in slot blue, 100 %`. */
export function describeServing(
  routing: ServiceRouting,
  pods: Readonly<Record<Slot, readonly PodFacts[]>>,
): string {
  if (routing.split === null) return `the routes disagree: ${routing.disagreement ?? ''}`;
  const { split } = routing;
  return slots
    .filter((slot) => split[slot] > 0)
    .map((slot) => `${versionsIn(pods[slot])} in slot ${slot}, ${String(split[slot])} %`)
    .join('; ');
}

function versionsIn(pods: readonly PodFacts[]): string {
  const ready = pods.filter((pod) => pod.ready);
  const versions = [...new Set(ready.map(({ labels }) => labels['version'] ?? 'a version without a label'))];
  return versions.length === 0 ? 'nothing ready' : versions.toSorted().join(' and ');
}

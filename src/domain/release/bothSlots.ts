import type { Problem } from '../problem.ts';
import { formatObject } from '../routing/routing.ts';
import type { ServiceRouting } from '../routing/routing.ts';
import { slots } from '../slot.ts';
import type { Slot } from '../slot.ts';
import type { PodFacts } from '../status/serving.ts';

type Pods = Readonly<Record<Slot | 'neither', readonly PodFacts[]>>;

/**
 * A release goes from one slot to the other, so both have to be there: routes and subsets are of no use where no pod
 * stands behind one of them.
 * @returns null when pods stand in both, ready or not
 */
export function missingSlots(routing: ServiceRouting, pods: Pods): Problem | null {
  const missing = slots.filter((slot) => pods[slot].length === 0);
  if (missing.length === 0) return null;
  const rule = formatObject('DestinationRule', routing.destinationRule);
  const which = missing.length === 2 ? 'neither slot' : `no slot ${missing.join()}`;
  const why = missing.map((slot) => `no pod has ${labelsOf(routing, slot)} (subset ${slot} of ${rule})`);
  const strays = pods.neither.map(({ name }) => name);
  const besides =
    strays.length === 0 ? '' : `; the Service selects ${strays.join(', ')} besides, which are in no slot`;
  return {
    what: `${routing.name.service} has ${which}: ${why.join('; ')}${besides}`,
    remedy: missing.map((slot) => remedyOf(routing, slot)).join('\n  '),
  };
}

const labelsOf = ({ destinationRule }: ServiceRouting, slot: Slot): string =>
  Object.entries(destinationRule.subsets[slot].labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');

function remedyOf({ name, live }: ServiceRouting, slot: Slot): string {
  const deployment = `${name.service}-${slot}`;
  const look = `kubectl get deployment ${deployment} -n ${name.namespace} shows whether it is there, and scaled to 0`;
  return slot === live
    ? `Nobody answers in ${slot}, which takes the traffic: ${look}. Going on without it leaves nothing to go back to (force: slots).`
    : `Run deploy-green, then verify-green: they bring ${deployment} up and test it. ${look}.`;
}

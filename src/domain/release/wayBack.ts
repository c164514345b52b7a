import type { ServiceName } from '../routing/host.ts';
import { slots } from '../slot.ts';
import type { Slot } from '../slot.ts';
import type { Split } from '../split.ts';

/** Where a way back would lead and nobody is ready: none is gone then, the traffic stays where somebody answers. */
export const unready = (target: Split, readyIn: (slot: Slot) => number): readonly Slot[] =>
  slots.filter((slot) => target[slot] > 0 && readyIn(slot) === 0);

/** What to type for there to be a way back again. */
export const bringUp = ({ service, namespace }: ServiceName, slot: Slot): string => {
  const deployment = `deployment ${service}-${slot} -n ${namespace}`;
  return `kubectl get ${deployment} shows whether it is scaled to 0; then kubectl scale ${deployment} --replicas=… brings it up.`;
};

/** A fixed physical place. Names of Deployments, Helm releases and subsets end in it. */
export type Slot = 'blue' | 'green';

export const slots: readonly Slot[] = ['blue', 'green'];

export const otherSlot = (slot: Slot): Slot => (slot === 'blue' ? 'green' : 'blue');

/** What a slot is at the moment. */
export type Role = 'live' | 'candidate' | 'standby' | 'empty';

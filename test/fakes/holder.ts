import type { Holder } from '../../src/cluster/lease/holder.ts';

/** A process by its title. Those whose title is in `ended` are known to have ended. */
export const fakeHolder = (title: string, ...ended: readonly string[]): Holder => ({
  identity: `id of ${title}`,
  title,
  process: title,
  hasEnded: (other) => ended.includes(other),
});

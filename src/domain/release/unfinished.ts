import type { ServiceRouting } from '../routing/routing.ts';
import { formatSplit, soleSlot } from '../split.ts';
import { isSettled } from './release.ts';
import type { Phase, Release } from './release.ts';
import type { Remembered } from './rollbackTarget.ts';

/** Phases in which users are on their way to the candidate, or with it, and nobody has judged it to the end. */
const withUsers: readonly Phase[] = ['switching', 'monitoring', 'rolling-back'];

export type Leftover =
  /** The traffic has to go back. */
  | { readonly kind: 'unfinished'; readonly because: string }
  /** Nothing of it is left to put back. */
  | { readonly kind: 'over'; readonly because: string }
  /** Somebody has to look: to go back could be as wrong as to stay. */
  | { readonly kind: 'unknown'; readonly because: string };

/**
 * What a release has left behind, asked after whoever worked at it has ended. Another release on record is none of
 * its business, whatever that one does with the traffic.
 */
export function leftoverOf(
  id: string,
  known: Remembered,
  routing: Pick<ServiceRouting, 'split' | 'disagreement'>,
): Leftover {
  const { split, disagreement } = routing;
  const between = split === null ? (disagreement ?? 'the routes disagree') : formatSplit(split);
  const isBetween = split === null || soleSlot(split) === null;
  if (known.kind === 'unreadable') {
    return { kind: 'unknown', because: `the release record cannot be used: ${known.reason}` };
  }
  if (known.kind === 'none') {
    return isBetween
      ? {
          kind: 'unfinished',
          because: `there is no release record, and neither slot has everything: ${between}`,
        }
      : { kind: 'unknown', because: 'there is no release record' };
  }
  const { release } = known;
  if (release.id !== id) return { kind: 'over', because: `release ${release.id} is on record now` };
  const its = `release ${id} is ${release.phase}`;
  if (withUsers.includes(release.phase)) return { kind: 'unfinished', because: its };
  if (isSettled(release) || release.phase === 'cleaning') {
    return {
      kind: 'over',
      because: isBetween ? `${its}; somebody moved the traffic after it: ${between}` : its,
    };
  }
  return hasUsers(release, routing)
    ? { kind: 'unfinished', because: `${its}, and its candidate takes traffic: ${between}` }
    : { kind: 'over', because: `${its}, and no traffic has moved` };
}

const hasUsers = ({ candidate }: Release, { split }: Pick<ServiceRouting, 'split'>): boolean =>
  split === null || split[candidate] > 0;

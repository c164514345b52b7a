import type { ServiceRouting } from '../routing/routing.ts';
import { all, sameSplit } from '../split.ts';
import type { Split } from '../split.ts';
import type { Release } from './release.ts';

/**
 * The release as its routes show it. Whoever goes back by an intent that is on record since the watching began
 * (`goesBackTo`) writes the weights first: killed before the next entry, it leaves a release that is going back, and
 * only the routes say so. Routes that somebody moved elsewhere say nothing of the kind.
 */
export function asFound(
  release: Release,
  { virtualServices }: Pick<ServiceRouting, 'virtualServices'>,
): Release {
  const { goesBackTo, splitAfter, candidate } = release;
  const watched = splitAfter ?? all(candidate);
  if (goesBackTo === undefined || sameSplit(watched, goesBackTo)) return release;
  const splits = virtualServices.flatMap(({ routes }) => routes.map(({ split }) => split));
  const isBack = (split: Split): boolean => sameSplit(split, goesBackTo);
  const isGoing = splits.some(isBack) && splits.every((split) => isBack(split) || sameSplit(split, watched));
  return isGoing ? { ...release, phase: 'rolling-back' } : release;
}

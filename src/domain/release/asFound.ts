import type { ManagedVirtualService, ServiceRouting } from '../routing/routing.ts';
import { fieldManager, routeWriters } from '../routing/writers.ts';
import { all, sameSplit } from '../split.ts';
import type { Release } from './release.ts';

/**
 * The release as its routes show it. Whoever goes back by an intent that is on record since the watching began
 * (`goesBackTo`) writes the weights first: killed before the next entry, it leaves a release that is going back, and
 * only the routes say so. Routes that somebody else moved there, by hand or from Git, say nothing of the kind.
 */
export function asFound(
  release: Release,
  { virtualServices }: Pick<ServiceRouting, 'virtualServices'>,
): Release {
  const { goesBackTo, splitAfter, candidate } = release;
  const watched = splitAfter ?? all(candidate);
  if (goesBackTo === undefined || sameSplit(watched, goesBackTo)) return release;
  const isBack = ({ routes }: ManagedVirtualService): boolean =>
    routes.length > 0 && routes.every(({ split }) => sameSplit(split, goesBackTo));
  const isWatched = ({ routes }: ManagedVirtualService): boolean =>
    routes.every(({ split }) => sameSplit(split, watched));
  const back = virtualServices.filter(isBack);
  const isGoing =
    back.length > 0 &&
    back.every(({ object }) => isOurs(routeWriters(object))) &&
    virtualServices.every((one) => isBack(one) || isWatched(one));
  return isGoing ? { ...release, phase: 'rolling-back' } : release;
}

const isOurs = (writers: readonly string[]): boolean =>
  writers.length === 0 || writers.includes(fieldManager);

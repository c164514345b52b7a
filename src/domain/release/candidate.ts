import type { Problem } from '../problem.ts';
import { isSettled } from './release.ts';
import type { Release, SlotContent } from './release.ts';
import { takesTraffic } from '../routing/routing.ts';
import type { ServiceRouting } from '../routing/routing.ts';
import { otherSlot } from '../slot.ts';
import type { Slot } from '../slot.ts';
import { formatSplit } from '../split.ts';

export type Choice =
  | { readonly kind: 'chosen'; readonly live: Slot; readonly candidate: Slot }
  | { readonly kind: 'refused'; readonly problem: Problem };

/** The slots take turns: the candidate goes where no traffic goes (invariant 1). */
export function chooseSlot(routing: ServiceRouting): Choice {
  const { service } = routing.name;
  const { live, split, disagreement } = routing;
  if (live !== null && !takesTraffic(routing, otherSlot(live))) {
    return { kind: 'chosen', live, candidate: otherSlot(live) };
  }
  const what =
    split === null
      ? `the routes of ${service} disagree: ${disagreement ?? 'no single split'}`
      : `both slots of ${service} take traffic (${formatSplit(split)}): no slot is free for a candidate`;
  return {
    kind: 'refused',
    problem: {
      what,
      remedy: `Give one slot everything first: switch-traffic with to: blue or to: green. (A service without any release: install its routing with weights blue 100 / green 0, and its first version in slot blue.)`,
    },
  };
}

export type Opening =
  | { readonly kind: 'new'; readonly replaces: Release | null }
  | { readonly kind: 'resume'; readonly release: Release }
  | { readonly kind: 'refused'; readonly problem: Problem };

/** Phases in which no traffic has moved yet. */
const beforeTraffic: readonly Release['phase'][] = ['deploying', 'deployed', 'verifying', 'verified'];

/**
 * What a deploy does about the release that the record tells of: one at a time. The same version again goes on
 * where it stopped; another one replaces a release that never took traffic only when told to.
 */
export function openRelease(
  last: Release | null,
  wanted: SlotContent & { readonly candidate: Slot },
  unfinished: 'refuse' | 'replace',
): Opening {
  if (last === null || isSettled(last)) return { kind: 'new', replaces: null };
  const content = last.slots[last.candidate];
  const its = `release ${last.id} of version ${content?.version ?? 'unknown'} is in phase ${last.phase}`;
  if (!beforeTraffic.includes(last.phase) || last.candidate !== wanted.candidate) {
    return {
      kind: 'refused',
      problem: {
        what: its,
        remedy:
          'Finish it: monitor-and-rollback settles it, switch-traffic with to: previous takes it back, cleanup-blue ends one that is cleaning.',
      },
    };
  }
  if (content?.version === wanted.version && content.image === wanted.image) {
    return { kind: 'resume', release: last };
  }
  if (unfinished === 'replace') return { kind: 'new', replaces: last };
  return {
    kind: 'refused',
    problem: {
      what: `${its}, and only one release of a service is under way at a time`,
      remedy:
        'Finish it, or set unfinished-release: replace, which is possible because it takes no traffic yet.',
    },
  };
}

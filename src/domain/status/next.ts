import type { Release } from '../release/release.ts';
import { soleSlot } from '../split.ts';
import { otherSlot } from '../slot.ts';
import type { Slot } from '../slot.ts';
import { valueOf } from './facts.ts';
import type { NextStep, SlotStatus, StatusFacts } from './facts.ts';

type BySlot = Readonly<Record<Slot, SlotStatus>>;

/** What to type next: the way on first, the way back whenever there is one. */
export function nextSteps(facts: StatusFacts, bySlot: BySlot): readonly NextStep[] {
  const holder = valueOf(facts.lease);
  const record = valueOf(facts.record);
  const release = record?.kind === 'release' ? record.release : null;
  const on = holder !== null ? [] : release === null ? begin(facts, bySlot) : goOn(facts, release, bySlot);
  return [...on, ...back(facts, release, bySlot)];
}

const typed = ({ name }: StatusFacts, command: string, flags = ''): string =>
  `c4ang ${command} ${name.service} -n ${name.namespace}${flags}`;

function begin(facts: StatusFacts, bySlot: BySlot): readonly NextStep[] {
  const live = valueOf(facts.routing)?.live ?? null;
  if (live === null) return [];
  const free = otherSlot(live);
  const why = bySlot[free].role === 'empty' ? 'it is empty' : 'what stands there takes no traffic';
  return [{ command: 'action deploy-green', why: `begins a release in slot ${free}: ${why}` }];
}

function goOn(facts: StatusFacts, release: Release, bySlot: BySlot): readonly NextStep[] {
  const { candidate, phase } = release;
  const version = release.slots[candidate]?.version ?? `what is in ${candidate}`;
  switch (phase) {
    case 'deploying':
      return [{ command: 'action deploy-green', why: `goes on with ${version} where it stopped` }];
    case 'deployed':
    case 'verifying':
      return [{ command: 'action verify-green', why: `tests ${version} before anybody gets it` }];
    case 'verified':
      if (valueOf(facts.pods[candidate])?.length === 0)
        return [
          { command: 'action deploy-green', why: `brings ${version} up in ${candidate}: no pod is there` },
        ];
      return [
        { command: typed(facts, 'plan'), why: 'shows the exact patch, and changes nothing' },
        { command: typed(facts, 'switch'), why: `moves the users to ${version} in ${candidate}` },
      ];
    case 'switching':
      return [{ command: typed(facts, 'switch'), why: `finishes the switch to ${version}, or undoes it` }];
    case 'monitoring':
      return [{ command: 'action monitor-and-rollback', why: `judges ${version} under the users' load` }];
    case 'rolling-back':
      return [];
    case 'cleaning':
      return [{ command: typed(facts, 'cleanup'), why: 'finishes the cleanup that was cut off' }];
    case 'stable':
    case 'rolled-back':
    case 'failed': {
      const idle = Object.values(bySlot).find(({ role }) => role === 'standby' || role === 'candidate');
      const removes = idle === undefined ? [] : [cleanup(facts, idle)];
      return [...begin(facts, bySlot), ...removes];
    }
    case 'complete':
      return begin(facts, bySlot);
  }
}

const cleanup = (facts: StatusFacts, { slot, versions }: SlotStatus): NextStep => ({
  command: typed(facts, 'cleanup'),
  why: `removes ${versions.join(' and ') || 'what is left'} from ${slot}, once it has been stable long enough`,
});

/** Where a rollback would go, when somebody answers there and not everybody is there already. */
function back(facts: StatusFacts, release: Release | null, bySlot: BySlot): readonly NextStep[] {
  const routing = valueOf(facts.routing);
  const told = release === null ? null : soleSlot(release.splitBefore);
  if (routing === null) return [];
  const target = told ?? (routing.live === null ? null : otherSlot(routing.live));
  if (target === null || bySlot[target].ready === 0) return [];
  const version = bySlot[target].versions.join(' and ') || 'what stands there';
  const isThere = routing.live === target;
  if (isThere && release?.phase !== 'rolling-back' && release?.phase !== 'switching') return [];
  // Without a record the other slot may hold a candidate that nobody has seen yet.
  if (told === null) {
    return [
      {
        command: typed(facts, 'rollback', ` --to ${target}`),
        why: `moves the users to ${version} in ${target}`,
      },
    ];
  }
  return [
    { command: typed(facts, 'rollback'), why: `brings the users back to ${version} in ${target}, now` },
  ];
}

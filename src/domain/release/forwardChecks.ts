import type { ExposureCheck } from '../exposure/checks.ts';
import { keptByGitOps } from '../routing/gitops.ts';
import type { Finding } from '../problem.ts';
import { missingSlots } from './bothSlots.ts';
import type { Release } from './release.ts';
import { formatObject } from '../routing/routing.ts';
import type { ServiceRouting } from '../routing/routing.ts';
import { otherSlot } from '../slot.ts';
import type { Slot } from '../slot.ts';
import type { PodFacts } from '../status/serving.ts';

/** What `force` can skip, each by its name. */
export const checkNames = [
  'verified',
  'capacity',
  'selection',
  'candidate-known',
  'routes-known',
  'slots',
] as const;

export type CheckName = (typeof checkNames)[number];

/** One condition of going forward, with the numbers that decided it. */
export interface Check extends Finding {
  /** Those besides have inputs of their own: allow-gitops-owned (something was set elsewhere), mesh-exposure. */
  readonly name: CheckName | 'kept' | ExposureCheck['name'];
}

interface Pods extends Readonly<Record<Slot, readonly PodFacts[]>> {
  readonly both: readonly PodFacts[];
  readonly neither: readonly PodFacts[];
}

/** Phases in which a release may be made live: verified, or cut off while it was being switched. */
const switchable: readonly Release['phase'][] = ['verified', 'switching'];

/** Forward needs proof (invariant 3). What the proxies know is proven apart. */
export function forwardChecks(
  routing: ServiceRouting,
  slot: Slot,
  release: Release | null,
  pods: Pods,
): readonly Check[] {
  return [
    hasBothSlots(routing, pods),
    isVerified(slot, release),
    hasCapacity(slot, pods),
    selectsItsOwn(routing, slot, release, pods),
    { name: 'kept', ...keptByGitOps(routing) },
  ];
}

function hasBothSlots(routing: ServiceRouting, pods: Pods): Check {
  const missing = missingSlots(routing, pods);
  const counts = `blue has ${String(pods.blue.length)} pods, green has ${String(pods.green.length)}`;
  return {
    name: 'slots',
    ok: missing === null,
    detail: missing?.what ?? counts,
    remedy: missing?.remedy ?? '',
  };
}

function isVerified(slot: Slot, release: Release | null): Check {
  const verify = release?.verdicts.verify;
  const ok = release?.candidate === slot && switchable.includes(release.phase) && verify?.verdict === 'pass';
  const detail =
    release === null
      ? 'there is no release record'
      : release.candidate !== slot
        ? `release ${release.id} has its candidate in ${release.candidate}, not in ${slot}`
        : `release ${release.id} is ${release.phase}${verify === undefined ? '' : `, verdict ${verify.verdict}: ${verify.reason}`}`;
  return { name: 'verified', ok, detail, remedy: 'Run deploy-green and verify-green for it first.' };
}

function hasCapacity(slot: Slot, pods: Pods): Check {
  const ready = readyCount(pods[slot]);
  const live = readyCount(pods[otherSlot(slot)]);
  return {
    name: 'capacity',
    ok: ready > 0 && ready >= live,
    detail: `${slot} has ${String(ready)} ready pods, ${otherSlot(slot)} has ${String(live)}`,
    remedy: `Give ${slot} at least ${String(Math.max(1, live))} ready pods: kubectl get pods shows what keeps them.`,
  };
}

function selectsItsOwn(routing: ServiceRouting, slot: Slot, release: Release | null, pods: Pods): Check {
  const deployment = `${routing.name.service}-${slot}`;
  const version = release?.slots[slot]?.version;
  const foreign = pods[slot].filter(
    (pod) =>
      (pod.deployment !== null && pod.deployment !== deployment) ||
      (version !== undefined && (pod.labels['version'] ?? version) !== version),
  );
  const missed = pods[otherSlot(slot)].filter((pod) => pod.deployment === deployment);
  const wrong = [...new Set([...foreign, ...missed, ...pods.both].map(({ name }) => name))];
  const labels = Object.entries(routing.destinationRule.subsets[slot].labels).map(
    ([key, value]) => `${key}=${value}`,
  );
  return {
    name: 'selection',
    ok: wrong.length === 0,
    detail:
      wrong.length === 0
        ? `subset ${slot} (${labels.join(',')}) selects ${String(pods[slot].length)} pods, all of ${deployment}`
        : `subset ${slot} (${labels.join(',')}) and the slots do not agree about ${wrong.join(', ')}`,
    remedy: `Correct the labels of subset ${slot} in ${formatObject('DestinationRule', routing.destinationRule)}: each subset selects the pods of its own slot and no others.`,
  };
}

export const readyCount = (pods: readonly PodFacts[]): number => pods.filter(({ ready }) => ready).length;

import { isSettled } from '../release/release.ts';
import type { Release } from '../release/release.ts';
import { takesTraffic } from '../routing/routing.ts';
import { otherSlot } from '../slot.ts';
import type { Role, Slot } from '../slot.ts';
import { valueOf } from './facts.ts';
import type { SlotStatus, StatusFacts } from './facts.ts';
import { versionLabel } from '../routing/subsets.ts';
import type { Workload, WorkloadPod } from '../release/workload.ts';

/** What one slot is at the moment, and what stands in it. */
export function slotStatus(facts: StatusFacts, slot: Slot): SlotStatus {
  const workload = valueOf(facts.workloads[slot]);
  const pods = valueOf(facts.pods[slot]) ?? [];
  const routing = valueOf(facts.routing);
  return {
    slot,
    role: roleOf(facts, slot, workload !== null || pods.length > 0),
    percent: routing?.split?.[slot] ?? null,
    versions: versionsOf(pods, workload),
    digests: sorted(pods.flatMap(digestsOf)),
    ready: pods.filter(({ ready }) => ready).length,
    pods: pods.length,
    wanted: workload?.replicas ?? null,
    rolledOutAt: workload?.rolledOutAt ?? null,
  };
}

/** Phases of a release whose candidate has been given up; what runs there still is for looking at. */
const givenUp: readonly Release['phase'][] = ['rolled-back', 'failed'];

function roleOf(facts: StatusFacts, slot: Slot, isThere: boolean): Role {
  const routing = valueOf(facts.routing);
  const record = valueOf(facts.record);
  const release = record?.kind === 'release' ? record.release : null;
  const isCandidate = release?.candidate === slot && (!isSettled(release) || givenUp.includes(release.phase));
  if (routing !== null && takesTraffic(routing, slot)) {
    const alone = !takesTraffic(routing, otherSlot(slot));
    return isCandidate && !alone ? 'candidate' : 'live';
  }
  if (!isThere) return 'empty';
  return isCandidate ? 'candidate' : 'standby';
}

function versionsOf(pods: readonly WorkloadPod[], workload: Workload | null): readonly string[] {
  const running = sorted(pods.flatMap(({ labels }) => labels[versionLabel] ?? []));
  if (running.length > 0) return running;
  const told = workload?.podLabels[versionLabel];
  return told === undefined ? [] : [told];
}

/** The proxy's image is Istio's matter. */
const digestsOf = ({ imageIds }: WorkloadPod): readonly string[] =>
  Object.entries(imageIds).flatMap(([container, image]) =>
    container === 'istio-proxy' ? [] : (/sha256:[0-9a-f]{64}/.exec(image) ?? []),
  );

const sorted = (texts: readonly string[]): readonly string[] => [...new Set(texts)].toSorted();

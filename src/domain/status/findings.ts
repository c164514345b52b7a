import { shortDigest } from '../digest.ts';
import { everyCallerHasProxy } from '../exposure/checks.ts';
import type { Exposure } from '../exposure/checks.ts';
import { heldShare, isSettled } from '../release/release.ts';
import type { Release } from '../release/release.ts';
import { bringUp, unready } from '../release/wayBack.ts';
import { formatObject, takesTraffic } from '../routing/routing.ts';
import type { ServiceRouting } from '../routing/routing.ts';
import { slots } from '../slot.ts';
import type { Slot } from '../slot.ts';
import { formatSplit, sameSplit } from '../split.ts';
import { valueOf } from './facts.ts';
import type { Finding, SlotStatus, StatusFacts, Told } from './facts.ts';

type BySlot = Readonly<Record<Slot, SlotStatus>>;

/** Everything that is not as it should be, the worst first. */
export function findingsOf(facts: StatusFacts, bySlot: BySlot): readonly Finding[] {
  const all = [
    ...routingFindings(facts),
    ...podFindings(facts, bySlot),
    ...wayBackFindings(facts, bySlot),
    ...proxyFindings(facts),
    ...recordFindings(facts, bySlot),
    ...unread(facts),
  ];
  return [
    ...all.filter(({ severity }) => severity === 'wrong'),
    ...all.filter(({ severity }) => severity === 'note'),
  ];
}

const wrong = (what: string, remedy: string): Finding => ({ severity: 'wrong', what, remedy });
const note = (what: string, remedy: string): Finding => ({ severity: 'note', what, remedy });

const typed = ({ name }: StatusFacts, command: string): string =>
  `c4ang ${command} ${name.service} -n ${name.namespace}`;

function routingFindings(facts: StatusFacts): readonly Finding[] {
  if (!('value' in facts.routing)) return [wrong(facts.routing.why, facts.routing.remedy)];
  const routing = facts.routing.value;
  const { refusal } = facts;
  const found: Finding[] = refusal === null ? [] : [wrong(refusal.why, refusal.remedy)];
  if (routing.split === null) {
    found.push(
      wrong(
        `the routes disagree: ${routing.disagreement ?? ''}`,
        `Put them all on what was live before: ${typed(facts, 'rollback')} (or name a slot with --to).`,
      ),
    );
  }
  if (!routing.meshGoverned) {
    found.push(
      note(
        `no VirtualService bound to the mesh steers ${routing.name.service}: callers inside the mesh reach both slots whatever the weights`,
        'Apply the mesh route that deploy-green prints when it refuses this service.',
      ),
    );
  }
  found.push(...exposureFindings(routing, valueOf(facts.exposure)));
  const holder = valueOf(facts.lease);
  const open = routing.virtualServices.filter(({ previews }) => previews.length > 0);
  const record = valueOf(facts.record);
  const isHeld = record?.kind === 'release' && isHeldAsRecorded(facts, record.release);
  if (open.length > 0 && holder === null) {
    found.push(
      (isHeld ? note : wrong)(
        `a preview route is open in ${open.map((vs) => formatObject('VirtualService', vs)).join(', ')}, and no step is at work`,
        isHeld
          ? 'Going on without preview closes it, and so does going back.'
          : `Run verify-green again, or ${typed(facts, 'rollback')}: both close it.`,
      ),
    );
  }
  return found;
}

/** What would keep a release from going forward. Those whom the mesh refuses are nobody's concern. */
function exposureFindings(routing: ServiceRouting, exposure: Exposure | null): readonly Finding[] {
  if (exposure === null) return [];
  return [exposure.ambient, everyCallerHasProxy(routing, exposure)]
    .filter(({ ok }) => !ok)
    .map(({ detail, remedy }) => note(detail, remedy));
}

function podFindings(facts: StatusFacts, bySlot: BySlot): readonly Finding[] {
  const routing = valueOf(facts.routing);
  const { strays, name } = facts;
  const found = slots.flatMap((slot): readonly Finding[] => {
    const { ready, wanted } = bySlot[slot];
    if (routing === null || !takesTraffic(routing, slot) || !('value' in facts.pods[slot])) return [];
    const look = `kubectl get pods -n ${name.namespace}; to go where somebody answers: ${typed(facts, 'rollback')}`;
    if (ready === 0) return [wrong(`${slot} takes traffic and has no ready pod: users get errors`, look)];
    if (wanted === null || ready >= wanted) return [];
    return [note(`${slot} takes traffic with ${String(ready)} of ${String(wanted)} pods ready`, look)];
  });
  const labels =
    'Correct the labels of the pods or of the subsets: each subset selects the pods of its own slot.';
  if (strays.both.length > 0) found.push(wrong(`both subsets select ${strays.both.join(', ')}`, labels));
  if (strays.neither.length > 0) {
    found.push(note(`no subset selects ${strays.neither.join(', ')}, and the Service does`, labels));
  }
  return found;
}

/** Of a release that is not judged yet. A slot that takes traffic without a ready pod is told as worse than that. */
function wayBackFindings(facts: StatusFacts, bySlot: BySlot): readonly Finding[] {
  const [routing, record] = [valueOf(facts.routing), valueOf(facts.record)];
  if (routing === null || record?.kind !== 'release') return [];
  const { phase, splitBefore } = record.release;
  if (phase !== 'switching' && phase !== 'monitoring') return [];
  return unready(splitBefore, (slot) => bySlot[slot].ready)
    .filter((slot) => 'value' in facts.pods[slot] && !takesTraffic(routing, slot))
    .map((slot) =>
      wrong(`${slot} has no ready pod: there is nobody to roll back to`, bringUp(facts.name, slot)),
    );
}

function proxyFindings(facts: StatusFacts): readonly Finding[] {
  const proxies = valueOf(facts.proxies) ?? [];
  return proxies.flatMap(({ kind, namespace, pod, splits, difference }) => {
    if (difference === null) return [];
    const who = `${kind === 'gateway' ? 'gateway' : 'sidecar of'} ${namespace}/${pod}`;
    return splits.length === 0
      ? [
          wrong(
            `${who} cannot be judged: ${difference}`,
            'Look at that pod: kubectl describe pod, and its istio-proxy.',
          ),
        ]
      : [
          wrong(
            `${who} does not serve what the API server has: ${difference}`,
            'Look at istiod (is it running, does it reach this proxy?): istioctl proxy-status. Until it does, this proxy keeps what it has.',
          ),
        ];
  });
}

/** Phases that a process is at work in; without one the release was cut off. */
const atWork: readonly Release['phase'][] = [
  'deploying',
  'verifying',
  'switching',
  'rolling-back',
  'cleaning',
];

/** Phases in which the candidate's slot has its pods, and is to be switched to. */
const underWay: readonly Release['phase'][] = ['deployed', 'verifying', 'verified', 'switching'];

/** A share that was proven and is still served was given by hand (`weight`), or is where `steps` were killed. */
function isHeldAsRecorded(facts: StatusFacts, release: Release): boolean {
  const held = heldShare(release);
  const split = valueOf(facts.routing)?.split ?? null;
  return held !== null && split !== null && sameSplit(held, split);
}

function recordFindings(facts: StatusFacts, bySlot: BySlot): readonly Finding[] {
  const record = valueOf(facts.record);
  if (record === null || record.kind === 'none') return [];
  if (record.kind === 'unreadable') {
    return [
      wrong(
        `the release record cannot be used: ${record.reason}`,
        `Use the version of these actions that wrote it. A rollback works all the same: ${typed(facts, 'rollback')}.`,
      ),
    ];
  }
  const { release } = record;
  const found: Finding[] = [];
  const isFree = 'value' in facts.lease && facts.lease.value === null;
  if (isFree && isHeldAsRecorded(facts, release)) {
    found.push(
      note(
        `release ${release.id} is held at its proven share, and no step is at work`,
        'Judge it with monitor-and-rollback, go on with switch-traffic, or go back.',
      ),
    );
  } else if (isFree && atWork.includes(release.phase)) {
    found.push(
      wrong(
        `release ${release.id} is ${release.phase}, and no step is at work: it was cut off`,
        'Run the step again, it finishes or undoes what was begun; or go back.',
      ),
    );
  }
  if (underWay.includes(release.phase) && valueOf(facts.pods[release.candidate])?.length === 0) {
    found.push(
      wrong(
        `release ${release.id} is ${release.phase}, and its slot ${release.candidate} has no pod: there is nothing to switch to`,
        `Run deploy-green, then verify-green: they bring ${release.service}-${release.candidate} up and test it.`,
      ),
    );
  }
  const { splitAfter } = release;
  const now = valueOf(facts.routing)?.split ?? null;
  if (splitAfter !== null && now !== null && isLasting(release) && !sameSplit(splitAfter, now)) {
    found.push(
      wrong(
        `release ${release.id} is ${release.phase} with ${formatSplit(splitAfter)}, and the routes have ${formatSplit(now)}: someone moved the traffic by hand, or applied it from Git`,
        `See who: kubectl get virtualservice -n ${release.namespace} -o yaml --show-managed-fields. The weights in Git must be ignored (Argo CD: ignoreDifferences).`,
      ),
    );
  }
  return [...found, ...contentFindings(release, bySlot)];
}

const isLasting = (release: Release): boolean => isSettled(release) || release.phase === 'monitoring';

/** What runs is not what was released: one digest from scan to pod (invariant 10). */
function contentFindings(release: Release, bySlot: BySlot): readonly Finding[] {
  const { candidate, slots: contents, id } = release;
  const digest = /sha256:[0-9a-f]{64}/.exec(contents[candidate]?.image ?? '')?.[0];
  const others = bySlot[candidate].digests.filter((one) => one !== digest);
  if (digest === undefined || others.length === 0) return [];
  return [
    note(
      `${candidate} runs ${others.map(shortDigest).join(', ')}, and release ${id} put ${shortDigest(digest)} there`,
      'Somebody changed the Deployment after the release: kubectl rollout history shows when. (An image for several platforms runs by the digest of one.)',
    ),
  ];
}

function unread(facts: StatusFacts): readonly Finding[] {
  const parts: readonly (readonly [string, Told<unknown>])[] = [
    ['the proxies', facts.proxies],
    ['who reaches the service past its weights', facts.exposure],
    ['the release record', facts.record],
    ['the lease', facts.lease],
    ['the Deployment of blue', facts.workloads.blue],
    ['the Deployment of green', facts.workloads.green],
    ['the pods of blue', facts.pods.blue],
    ['the pods of green', facts.pods.green],
  ];
  // Without routes there is nothing to ask the proxies about: that has been said.
  const routed = 'value' in facts.routing;
  const needRoutes: readonly Told<unknown>[] = [facts.proxies, facts.exposure];
  return parts.flatMap(([what, told]) => {
    if ('value' in told || (!routed && needRoutes.includes(told))) return [];
    const finding = `${what} could not be read: ${told.why}`;
    return [what === 'the proxies' ? wrong(finding, told.remedy) : note(finding, told.remedy)];
  });
}

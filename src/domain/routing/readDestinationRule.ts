import { resolveHost } from './destination.ts';
import { reaches, reachOf } from './exportTo.ts';
import { fqdn } from './host.ts';
import type { ServiceName } from './host.ts';
import { objectAt, objectsAt, textAt, textsAt } from '../json.ts';
import type { JsonObject } from '../json.ts';
import type { Problem } from '../problem.ts';
import { formatObject, metadataPlace } from './routing.ts';
import type { ManagedDestinationRule, Purpose, Subset } from './routing.ts';
import type { Slot } from '../slot.ts';

export type DestinationRuleReading =
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] }
  | {
      readonly kind: 'managed';
      readonly destinationRule: ManagedDestinationRule;
      /** Never any in a reading forward. */
      readonly overlooked: readonly Problem[];
    };

interface FoundSubset {
  readonly rule: JsonObject;
  readonly subset: Subset;
}

/** The one DestinationRule of a service, out of all that the cluster has. */
export function readDestinationRule(
  objects: readonly JsonObject[],
  service: ServiceName,
  purpose: Purpose,
): DestinationRuleReading {
  const ours = objects.filter((object) => isFor(object, service)).toSorted(olderFirst);
  const [oldest] = ours;
  if (oldest === undefined) {
    return {
      kind: 'refused',
      problems: [
        {
          what: `no DestinationRule has the host ${fqdn(service)}`,
          remedy: `Apply one in namespace ${service.namespace} with host ${service.service} and the subsets blue and green.`,
        },
      ],
    };
  }
  const blue = findSubset(ours, 'blue');
  const green = findSubset(ours, 'green');
  const problems = [
    ...severalProblems(ours, service),
    ...subsetProblems(oldest, 'blue', blue),
    ...subsetProblems(oldest, 'green', green),
  ];
  const isUseful = purpose === 'back' && (blue ?? green) !== null;
  if (problems.length > 0 && !isUseful) return { kind: 'refused', problems };
  const object = blue?.rule ?? oldest;
  return {
    kind: 'managed',
    overlooked: problems,
    destinationRule: {
      ...metadataPlace(object),
      resourceVersion: textAt(objectAt(object, 'metadata'), 'resourceVersion') ?? '',
      subsets: { blue: blue?.subset ?? noSubset, green: green?.subset ?? noSubset },
      reach: reachOf(object),
      object,
    },
  };
}

/** Selects no pod, as a subset that is not there: no pod can have an empty label key. */
const noSubset: Subset = { index: -1, labels: { '': 'none' } };

function isFor(object: JsonObject, service: ServiceName): boolean {
  const host = textAt(objectAt(object, 'spec'), 'host');
  const { namespace } = metadataPlace(object);
  return host !== null && resolveHost(host, namespace) === fqdn(service) && isSeen(object, service);
}

/** istiod looks for a proxy's rule in the proxy's own namespace, then in these two. */
const rootNamespace = 'istio-system';

/**
 * A rule of another namespace that is not exported to the service's own is for the callers of that namespace alone:
 * whether they know the subsets is proven in their sidecars.
 */
function isSeen(object: JsonObject, service: ServiceName): boolean {
  const reach = reachOf(object);
  if (reaches(reach, service.namespace)) return true;
  const { namespace } = metadataPlace(object);
  return reach !== 'all' && reach.size > 0 && [service.namespace, rootNamespace].includes(namespace);
}

/** istiod merges the rules of one host, the oldest first: of two subsets with one name the first wins. */
function olderFirst(a: JsonObject, b: JsonObject): number {
  const age = (object: JsonObject): string => {
    const { namespace, name } = metadataPlace(object);
    return `${textAt(objectAt(object, 'metadata'), 'creationTimestamp') ?? ''} ${name}.${namespace}`;
  };
  return age(a) < age(b) ? -1 : 1;
}

function findSubset(rules: readonly JsonObject[], slot: Slot): FoundSubset | null {
  for (const rule of rules) {
    for (const [index, subset] of objectsAt(objectAt(rule, 'spec'), 'subsets')) {
      if (textAt(subset, 'name') === slot)
        return { rule, subset: { index, labels: textsAt(subset, 'labels') } };
    }
  }
  return null;
}

function severalProblems(rules: readonly JsonObject[], service: ServiceName): readonly Problem[] {
  if (rules.length < 2) return [];
  const names = rules.map((one) => formatObject('DestinationRule', metadataPlace(one))).join(' and ');
  return [
    {
      what: `${names} have the same host ${fqdn(service)}`,
      remedy: 'Keep one: with two, which subset wins is undefined.',
    },
  ];
}

function subsetProblems(rule: JsonObject, slot: Slot, found: FoundSubset | null): readonly Problem[] {
  const where = formatObject('DestinationRule', metadataPlace(found?.rule ?? rule));
  if (found === null) {
    return [
      {
        what: `${where} has no subset ${slot}`,
        remedy: `Add to its subsets: {name: ${slot}, labels: {slot: ${slot}}} (or the label that tells your two Deployments apart).`,
      },
    ];
  }
  if (Object.keys(found.subset.labels).length > 0) return [];
  return [
    {
      what: `subset ${slot} of ${where} has no labels: it selects the pods of both slots`,
      remedy: `Give it the label that tells your two Deployments apart, for example {slot: ${slot}}.`,
    },
  ];
}

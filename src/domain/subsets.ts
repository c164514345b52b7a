import { resolveHost } from './destination.ts';
import { fqdn } from './host.ts';
import type { ServiceName } from './host.ts';
import { objectAt, objectsAt, textAt, textsAt } from './json.ts';
import type { JsonObject } from './json.ts';
import { testVersion } from './jsonPatch.ts';
import type { Plan } from './jsonPatch.ts';
import type { Problem } from './managedRoutes.ts';
import { formatObject } from './routing.ts';
import type { ManagedDestinationRule, ObjectName, Subset } from './routing.ts';
import { slots } from './slot.ts';
import type { Slot } from './slot.ts';

/** Labels by which users' manifests select a version; the reference chart selects by `slot`, which never changes. */
export const versionLabel = 'version';

export type DestinationRuleReading =
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] }
  | { readonly kind: 'managed'; readonly destinationRule: ManagedDestinationRule };

/** The one DestinationRule of a service, out of all that the cluster has. */
export function readDestinationRule(
  objects: readonly JsonObject[],
  service: ServiceName,
): DestinationRuleReading {
  const ours = objects.filter((object) => {
    const host = textAt(objectAt(object, 'spec'), 'host');
    return host !== null && resolveHost(host, placeOf(object).namespace) === fqdn(service);
  });
  const [object, second] = ours;
  if (object === undefined) {
    return refuse(
      `no DestinationRule has the host ${fqdn(service)}`,
      `Apply one in namespace ${service.namespace} with host ${service.service} and the subsets blue and green.`,
    );
  }
  if (second !== undefined) {
    const names = ours.map((one) => formatObject('DestinationRule', placeOf(one))).join(' and ');
    return refuse(
      `${names} have the same host ${fqdn(service)}`,
      'Keep one: with two, which subset wins is undefined.',
    );
  }
  return readSubsets(object);
}

function readSubsets(object: JsonObject): DestinationRuleReading {
  const place = placeOf(object);
  const found = objectsAt(objectAt(object, 'spec'), 'subsets').map(([index, subset]) => ({
    name: textAt(subset, 'name'),
    subset: { index, labels: textsAt(subset, 'labels') },
  }));
  const one = (slot: Slot): Subset | null => found.find(({ name }) => name === slot)?.subset ?? null;
  const problems = slots.flatMap((slot) =>
    subsetProblems(formatObject('DestinationRule', place), slot, one(slot)),
  );
  const blue = one('blue');
  const green = one('green');
  if (problems.length > 0 || blue === null || green === null) return { kind: 'refused', problems };
  const resourceVersion = textAt(objectAt(object, 'metadata'), 'resourceVersion') ?? '';
  return {
    kind: 'managed',
    destinationRule: { ...place, resourceVersion, subsets: { blue, green }, object },
  };
}

function subsetProblems(where: string, slot: Slot, subset: Subset | null): readonly Problem[] {
  if (subset === null) {
    return [
      {
        what: `${where} has no subset ${slot}`,
        remedy: `Add to its subsets: {name: ${slot}, labels: {slot: ${slot}}} (or the label that tells your two Deployments apart).`,
      },
    ];
  }
  if (Object.keys(subset.labels).length > 0) return [];
  return [
    {
      what: `subset ${slot} of ${where} has no labels: it selects the pods of both slots`,
      remedy: `Give it the label that tells your two Deployments apart, for example {slot: ${slot}}.`,
    },
  ];
}

const refuse = (what: string, remedy: string): DestinationRuleReading => ({
  kind: 'refused',
  problems: [{ what, remedy }],
});

function placeOf(object: JsonObject): ObjectName {
  const metadata = objectAt(object, 'metadata');
  return { namespace: textAt(metadata, 'namespace') ?? '', name: textAt(metadata, 'name') ?? '' };
}

export const selects = (
  selector: Readonly<Record<string, string>>,
  labels: Readonly<Record<string, string>>,
): boolean => Object.entries(selector).every(([key, value]) => labels[key] === value);

/** Points a slot's subset at a version; the labels it selects by besides stay. */
export function planSubsetVersion(rule: ManagedDestinationRule, slot: Slot, version: string): Plan {
  const { index, labels } = rule.subsets[slot];
  const spec = objectAt(rule.object, 'spec');
  if (labels[versionLabel] === version) return { patch: [], expectedSpec: spec };
  const path = `/spec/subsets/${String(index)}`;
  const subsets = objectsAt(spec, 'subsets').map(([place, subset]) =>
    place === index ? { ...subset, labels: { ...labels, [versionLabel]: version } } : subset,
  );
  return {
    patch: [
      testVersion(rule.resourceVersion),
      { op: 'test', path: `${path}/name`, value: slot },
      { op: 'test', path: `${path}/labels/${versionLabel}`, value: labels[versionLabel] },
      { op: 'replace', path: `${path}/labels/${versionLabel}`, value: version },
    ],
    expectedSpec: { ...spec, subsets },
  };
}

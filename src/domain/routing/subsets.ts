import { objectAt, objectsAt } from '../json.ts';
import { testVersion } from '../jsonPatch.ts';
import type { Plan } from '../jsonPatch.ts';
import type { ManagedDestinationRule } from './routing.ts';
import type { Slot } from '../slot.ts';

/** Labels by which users' manifests select a version; the reference chart selects by `slot`, which never changes. */
export const versionLabel = 'version';

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

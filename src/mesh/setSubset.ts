import type { KubeApi } from '../cluster/api/kubeApi.ts';
import { destinationRules } from '../cluster/api/resources.ts';
import { readDestinationRule } from '../domain/routing/readDestinationRule.ts';
import { formatObject, takesTraffic } from '../domain/routing/routing.ts';
import type { ManagedDestinationRule, ServiceRouting } from '../domain/routing/routing.ts';
import { otherSlot } from '../domain/slot.ts';
import type { Slot } from '../domain/slot.ts';
import { planSubsetVersion, selects, versionLabel } from '../domain/routing/subsets.ts';
import { PreconditionError } from '../runtime/errors.ts';
import { readMesh, readPods } from './readMesh.ts';
import { writePlanned } from './writeRouting.ts';

/**
 * Points a slot's subset at a version, where subsets select by version. Never a slot that takes traffic
 * (a subset change under traffic: 503s), never so that it would select the other slot's pods.
 */
export async function setSubsetVersion(
  api: KubeApi,
  routing: ServiceRouting,
  slot: Slot,
  version: string,
): Promise<boolean> {
  const rule = routing.destinationRule;
  const where = `subset ${slot} of ${formatObject('DestinationRule', rule)}`;
  if (rule.subsets[slot].labels[versionLabel] === undefined) {
    throw new PreconditionError(
      `${where} does not select by the label ${versionLabel}: it is not for a release to change`,
      'Nothing has to be set where subsets select by a fixed label.',
    );
  }
  // Read again: what was true at the start of the step need not be true now.
  if (takesTraffic(await readMesh(api, routing.name, routing.purpose), slot)) {
    throw new PreconditionError(
      `${where} takes traffic: its labels are not changed`,
      'Release into the slot that takes none.',
    );
  }
  await refuseOthersPods(api, routing, slot, version, where);
  const before = await writePlanned(
    api,
    destinationRules,
    rule,
    (current) => planSubsetVersion(current, slot, version),
    () => reread(api, routing),
  );
  return before !== null;
}

async function refuseOthersPods(
  api: KubeApi,
  routing: ServiceRouting,
  slot: Slot,
  version: string,
  where: string,
): Promise<void> {
  const wanted = { ...routing.destinationRule.subsets[slot].labels, [versionLabel]: version };
  const others = (await readPods(api, routing))[otherSlot(slot)];
  const selected = others.filter(({ labels }) => selects(wanted, labels));
  if (selected.length === 0) return;
  throw new PreconditionError(
    `${where} with ${versionLabel} ${version} would select ${String(selected.length)} pods of ${otherSlot(slot)}: ${selected.map(({ name }) => name).join(', ')}`,
    'Release a version that differs from the live one: subsets that select by version cannot tell the same one apart.',
  );
}

async function reread(api: KubeApi, routing: ServiceRouting): Promise<ManagedDestinationRule> {
  const { namespace, name } = routing.destinationRule;
  const object = await api.get(destinationRules, namespace, name);
  const reading = readDestinationRule(object === null ? [] : [object], routing.name, routing.purpose);
  if (reading.kind === 'managed') return reading.destinationRule;
  throw new PreconditionError(
    `${formatObject('DestinationRule', { namespace, name })} was changed meanwhile: ${reading.problems.map(({ what }) => what).join('; ')}`,
    'Find out who changed it, and run the step again.',
  );
}

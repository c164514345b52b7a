import { objectAt, sameJson, textAt } from '../json.ts';
import type { JsonObject } from '../json.ts';
import type { Problem } from '../problem.ts';
import type { SlotContent } from './release.ts';
import type { ServiceRouting } from '../routing/routing.ts';
import { otherSlot } from '../slot.ts';
import type { Slot } from '../slot.ts';
import { selects, versionLabel } from '../routing/subsets.ts';
import { readWorkload } from './workload.ts';
import type { Workload } from './workload.ts';

export const workloadName = (service: string, slot: Slot): string => `${service}-${slot}`;

/** What a release is about to put into a slot. */
export interface Wanted extends SlotContent {
  readonly slot: Slot;
}

export type RenderedReading =
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] }
  | { readonly kind: 'workload'; readonly workload: Workload };

/** Kinds that both slots share: a slot's release that owned one would take it along when it is removed. */
const shared = ['VirtualService', 'DestinationRule', 'Gateway', 'Service', 'ServiceAccount', 'Namespace'];

/**
 * Looks at what a chart renders before anything is applied: one Deployment of the slot's name, with the image by
 * digest, labels that the slot's subset selects and the live one's does not, and nothing that the slots share.
 */
export function readRendered(
  objects: readonly JsonObject[],
  wanted: Wanted,
  routing: ServiceRouting,
): RenderedReading {
  const name = workloadName(routing.name.service, wanted.slot);
  const deployments = objects.filter((object) => textAt(object, 'kind') === 'Deployment').map(readWorkload);
  const [workload, second] = deployments;
  if (workload?.name !== name || second !== undefined) {
    const found = deployments.map((one) => one.name).join(', ');
    return refused({
      what: `the chart renders ${found === '' ? 'no Deployment' : `the Deployments ${found}`}, where one called ${name} is wanted`,
      remedy:
        'Use the reference chart (leave the input chart empty), or one that names its Deployment by fullnameOverride.',
    });
  }
  const problems = [
    ...objects.filter((object) => shared.includes(textAt(object, 'kind') ?? '')).map(sharedProblem),
    ...contentProblems(workload, wanted),
    ...subsetProblems(workload, wanted, routing),
  ];
  return problems.length > 0 ? { kind: 'refused', problems } : { kind: 'workload', workload };
}

const refused = (...problems: readonly Problem[]): RenderedReading => ({ kind: 'refused', problems });

const sharedProblem = (object: JsonObject): Problem => ({
  what: `the chart renders the ${textAt(object, 'kind') ?? ''} ${textAt(objectAt(object, 'metadata'), 'name') ?? ''}, which both slots share`,
  remedy:
    'Keep what the slots share in a release of its own, as the reference chart does with part: routing.',
});

function contentProblems(
  { podLabels, containers, name }: Workload,
  { version, image }: Wanted,
): readonly Problem[] {
  const problems: Problem[] = [];
  if (podLabels[versionLabel] !== version) {
    problems.push({
      what: `the pods of ${name} would have the label version: ${podLabels[versionLabel] ?? '(none)'}, not ${version}`,
      remedy: 'Let the chart set the pod label version from labels.version.',
    });
  }
  if (!containers.some((container) => container.image === image)) {
    problems.push({
      what: `no container of ${name} would run ${image}, but ${containers.map((one) => one.image).join(', ')}`,
      remedy: 'Let the chart build the image from image.repository and image.digest.',
    });
  }
  return problems;
}

/** By fixed label now, or by `version`, which the subset is pointed at once the pods are there. */
function subsetProblems(
  { podLabels, name }: Workload,
  wanted: Wanted,
  routing: ServiceRouting,
): readonly Problem[] {
  const { subsets } = routing.destinationRule;
  const own = subsetFor(subsets[wanted.slot].labels, wanted.version);
  const live = otherSlot(wanted.slot);
  const problems: Problem[] = [];
  if (!selects(routing.selector, podLabels)) {
    problems.push({
      what: `the Service ${routing.name.service} selects ${labelsOf(routing.selector)}: not the pods of ${name}`,
      remedy: 'Let the chart set those labels on its pods.',
    });
  }
  if (!selects(own, podLabels)) {
    problems.push({
      what: `the subset ${wanted.slot} selects ${labelsOf(own)}; the pods of ${name} would have ${labelsOf(podLabels)}`,
      remedy:
        'Let the pods have those labels. (The reference chart names the slot label by its value slotLabel.)',
    });
  }
  if (selects(subsets[live].labels, podLabels)) {
    problems.push({
      what: `the live subset ${live} selects ${labelsOf(subsets[live].labels)}: it would send users to the candidate at once`,
      remedy:
        versionLabel in subsets[live].labels
          ? `The version ${wanted.version} is live already. Release another version.`
          : `Let the subset ${live} select by a label that only its own pods have.`,
    });
  }
  return problems;
}

/** The slot's subset as it will be: those that select by version follow the candidate. */
export const subsetFor = (
  labels: Readonly<Record<string, string>>,
  version: string,
): Readonly<Record<string, string>> =>
  versionLabel in labels ? { ...labels, [versionLabel]: version } : labels;

/** Whether the Deployment that stands there can become the rendered one; null when it can. */
export function adoptionProblem(existing: Workload, rendered: Workload, release: string): Problem | null {
  if (existing.helmRelease !== null && existing.helmRelease !== release) {
    return {
      what: `the Deployment ${existing.name} belongs to the Helm release ${existing.helmRelease}`,
      remedy: `Let ${release} own it: remove it from ${existing.helmRelease} first.`,
    };
  }
  if (sameJson(existing.selector, rendered.selector)) return null;
  return {
    what: `the Deployment ${existing.name} selects ${labelsOf(existing.selector)}, the chart's ${labelsOf(rendered.selector)}, and a selector cannot be changed`,
    remedy: `It takes no traffic, so: kubectl delete deployment ${existing.name}, then run this step again. (Or set the chart's value slotLabel to the label it has.)`,
  };
}

const labelsOf = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');

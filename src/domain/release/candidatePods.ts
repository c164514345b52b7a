import type { SlotContent } from './release.ts';
import { versionLabel } from '../routing/subsets.ts';
import type { WorkloadPod } from './workload.ts';

/**
 * What is not yet as it must be: as many pods as wanted, each ready, of that version and running exactly that
 * image. Null when all is well.
 */
export function podsShortfall(
  pods: readonly WorkloadPod[],
  content: SlotContent,
  replicas: number,
): string | null {
  const wrong = pods.flatMap((pod) => {
    const reason = podShortfall(pod, content);
    return reason === null ? [] : [`${pod.name} ${reason}`];
  });
  if (wrong.length > 0) return wrong.join('; ');
  return pods.length === replicas ? null : `${String(pods.length)} of ${String(replicas)} pods are there`;
}

function podShortfall(pod: WorkloadPod, { version, image }: SlotContent): string | null {
  if (pod.labels[versionLabel] !== version) return `is of version ${pod.labels[versionLabel] ?? '(none)'}`;
  const container = pod.containers.find((one) => one.image === image);
  if (container === undefined) {
    return `runs ${pod.containers.map((one) => one.image).join(', ')} instead of ${image}`;
  }
  if (!pod.ready) return 'is not ready';
  return digestShortfall(pod.imageIds[container.name] ?? '', image);
}

/** Some runtimes tell only a configuration's digest, which says nothing about the one we asked for. */
function digestShortfall(imageId: string, image: string): string | null {
  const [repository] = image.split('@');
  const isComparable = imageId.includes(`${repository ?? ''}@sha256:`);
  return isComparable && !imageId.endsWith(image) ? `was started from ${imageId}` : null;
}

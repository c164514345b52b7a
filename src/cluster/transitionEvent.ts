import type { Clock } from '../runtime/clock.ts';
import type { Phase, Release } from '../domain/release.ts';
import type { KubeApi, KubeObject } from './kubeApi.ts';
import { events } from './resources.ts';

const alarming: readonly Phase[] = ['failed', 'rolling-back', 'rolled-back'];

/**
 * Tells the newest transition as a Kubernetes Event on the record, so that `kubectl describe configmap
 * <service>-release` tells the story. Best effort: a missing right to write Events stops no release.
 */
export async function announce(
  api: KubeApi,
  release: Release,
  record: KubeObject,
  clock: Clock,
): Promise<void> {
  const entry = release.timeline.at(-1);
  if (entry === undefined) return;
  const { name, namespace, uid } = record.metadata;
  const event: KubeObject = {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: {
      // Unique without a random number: one record, one transition at a time.
      name: `${name}.${clock.now().toString(16)}.${String(release.timeline.length)}`,
      namespace: release.namespace,
    },
    involvedObject: {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      name,
      namespace,
      ...(uid === undefined ? {} : { uid }),
    },
    type: alarming.includes(entry.phase) ? 'Warning' : 'Normal',
    reason: reasonOf(entry.phase),
    message: `${release.id}: ${entry.note}`.slice(0, 1024),
    source: { component: 'c4ang-actions' },
    firstTimestamp: entry.at,
    lastTimestamp: entry.at,
    count: 1,
  };
  await api.create(events, event).catch(() => undefined);
}

/** `rolling-back` → `ReleaseRollingBack`. */
const reasonOf = (phase: Phase): string =>
  `Release${phase
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')}`;

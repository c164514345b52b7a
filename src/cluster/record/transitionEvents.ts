import type { JsonObject } from '../../domain/json.ts';
import { objectAt, textAt } from '../../domain/json.ts';
import type { Phase, Release, TimelineEntry } from '../../domain/release/release.ts';
import type { Clock } from '../../runtime/clock.ts';
import { within } from '../../runtime/within.ts';
import type { KubeApi, KubeObject } from '../api/kubeApi.ts';

/** Told about each transition of a release, with the record as it was written. Nobody waits for it. */
export type Tell = (release: Release, record: KubeObject) => void;

/**
 * Each transition as a Kubernetes Event on the record and on the VirtualServices, so that `kubectl describe` tells the
 * story too. Best effort: neither a missing right to write Events nor a slow answer stops a release. A process that is
 * killed before it has told an entry has not told it: whoever writes the next one does.
 */
export interface TransitionEvents {
  readonly tell: Tell;
  /** The VirtualServices that the next Events are about besides. */
  about(virtualServices: readonly JsonObject[]): void;
  /**
   * The same API, whose patches the Events follow: a transition is followed by what it announces, and users wait for
   * that. Once the last patch is accepted istiod waits, and there is time to tell.
   */
  behindPatches(api: KubeApi): KubeApi;
  /** When everything has been sent, or given up. */
  sent(): Promise<void>;
}

const alarming: readonly Phase[] = ['failed', 'rolling-back', 'rolled-back'];
/** What announces a change: whoever is killed in between leaves it as the last entry. */
const intents: readonly Phase[] = ['deploying', 'verifying', 'switching', 'rolling-back', 'cleaning'];
const sendTimeoutMs = 2_000;
/** After a transition, and after the answer to a patch: by then the next patch would be under way. */
const quietMs = 25;

/** @param create sends one Event */
export function transitionEvents(
  create: (event: KubeObject) => Promise<unknown>,
  clock: Clock,
): TransitionEvents {
  let virtualServices: readonly JsonObject[] = [];
  const underWay = new Set<Promise<unknown>>();
  /** By their names, so that an intent of this process is not taken for one that somebody left untold. */
  const told = new Set<string>();
  let waiting: KubeObject[] = [];
  let patching = 0;
  let stop: (() => void) | null = null;
  const send = (event: KubeObject): void => {
    const sending = create(event)
      .catch(() => undefined)
      .finally(() => underWay.delete(sending));
    underWay.add(sending);
  };
  const flush = (): void => {
    stop?.();
    stop = null;
    const now = waiting;
    waiting = [];
    now.forEach(send);
  };
  const flushWhenQuiet = (): void => {
    stop?.();
    stop = clock.every(quietMs, () => {
      if (patching === 0) flush();
    });
  };
  return {
    tell(release, record) {
      const [before, entry] = [release.timeline.at(-2), release.timeline.at(-1)];
      if (entry === undefined) return;
      const entries = before !== undefined && intents.includes(before.phase) ? [before, entry] : [entry];
      for (const event of entries.flatMap((one) =>
        [record, ...virtualServices].map((object) => eventOn(object, release, one)),
      )) {
        const key = `${event.metadata.namespace ?? ''}/${event.metadata.name}`;
        if (told.has(key)) continue;
        told.add(key);
        waiting.push(event);
      }
      flushWhenQuiet();
    },
    about(objects) {
      virtualServices = objects;
    },
    behindPatches: (api) => ({
      get: (resource, namespace, name) => api.get(resource, namespace, name),
      list: (resource, options) => api.list(resource, options),
      create: (resource, object) => api.create(resource, object),
      update: (resource, object) => api.update(resource, object),
      jsonPatch: async (resource, namespace, name, patch, options) => {
        patching += 1;
        try {
          return await api.jsonPatch(resource, namespace, name, patch, options);
        } finally {
          patching -= 1;
          if (waiting.length > 0) flushWhenQuiet();
        }
      },
      delete: (resource, namespace, name) => api.delete(resource, namespace, name),
    }),
    async sent() {
      flush();
      await within(clock, sendTimeoutMs, Promise.all(underWay)).catch(() => undefined);
    },
  };
}

function eventOn(object: JsonObject, release: Release, entry: TimelineEntry): KubeObject {
  const metadata = objectAt(object, 'metadata');
  const name = textAt(metadata, 'name') ?? '';
  const namespace = textAt(metadata, 'namespace') ?? release.namespace;
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: {
      // One for each entry, whoever tells it: who comes second is refused by the API server.
      name: `${name}.${Date.parse(entry.at).toString(16)}.${entry.phase}`,
      // An Event lives where its object does.
      namespace,
    },
    involvedObject: {
      apiVersion: object['apiVersion'],
      kind: object['kind'],
      name,
      namespace,
      // Without it `kubectl describe` does not find the Event.
      uid: textAt(metadata, 'uid') ?? '',
    },
    type: alarming.includes(entry.phase) ? 'Warning' : 'Normal',
    reason: reasonOf(entry.phase),
    message: `${release.service} ${release.id}: ${entry.note}`.slice(0, 1024),
    source: { component: 'c4ang-actions' },
    firstTimestamp: entry.at,
    lastTimestamp: entry.at,
    count: 1,
  };
}

/** `rolling-back` → `ReleaseRollingBack`. */
const reasonOf = (phase: Phase): string =>
  `Release${phase
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')}`;

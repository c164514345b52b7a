import type { ServiceName } from '../../domain/routing/host.ts';
import { schemaVersion } from '../../domain/release/release.ts';
import type { Release } from '../../domain/release/release.ts';
import { PreconditionError } from '../../runtime/errors.ts';
import type { KubeApi, KubeObject } from '../api/kubeApi.ts';
import { parseRelease } from './releaseSchema.ts';
import type { Unusable } from './releaseSchema.ts';
import { configMaps } from '../api/resources.ts';
import type { Tell } from './transitionEvents.ts';

/** What the record says. `unreadable` comes with the reason: a rollback goes on without it, nothing else does. */
export type RecordState =
  | { readonly kind: 'none' }
  | { readonly kind: 'release'; readonly release: Release; readonly revision: string }
  | ({ readonly kind: 'unreadable' } & Unusable);

/** The release, kept in the cluster, so that any later process knows what happened. */
export interface ReleaseRecord {
  read(name: ServiceName): Promise<RecordState>;
  /**
   * Compare and swap: writes over exactly the state that was read, and tells the transition, where there is one.
   * @returns the state to write over next
   * @throws ConflictError when someone else wrote meanwhile; PreconditionError over an unreadable record
   */
  save(release: Release, over: RecordState): Promise<RecordState>;
}

const dataKey = 'release.json';

export const recordName = ({ service }: { readonly service: string }): string => `${service}-release`;

export function configMapRecord(api: KubeApi, tell: Tell): ReleaseRecord {
  return {
    async read(name) {
      const object = await api.get(configMaps, name.namespace, recordName(name));
      return object === null ? { kind: 'none' } : stateOf(object);
    },
    async save(release, over) {
      if (over.kind === 'unreadable') {
        throw new PreconditionError(
          `the release record ConfigMap ${release.namespace}/${recordName(release)} is not ours to write: ${over.reason}`,
          'Use the newer version of these actions that wrote it; or, when no release is under way, delete the ConfigMap.',
        );
      }
      const wanted = configMap(release, over.kind === 'release' ? over.revision : null);
      const written = await (over.kind === 'none'
        ? api.create(configMaps, wanted)
        : api.update(configMaps, wanted));
      if (releaseOf(over)?.timeline.at(-1) !== release.timeline.at(-1)) tell(release, written);
      // What came back as it was sent need not be read: a way back waits for it.
      const isAsSent = textOf(written) === textOf(wanted);
      return isAsSent ? { kind: 'release', release, revision: revisionOf(written) } : stateOf(written);
    },
  };
}

function configMap(release: Release, resourceVersion: string | null): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: recordName(release),
      namespace: release.namespace,
      labels: { 'app.kubernetes.io/managed-by': 'c4ang-actions', 'app.kubernetes.io/name': release.service },
      ...(resourceVersion === null ? {} : { resourceVersion }),
    },
    data: { [dataKey]: JSON.stringify({ schemaVersion, ...release }, null, 2) },
  };
}

function stateOf(object: KubeObject): RecordState {
  const text = textOf(object);
  if (text === null) return { kind: 'unreadable', reason: `it has no ${dataKey}` };
  const parsed = parseRelease(text);
  return 'reason' in parsed
    ? { kind: 'unreadable', ...parsed }
    : { kind: 'release', release: parsed.release, revision: revisionOf(object) };
}

function textOf(object: KubeObject): string | null {
  const { data } = object as { data?: Readonly<Record<string, unknown>> };
  const text = data?.[dataKey];
  return typeof text === 'string' ? text : null;
}

const revisionOf = ({ metadata }: KubeObject): string => metadata.resourceVersion ?? '';

/** The release to go by, or null: what a rollback, which must not be blocked by a broken record, goes on with. */
export const releaseOf = (state: RecordState): Release | null =>
  state.kind === 'release' ? state.release : null;

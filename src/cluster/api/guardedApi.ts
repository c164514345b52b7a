import type { KubeApi, KubeObject, PatchOperation, Resource } from './kubeApi.ts';
import { destinationRules, leases, virtualServices } from './resources.ts';
import type { OwnLease } from '../lease/releaseLease.ts';

/** Which version of an object was read, and after how many looks at the lease had begun. */
interface Reading {
  readonly version: string | undefined;
  readonly looks: number;
}

/** The lease as a guarded API goes by it. */
type Guard = Pick<OwnLease, 'check' | 'assertKept' | 'isInTime'>;

/** An API and the lease that it is guarded by: what is asked of the lease through here, the API knows of. */
export interface Guarded<L extends Guard> {
  readonly api: KubeApi;
  readonly lease: L;
}

/**
 * An API through which a process that has lost its lease changes nothing. The cluster is asked for the lease after
 * what is changed was read, and before it is written: whoever took the lease later gives each object a new
 * resourceVersion before it relies on it, and the patch tests for the one that was read. So no write of the loser
 * comes after the first one of the process that took the lease, however long a patch is under way; and one look at the
 * lease is enough for all that was read before it, as long as its time is not over.
 */
export function guarded<L extends Guard>(api: KubeApi, lease: L): Guarded<L> {
  const read = new Map<string, Reading>();
  let looks = 0;
  /** The latest look that said: still ours. */
  let ours = 0;

  const check = async (): Promise<void> => {
    looks += 1;
    const look = looks;
    await lease.check();
    ours = Math.max(ours, look);
  };
  const noted = (resource: Resource, object: KubeObject): KubeObject => {
    if (isRouting(resource)) read.set(keyOf(resource, object), { version: versionOf(object), looks });
    return object;
  };
  const allow = async (resource: Resource, patch: Patch | null): Promise<void> => {
    if (resource === leases) return;
    lease.assertKept();
    if (!isRouting(resource)) return;
    const before = patch === null ? undefined : read.get(patch.key);
    const isLooked =
      before?.version !== undefined && before.version === patch?.version && before.looks < ours;
    if (!isLooked || !lease.isInTime()) await check();
  };

  return {
    lease: { ...lease, check },
    api: {
      get: async (resource, namespace, name) => {
        const object = await api.get(resource, namespace, name);
        return object === null ? null : noted(resource, object);
      },
      list: async (resource, options) => {
        const objects = await api.list(resource, options);
        return objects.map((object) => noted(resource, object));
      },
      create: async (resource, object) => {
        await allow(resource, null);
        return api.create(resource, object);
      },
      update: async (resource, object) => {
        await allow(resource, null);
        return api.update(resource, object);
      },
      jsonPatch: async (resource, namespace, name, patch, options) => {
        if (options?.dryRun !== true) {
          const key = `${resource.kind} ${namespace}/${name}`;
          await allow(resource, { key, version: testedVersion(patch) });
        }
        const patched = await api.jsonPatch(resource, namespace, name, patch, options);
        return options?.dryRun === true ? patched : noted(resource, patched);
      },
      delete: async (resource, namespace, name) => {
        await allow(resource, null);
        return api.delete(resource, namespace, name);
      },
    },
  };
}

/** A patch of routing: of which object, and of which version of it. */
interface Patch {
  readonly key: string;
  readonly version: unknown;
}

const isRouting = (resource: Resource): boolean =>
  resource === virtualServices || resource === destinationRules;

const keyOf = ({ kind }: Resource, { metadata }: KubeObject): string =>
  `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;

const versionOf = ({ metadata }: KubeObject): string | undefined => metadata.resourceVersion;

function testedVersion(patch: readonly PatchOperation[]): unknown {
  const test = patch.find(({ op, path }) => op === 'test' && path === '/metadata/resourceVersion');
  return test !== undefined && 'value' in test ? test.value : undefined;
}

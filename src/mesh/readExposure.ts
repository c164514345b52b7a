import type { KubeApi, KubeObject } from '../cluster/api/kubeApi.ts';
import { configMaps, namespaces, peerAuthentications, pods } from '../cluster/api/resources.ts';
import { carriedBySidecars } from '../domain/exposure/ambient.ts';
import { mostConfigMaps } from '../domain/exposure/checks.ts';
import type { Exposure } from '../domain/exposure/checks.ts';
import { configMapSettings, configMapsOf, dataIn } from '../domain/exposure/configMapSettings.ts';
import { refusesPlaintext } from '../domain/exposure/plaintext.ts';
import { maySlipPast, unproxiedCallers } from '../domain/exposure/unproxiedCallers.ts';
import type { ServiceRouting } from '../domain/routing/routing.ts';
import { PermissionError, PreconditionError } from '../runtime/errors.ts';

/** Who reaches the service past its weights. One round trip, and another for whoever has no proxy beside it. */
export async function readExposure(api: KubeApi, routing: ServiceRouting): Promise<Exposure> {
  const [all, namespace] = await Promise.all([
    api.list(pods, {}),
    api.get(namespaces, '', routing.name.namespace),
  ]);
  const { dataOf, unread } = await readConfigMaps(api, routing, all);
  const unproxied = unproxiedCallers(all, routing, (pod) =>
    isNeighbour(pod, routing) ? configMapSettings(pod, dataOf) : [],
  );
  return {
    ambient: carriedBySidecars(routing, namespace, all),
    unproxied,
    unreadConfigMaps: unread,
    refusesPlaintext:
      unproxied.length > 0 &&
      refusesPlaintext((await unlessDenied(api.list(peerAuthentications, {}))) ?? [], routing, all),
  };
}

/** Only in the service's own namespace ConfigMaps may be read: the release record is one there. */
const isNeighbour = ({ metadata }: KubeObject, { name }: ServiceRouting): boolean =>
  metadata.namespace === name.namespace;

interface ConfigMaps {
  /** Empty for one that was not read. */
  readonly dataOf: (name: string) => Readonly<Record<string, string>>;
  readonly unread: number;
}

async function readConfigMaps(
  api: KubeApi,
  routing: ServiceRouting,
  all: readonly KubeObject[],
): Promise<ConfigMaps> {
  const suspects = all.filter((pod) => isNeighbour(pod, routing) && maySlipPast(pod, routing));
  const names = [...new Set(suspects.flatMap(configMapsOf))];
  const read = await Promise.all(
    names.slice(0, mostConfigMaps).map(async (name) => {
      const found = api.get(configMaps, routing.name.namespace, name);
      const data = await unlessDenied(found.then(dataIn));
      return data === null ? [] : [[name, data] as const];
    }),
  );
  const byName = new Map(read.flat());
  return { dataOf: (name) => byName.get(name) ?? {}, unread: names.length - byName.size };
}

/** What may not be read, or is not known to this cluster, adds nothing to what the pods say. */
async function unlessDenied<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof PermissionError || error instanceof PreconditionError) return null;
    throw error;
  }
}

import type { KubeApi, KubeObject } from '../cluster/api/kubeApi.ts';
import { configMaps, namespaces, peerAuthentications, pods } from '../cluster/api/resources.ts';
import { carriedBySidecars } from '../domain/exposure/ambient.ts';
import type { Exposure } from '../domain/exposure/checks.ts';
import { configMapSettings, configMapsOf, dataIn } from '../domain/exposure/configMapSettings.ts';
import { refusesPlaintext } from '../domain/exposure/plaintext.ts';
import { maySlipPast, unproxiedCallers } from '../domain/exposure/unproxiedCallers.ts';
import type { ServiceRouting } from '../domain/routing/routing.ts';
import { PermissionError, PreconditionError } from '../runtime/errors.ts';

/** More than this are not read for one service. */
const mostConfigMaps = 50;

/** Who reaches the service past its weights. One round trip, and another for whoever has no proxy beside it. */
export async function readExposure(api: KubeApi, routing: ServiceRouting): Promise<Exposure> {
  const [all, namespace] = await Promise.all([
    api.list(pods, {}),
    api.get(namespaces, '', routing.name.namespace),
  ]);
  const dataOf = await readConfigMaps(api, routing, all);
  const unproxied = unproxiedCallers(all, routing, (pod) =>
    isNeighbour(pod, routing) ? configMapSettings(pod, dataOf) : [],
  );
  return {
    ambient: carriedBySidecars(routing, namespace, all),
    unproxied,
    refusesPlaintext:
      unproxied.length > 0 &&
      refusesPlaintext((await unlessDenied(api.list(peerAuthentications, {}))) ?? [], routing, all),
  };
}

/** Only in the service's own namespace ConfigMaps may be read: the release record is one there. */
const isNeighbour = ({ metadata }: KubeObject, { name }: ServiceRouting): boolean =>
  metadata.namespace === name.namespace;

async function readConfigMaps(
  api: KubeApi,
  routing: ServiceRouting,
  all: readonly KubeObject[],
): Promise<(name: string) => Readonly<Record<string, string>>> {
  const suspects = all.filter((pod) => isNeighbour(pod, routing) && maySlipPast(pod, routing));
  const names = [...new Set(suspects.flatMap(configMapsOf))].slice(0, mostConfigMaps);
  const read = await Promise.all(
    names.map(async (name) => {
      const found = await unlessDenied(api.get(configMaps, routing.name.namespace, name));
      return [name, dataIn(found)] as const;
    }),
  );
  const byName = new Map(read);
  return (name) => byName.get(name) ?? {};
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

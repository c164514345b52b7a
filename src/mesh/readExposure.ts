import type { KubeApi } from '../cluster/api/kubeApi.ts';
import { namespaces, peerAuthentications, pods } from '../cluster/api/resources.ts';
import { carriedBySidecars } from '../domain/exposure/ambient.ts';
import type { Exposure } from '../domain/exposure/checks.ts';
import { refusesPlaintext } from '../domain/exposure/plaintext.ts';
import { unproxiedCallers } from '../domain/exposure/unproxiedCallers.ts';
import type { ServiceRouting } from '../domain/routing/routing.ts';
import { PermissionError, PreconditionError } from '../runtime/errors.ts';

/** Who reaches the service past its weights. One round trip, unless somebody does. */
export async function readExposure(api: KubeApi, routing: ServiceRouting): Promise<Exposure> {
  const [all, namespace] = await Promise.all([
    api.list(pods, {}),
    api.get(namespaces, '', routing.name.namespace),
  ]);
  const unproxied = unproxiedCallers(all, routing);
  return {
    ambient: carriedBySidecars(routing, namespace, all),
    unproxied,
    refusesPlaintext:
      unproxied.length > 0 && refusesPlaintext(await listPeerAuthentications(api), routing, all),
  };
}

/** Where they may not be read, or are not known, nobody can be shown to be refused. */
async function listPeerAuthentications(api: KubeApi): ReturnType<KubeApi['list']> {
  try {
    return await api.list(peerAuthentications, {});
  } catch (error) {
    if (error instanceof PermissionError || error instanceof PreconditionError) return [];
    throw error;
  }
}

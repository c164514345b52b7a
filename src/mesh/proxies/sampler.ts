import type { KubeApi } from '../../cluster/api/kubeApi.ts';
import type { ServiceRouting } from '../../domain/routing/routing.ts';
import type { Proxy } from '../mesh.ts';
import type { EnvoyAdmin } from './envoyAdmin.ts';
import { listAllProxies, listGateways } from './proxies.ts';
import { sampleSidecars, sampleSize, whole } from './sampleSidecars.ts';
import type { Sample, Verify } from './sampleSidecars.ts';
import type { WorkloadKey } from './seenCallers.ts';

/** Whom to ask about a service; `all` when not said otherwise. */
export type Sampler = (routing: ServiceRouting, verify?: Verify) => Promise<Sample>;

/** The oldest know most, and each is a stream through the API server. */
const mostAsked = 10;

export function sampler(api: KubeApi, admin: EnvoyAdmin): Sampler {
  /** Asked once for each service: the sample stays the same for as long as it is proven by. */
  const seen = new Map<string, Promise<ReadonlySet<WorkloadKey> | null>>();
  const seenCallers = (
    { name }: ServiceRouting,
    own: readonly Proxy[],
  ): Promise<ReadonlySet<WorkloadKey> | null> => {
    const key = `${name.namespace}/${name.service}`;
    const known = seen.get(key) ?? askOwn(admin, own.slice(0, mostAsked));
    seen.set(key, known);
    return known;
  };
  return async (routing, verify = 'all') => {
    // Ungoverned, the mesh has no route that could be proven.
    if (!routing.meshGoverned) return whole(await listGateways(api, routing));
    const { gateways, sidecars, own, istiods } = await listAllProxies(api, routing);
    const isSampled = verify === 'callers' && sidecars.length > sampleSize;
    const callers = isSampled ? await seenCallers(routing, own) : null;
    const sample = sampleSidecars(sidecars, verify, routing.name.namespace, callers);
    return { ...sample, asked: [...gateways, ...sample.asked], istiods };
  };
}

/** What the service's own sidecars have counted by caller; null when none of them tells of any. */
async function askOwn(admin: EnvoyAdmin, own: readonly Proxy[]): Promise<ReadonlySet<WorkloadKey> | null> {
  // Only whom to ask first depends on it: whatever is wrong, the sample is taken without.
  const answers = await Promise.all(
    own.map((proxy) => admin.callers(proxy).catch(() => new Set<WorkloadKey>())),
  );
  const callers = new Set(answers.flatMap((one) => [...one]));
  return callers.size === 0 ? null : callers;
}

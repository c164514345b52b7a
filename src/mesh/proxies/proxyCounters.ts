import type { Counter } from '../../domain/verdict/counters.ts';
import type { ServiceRouting } from '../../domain/routing/routing.ts';
import type { Slot } from '../../domain/slot.ts';
import { ConnectionError } from '../../runtime/errors.ts';
import type { EnvoyAdmin } from './envoyAdmin.ts';
import type { EnvoyHost } from './envoyClusters.ts';
import { hostsOf } from './judgeClusters.ts';
import type { ProxyCounters, Proxy } from '../mesh.ts';
import { counterName } from './podView.ts';

/** Reads every proxy's own counters of each slot's endpoints, all at once. */
export async function readCounters(
  admin: EnvoyAdmin,
  proxies: readonly Proxy[],
  routing: ServiceRouting,
): Promise<ProxyCounters> {
  const answers = await Promise.all(
    proxies.map(async (proxy) => ({ proxy, clusters: await clustersOrNull(admin, proxy) })),
  );
  const silent = answers.filter(({ clusters }) => clusters === null).map(({ proxy }) => counterName(proxy));
  const of = (slot: Slot): readonly Counter[] =>
    answers.flatMap(({ proxy, clusters }) =>
      (clusters === null ? [] : (hostsOf(clusters, routing, slot) ?? [])).map((host) => ({
        counter: counterName(proxy),
        subject: `${host.ip}:${String(host.port)}`,
        requests: host.requests,
        errors: host.errors,
      })),
    );
  return {
    slots: { blue: { counters: of('blue'), silent }, green: { counters: of('green'), silent } },
    silent,
  };
}

async function clustersOrNull(
  admin: EnvoyAdmin,
  proxy: Proxy,
): Promise<ReadonlyMap<string, readonly EnvoyHost[]> | null> {
  try {
    return await admin.clusters(proxy);
  } catch (error) {
    if (error instanceof ConnectionError || error instanceof SyntaxError) return null;
    throw error;
  }
}

import type { KubeApi } from '../../cluster/api/kubeApi.ts';
import { fqdn } from '../../domain/routing/host.ts';
import type { ServiceRouting } from '../../domain/routing/routing.ts';
import { PreconditionError } from '../../runtime/errors.ts';
import type { EnvoyAdmin } from './envoyAdmin.ts';
import type { EnvoyRoute } from './envoyRoutes.ts';
import { reachesService } from './judgeRoutes.ts';
import type { Entry, Proxy } from '../mesh.ts';
import { formatProxy } from './podView.ts';
import { listGateways } from './proxies.ts';

/** Where a request for the service enters each gateway, as the gateway's own routes say. */
export async function listEntries(
  api: KubeApi,
  admin: EnvoyAdmin,
  routing: ServiceRouting,
): Promise<readonly Entry[]> {
  const gateways = await listGateways(api, routing);
  const found = await Promise.all(
    gateways.map(async ({ proxy }) => entriesOf(proxy, await admin.routes(proxy), routing)),
  );
  return found.flat();
}

function entriesOf(proxy: Proxy, routes: readonly EnvoyRoute[], routing: ServiceRouting): readonly Entry[] {
  const byPort = new Map<number, string>();
  for (const { where } of routes.filter((route) => reachesService(route, routing))) {
    const { port, host } = parsePlace(where);
    if (port === null) continue;
    // A host by its name rather than a wildcard, where a gateway has both.
    const known = byPort.get(port);
    if (known === undefined || known.includes('*')) byPort.set(port, host);
  }
  if (byPort.size === 0) {
    throw new PreconditionError(
      `${formatProxy(proxy)} has no plain http listener for ${routing.name.service}`,
      'Tests go through plain http listeners of the gateway so far: bind the VirtualService to one, inside the cluster.',
    );
  }
  return [...byPort].map(([port, host]) => ({
    proxy,
    port,
    host: host.includes('*') ? fqdn(routing.name) : host,
  }));
}

/** istiod names a gateway's plain route configuration `http.<port>`, and its virtual hosts `<host>:<server port>`. */
function parsePlace(where: string): { readonly port: number | null; readonly host: string } {
  const [, port, host] = /^http\.(\d+) (.*):\d+$/.exec(where) ?? [];
  return { port: port === undefined ? null : Number(port), host: host ?? '' };
}

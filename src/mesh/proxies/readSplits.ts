import type { ServiceRouting } from '../../domain/routing/routing.ts';
import { sameSplit } from '../../domain/split.ts';
import type { Split } from '../../domain/split.ts';
import { ConnectionError, PermissionError } from '../../runtime/errors.ts';
import type { EnvoyAdmin } from './envoyAdmin.ts';
import type { EnvoyRoute } from './envoyRoutes.ts';
import { differenceIn, isPreview, reachesService, splitIn } from './judgeRoutes.ts';
import type { ProxySplit } from '../mesh.ts';
import type { BoundProxy } from './proxies.ts';

/** What each proxy serves at this moment, asked once. Sidecars that do not know the service are left out. */
export async function readSplits(
  admin: EnvoyAdmin,
  proxies: readonly BoundProxy[],
  routing: ServiceRouting,
): Promise<readonly ProxySplit[]> {
  const asked = await Promise.all(proxies.map((bound) => ask(admin, bound, routing)));
  return asked.filter((one) => one !== null);
}

async function ask(
  admin: EnvoyAdmin,
  { proxy, mustServe }: BoundProxy,
  routing: ServiceRouting,
): Promise<ProxySplit | null> {
  let routes: readonly EnvoyRoute[];
  try {
    routes = await admin.routes(proxy);
  } catch (error) {
    const isAnswer =
      error instanceof ConnectionError || error instanceof PermissionError || error instanceof SyntaxError;
    if (!isAnswer) throw error;
    return { proxy, splits: [], difference: error.message, preview: false };
  }
  const ours = routes.filter((route) => reachesService(route, routing));
  if (proxy.kind === 'caller' && ours.length === 0) return null;
  const splits: Split[] = [];
  for (const route of ours.filter((one) => !isPreview(one, routing))) {
    const split = splitIn(route, routing);
    if (split !== null && !splits.some((one) => sameSplit(one, split))) splits.push(split);
  }
  return {
    proxy,
    splits,
    difference: differenceIn(routes, routing, { mustServe, splitOf: (route) => route.split }),
    preview: ours.some((route) => isPreview(route, routing)),
  };
}

import { clusterName } from '../../domain/routing/host.ts';
import type { Preview } from '../../domain/routing/previewPlan.ts';
import { formatObject } from '../../domain/routing/routing.ts';
import type { ManagedVirtualService, ServiceRouting } from '../../domain/routing/routing.ts';
import type { EnvoyRoute } from './envoyRoutes.ts';
import { isPreview, reachesService } from './judgeRoutes.ts';

/**
 * Whether a proxy has the preview open exactly as wanted: for each VirtualService, to the candidate alone, for
 * this header alone. Or, for null, whether none is left.
 * @returns null when it has, or else the first difference
 */
export function previewDifference(
  routes: readonly EnvoyRoute[],
  routing: ServiceRouting,
  preview: Preview | null,
  mustServe: readonly ManagedVirtualService[],
): string | null {
  const open = routes.filter((route) => reachesService(route, routing) && isPreview(route, routing));
  if (preview === null) {
    return open[0] === undefined ? null : `it still has a preview route in ${open[0].where}`;
  }
  const cluster = clusterName(routing.name, routing.port, preview.slot);
  const wrong = open.find(
    ({ headers, clusters }) =>
      headers.get(preview.header) !== preview.value || clusters.size !== 1 || !clusters.has(cluster),
  );
  if (wrong !== undefined) return `it has another preview route in ${wrong.where}`;
  const missing = mustServe.find(
    (vs) => !open.some(({ from }) => from?.namespace === vs.namespace && from.name === vs.name),
  );
  return missing === undefined
    ? null
    : `it has no preview route of ${formatObject('VirtualService', missing)} yet`;
}

import type { ManagedRoute, ServiceRouting } from '../../domain/routing/routing.ts';
import { formatSplit } from '../../domain/split.ts';
import type { Split } from '../../domain/split.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { EnvoyAdmin } from './envoyAdmin.ts';
import { endpointDifference, serviceClusters } from './judgeClusters.ts';
import { previewDifference } from './judgePreview.ts';
import { differenceIn, reachesService } from './judgeRoutes.ts';
import type { EnvoyRoute } from './envoyRoutes.ts';
import type { Mesh, Proxy } from '../mesh.ts';
import type { Istiods } from './istiods.ts';
import { prove } from './prove.ts';
import { proveRest } from './proveRest.ts';
import type { Outcome } from './prove.ts';
import type { BoundProxy } from './proxies.ts';
import { whole } from './sampleSidecars.ts';
import type { Sample, Verify } from './sampleSidecars.ts';

type ListProxies = (routing: ServiceRouting) => Promise<readonly BoundProxy[]>;
type SampleProxies = (routing: ServiceRouting, verify: Verify | undefined) => Promise<Sample>;

const outcomeOf = (difference: string | null): Outcome =>
  difference === null ? 'proven' : { reason: difference };

/** A sidecar that has no route to the service. A gateway that has none is no stranger, but wrong. */
const isStranger = (proxy: Proxy, routes: readonly EnvoyRoute[], routing: ServiceRouting): boolean =>
  proxy.kind === 'caller' && !routes.some((route) => reachesService(route, routing));

/** The three things that are proven in the proxies themselves. */
export function proofs(
  admin: EnvoyAdmin,
  istiods: Istiods,
  clock: Clock,
  sampleProxies: SampleProxies,
  listGateways: ListProxies,
): Pick<Mesh, 'proveSplit' | 'proveSubset' | 'provePreview'> {
  return {
    proveSplit(routing, target, options) {
      const what = target === 'as-read' ? 'its weights as read' : formatSplit(target);
      return prove(
        {
          what: `${routing.name.service} is served by ${what}`,
          list: () => sampleProxies(routing, options.verify),
          check: async ({ proxy, mustServe }, timeoutMs) => {
            const routes = await admin.routes(proxy, timeoutMs);
            if (isStranger(proxy, routes, routing)) return 'unrelated';
            const splitOf = (route: ManagedRoute): Split => (target === 'as-read' ? route.split : target);
            return outcomeOf(differenceIn(routes, routing, { mustServe, splitOf }));
          },
          ...(options.andRest === true && {
            rest: (listed, proven, deadlineMs) =>
              proveRest(istiods, listed, proven, { ...options, deadlineMs }, clock),
          }),
        },
        options,
        clock,
      );
    },

    async proveSubset(routing, slot, given, options) {
      let first: Promise<Sample> | null = sampleProxies(routing, options.verify);
      first.catch(() => undefined);
      const endpoints = await given;
      return prove(
        {
          what: `${slot} of ${routing.name.service} is known with ${String(endpoints.length)} healthy endpoints`,
          list: () => {
            const listed = first ?? sampleProxies(routing, options.verify);
            first = null;
            return listed;
          },
          check: async ({ proxy }, timeoutMs) => {
            const clusters = await admin.clusters(proxy, timeoutMs);
            const isKnown = serviceClusters(clusters, routing).length > 0;
            if (proxy.kind === 'caller' && !isKnown) return 'unrelated';
            return outcomeOf(endpointDifference(clusters, routing, slot, endpoints));
          },
        },
        options,
        clock,
      );
    },

    provePreview(routing, preview, options) {
      return prove(
        {
          what: `the preview of ${routing.name.service} is ${preview === null ? 'closed' : 'open'}`,
          // A VirtualService for gateway and mesh opens it to sidecars too: closed means closed there as well.
          list: () =>
            preview === null ? sampleProxies(routing, options.verify) : listGateways(routing).then(whole),
          check: async ({ proxy, mustServe }, timeoutMs) => {
            const routes = await admin.routes(proxy, timeoutMs);
            if (isStranger(proxy, routes, routing)) return 'unrelated';
            return outcomeOf(previewDifference(routes, routing, preview, mustServe));
          },
        },
        options,
        clock,
      );
    },
  };
}

import type { KubeApi, PodHttp } from '../cluster/api/kubeApi.ts';
import { readOnce } from '../cluster/api/readOnce.ts';
import { planClosePreview, planOpenPreview } from '../domain/routing/previewPlan.ts';
import type { ServiceRouting } from '../domain/routing/routing.ts';
import { everywhere, planRestore, planWeights } from '../domain/routing/switchPlan.ts';
import type { Clock } from '../runtime/clock.ts';
import { changeAll, undoAll } from './changeRoutes.ts';
import { envoyAdmin } from './proxies/envoyAdmin.ts';
import { fence } from './fence.ts';
import { istiodsBy } from './proxies/istiods.ts';
import { listEntries } from './proxies/listEntries.ts';
import { listCallers } from './proxies/listCallers.ts';
import type { Mesh } from './mesh.ts';
import { proofs } from './proxies/proofs.ts';
import { listAllProxies, listGateways } from './proxies/proxies.ts';
import type { BoundProxy } from './proxies/proxies.ts';
import { readCounters } from './proxies/proxyCounters.ts';
import { readExposure } from './readExposure.ts';
import { readMesh, readPods } from './readMesh.ts';
import { readSplits } from './proxies/readSplits.ts';
import { sampler } from './proxies/sampler.ts';
import { setSubsetVersion } from './setSubset.ts';

/** The mesh of a cluster: its objects through the API server, its Envoys by port-forward. */
export function clusterMesh(given: KubeApi, podHttp: PodHttp, clock: Clock): Mesh {
  const api = readOnce(given);
  const admin = envoyAdmin(podHttp);
  /** Where the sidecars are looked for too, out of the same list of pods. */
  const gatewaysOf = async (routing: ServiceRouting): Promise<readonly BoundProxy[]> =>
    routing.meshGoverned ? (await listAllProxies(api, routing)).gateways : listGateways(api, routing);
  const sampleProxies = sampler(api, admin);
  const listProxies = async (routing: ServiceRouting): Promise<readonly BoundProxy[]> =>
    (await sampleProxies(routing)).asked;
  return {
    read: (name, purpose = 'forward') => readMesh(api, name, purpose),
    pods: (routing) => readPods(api, routing),
    gateways: async (routing) => (await gatewaysOf(routing)).map(({ proxy }) => proxy),
    callers: (routing) => listCallers(api, admin, routing),
    exposure: (routing) => readExposure(api, routing),
    setSplit: (routing, target) =>
      changeAll(api, clock, routing, {
        planFor: (vs) => planWeights(vs, everywhere(target)),
        undoFor: planRestore,
      }),
    putBack: async (routing, { previous }) => ({
      changed: await undoAll(api, routing, previous),
      acceptedMs: clock.monotonic(),
      previous: [],
    }),
    fence: (routing, note) => fence(api, routing, note),
    openPreview: (routing, preview) =>
      changeAll(
        api,
        clock,
        // A route for sidecars alone is not what the tests go through.
        { ...routing, virtualServices: routing.virtualServices.filter((vs) => vs.gateways.length > 0) },
        {
          planFor: (vs) => planOpenPreview(vs, routing.name.service, preview),
          undoFor: planClosePreview,
        },
      ),
    closePreview: (routing) =>
      changeAll(api, clock, routing, { planFor: planClosePreview, undoFor: planClosePreview }),
    setSubsetVersion: (routing, slot, version) => setSubsetVersion(api, routing, slot, version),
    entries: (routing) => listEntries(api, admin, routing),
    splits: async (routing) => readSplits(admin, await listProxies(routing), routing),
    counters: async (routing, { verify, proxies } = {}) => {
      const listed = proxies ?? (await sampleProxies(routing, verify)).asked.map(({ proxy }) => proxy);
      return readCounters(admin, listed, routing);
    },
    ...proofs(admin, istiodsBy(podHttp), clock, sampleProxies, (routing) => listGateways(api, routing)),
  };
}

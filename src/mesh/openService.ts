import type { ClusterInputs } from '../cluster/signIn/clusterInputs.ts';
import { connect } from '../cluster/signIn/connect.ts';
import type { Connection } from '../cluster/signIn/connect.ts';
import { guarded } from '../cluster/api/guardedApi.ts';
import { events } from '../cluster/api/resources.ts';
import { thisHolder } from '../cluster/lease/holder.ts';
import { clusterLease } from '../cluster/lease/releaseLease.ts';
import type { ReleaseLease } from '../cluster/lease/releaseLease.ts';
import { adminAccess } from '../cluster/pods/adminAccess.ts';
import { configMapRecord } from '../cluster/record/releaseRecord.ts';
import type { ReleaseRecord } from '../cluster/record/releaseRecord.ts';
import type { TransitionEvents } from '../cluster/record/transitionEvents.ts';
import { transitionEvents } from '../cluster/record/transitionEvents.ts';
import type { ServiceName } from '../domain/routing/host.ts';
import type { ActionContext } from '../runtime/action.ts';
import { clusterMesh } from './clusterMesh.ts';
import type { Mesh } from './mesh.ts';
import { servingNow } from './proxies/servingNow.ts';

/** A service in its cluster, ready to be worked on. */
export interface OpenService {
  readonly name: ServiceName;
  readonly mesh: Mesh;
  readonly record: ReleaseRecord;
  /** Given back at the end. What is written through mesh, record and connection stops when it is lost. */
  readonly lease: ReleaseLease;
  readonly connection: Connection;
}

/** How an action gets at its service. Several in one process can be given one and the same. */
export type OpenFor = (context: ActionContext, inputs: ClusterInputs) => Promise<OpenService>;

/** Connects an action to its service: closed at the end, and asked what serves when the action fails. */
export async function openService(context: ActionContext, inputs: ClusterInputs): Promise<OpenService> {
  const { clock, log } = context;
  const name: ServiceName = { service: inputs.service, namespace: inputs.namespace };
  const connected = await connect(inputs, clock, context.env);
  context.atExit(() => connected.close());
  log.info(`Cluster: ${connected.title}`);
  const holder = thisHolder(context.action, context.run, context.env);
  const told: TransitionEvents = transitionEvents((event) => api.create(events, event), clock);
  const own = clusterLease(connected.api, clock, log, holder);
  const { api, lease } = guarded(told.behindPatches(connected.api), own);
  const podHttp = adminAccess(connected.podHttp, connected.adminByExec, log);
  const mesh = clusterMesh(api, podHttp, clock);
  context.serving(() => servingNow(mesh, name));
  context.atExit(async () => {
    await Promise.all([lease.releaseAll(), told.sent()]);
  });
  return {
    name,
    mesh: {
      ...mesh,
      async read(...asked) {
        const routing = await mesh.read(...asked);
        told.about(routing.virtualServices.map(({ object }) => object));
        return routing;
      },
    },
    record: configMapRecord(api, told.tell),
    lease,
    connection: { ...connected, api },
  };
}

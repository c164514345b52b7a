import type { ClusterInputs } from '../cluster/clusterInputs.ts';
import { connect } from '../cluster/connect.ts';
import type { Connection } from '../cluster/connect.ts';
import { configMapRecord } from '../cluster/releaseRecord.ts';
import type { ReleaseRecord } from '../cluster/releaseRecord.ts';
import type { ServiceName } from '../domain/host.ts';
import type { ActionContext } from '../runtime/action.ts';
import { clusterMesh } from './clusterMesh.ts';
import type { Mesh } from './mesh.ts';
import { servingNow } from './servingNow.ts';

/** A service in its cluster, ready to be worked on. */
export interface OpenService {
  readonly name: ServiceName;
  readonly mesh: Mesh;
  readonly record: ReleaseRecord;
  readonly connection: Connection;
}

/** Connects an action to its service: closed at the end, and asked what serves when the action fails. */
export async function openService(context: ActionContext, inputs: ClusterInputs): Promise<OpenService> {
  const { clock, log } = context;
  const name: ServiceName = { service: inputs.service, namespace: inputs.namespace };
  const connection = await connect(inputs, clock, context.env);
  context.atExit(() => connection.close());
  log.info(`Cluster: ${connection.title}`);
  const mesh = clusterMesh(connection.api, connection.podHttp, clock);
  context.serving(() => servingNow(mesh, name));
  return { name, mesh, record: configMapRecord(connection.api, clock), connection };
}

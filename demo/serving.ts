import type { Lab } from '../lab/connect.ts';
import { connect } from '../src/cluster/signIn/connect.ts';
import { readMesh, readPods } from '../src/mesh/readMesh.ts';
import { systemClock } from '../src/runtime/clock.ts';
import type { Serving } from './story.ts';

/** What serves now, as the cluster itself says: the slot with all weight, the version on its pods. */
export async function readServing(lab: Lab, service: string): Promise<Serving> {
  const inputs = {
    cluster: null,
    'aws-region': 'ap-northeast-2',
    kubeconfig: lab.kubeconfig,
    context: lab.context,
    service,
    namespace: 'ecommerce',
  };
  const connection = await connect(inputs, systemClock, process.env);
  try {
    const routing = await readMesh(connection.api, inputs, 'back');
    const slot = routing.live;
    if (slot === null) throw new Error(routing.disagreement ?? 'both slots serve');
    const pods = await readPods(connection.api, routing);
    return { slot, version: pods[slot][0]?.labels['version'] ?? 'no pod' };
  } finally {
    connection.close();
  }
}

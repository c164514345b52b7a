import type { ServiceName } from '../../domain/routing/host.ts';
import { describeServing } from '../../domain/status/serving.ts';
import type { Mesh } from '../mesh.ts';

/** For the last line of a failure: asked anew, because whatever was known before may have changed. */
export async function servingNow(mesh: Mesh, name: ServiceName): Promise<string> {
  const routing = await mesh.read(name, 'back');
  return describeServing(routing, await mesh.pods(routing));
}

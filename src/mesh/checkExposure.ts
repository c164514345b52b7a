import { stringify } from 'yaml';
import { everyCallerHasProxy, meshIsSteered } from '../domain/exposure/checks.ts';
import type { ExposureCheck } from '../domain/exposure/checks.ts';
import { meshRouteToAdd } from '../domain/routing/exposure.ts';
import type { ServiceRouting } from '../domain/routing/routing.ts';
import type { Log } from '../runtime/log.ts';
import type { Mesh } from './mesh.ts';

/**
 * Whether weights govern every way to the service (invariant 12). Where no route steers the mesh, the one to add is
 * printed, and the callers are asked for: otherwise nobody has to be asked.
 */
export async function checkExposure(
  mesh: Pick<Mesh, 'callers' | 'exposure'>,
  log: Log,
  routing: ServiceRouting,
): Promise<readonly ExposureCheck[]> {
  const missing = meshRouteToAdd(routing);
  const [exposure, callers] = await Promise.all([
    mesh.exposure(routing),
    missing === null ? [] : mesh.callers(routing),
  ]);
  if (missing !== null) {
    const yaml = stringify(missing).trimEnd().split('\n');
    log.group('The VirtualService that steers callers inside the mesh (kubectl apply -f -)', [...yaml, '']);
  }
  return [
    { name: 'ambient', ...exposure.ambient },
    { name: 'mesh-route', ...meshIsSteered(routing, callers) },
    { name: 'unproxied-callers', ...everyCallerHasProxy(routing, exposure) },
  ];
}

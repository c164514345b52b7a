import { stringify } from 'yaml';
import { meshRouteToAdd } from '../../domain/routing/exposure.ts';
import type { Wanted } from '../../domain/release/renderedChart.ts';
import type { ServiceRouting } from '../../domain/routing/routing.ts';
import type { Caller, Mesh } from '../../mesh/mesh.ts';
import { PreconditionError } from '../../runtime/errors.ts';
import type { Log } from '../../runtime/log.ts';

/**
 * The Service selects the pods of both slots. Where no VirtualService steers the mesh, callers inside it reach the
 * candidate as soon as it is ready (invariant 12): they are named, and the change that prevents it is printed.
 * @throws PreconditionError unless that is allowed
 */
export async function refuseExposure(
  exposure: 'refuse' | 'allow',
  mesh: Mesh,
  log: Log,
  routing: ServiceRouting,
  { version, slot }: Wanted,
): Promise<void> {
  const missing = meshRouteToAdd(routing);
  if (missing === null) return;
  const callers = await mesh.callers(routing);
  const consequence = `no VirtualService steers the callers of ${routing.name.service} inside the mesh: they would reach ${version} in ${slot} as soon as it is ready, whatever the weights`;
  if (exposure === 'allow') {
    log.group(`Callers inside the mesh: ${String(callers.length)}`, callers.map(formatCaller));
    log.warning(`${consequence}. mesh-exposure: allow goes on all the same.`);
    return;
  }
  const yaml = stringify(missing).trimEnd().split('\n');
  log.group('The VirtualService that steers them (kubectl apply -f -)', [...yaml, '']);
  throw new PreconditionError(
    `${consequence}.\n${callers.length === 0 ? '  (no pod with a sidecar is there now)' : callers.map((caller) => `  ${formatCaller(caller)}`).join('\n')}\nNothing was deployed.`,
    'Apply the VirtualService printed above, then run this step again. (mesh-exposure: allow goes on without it, and lets those callers reach the candidate untested.)',
  );
}

const formatCaller = ({ pod, requests }: Caller): string =>
  `${pod.namespace}/${pod.name}: ${String(requests)} requests to it so far`;

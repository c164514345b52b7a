import { allowedExposure } from '../../domain/exposure/checks.ts';
import type { Wanted } from '../../domain/release/renderedChart.ts';
import type { ServiceRouting } from '../../domain/routing/routing.ts';
import { checkExposure } from '../../mesh/checkExposure.ts';
import type { Mesh } from '../../mesh/mesh.ts';
import { PreconditionError } from '../../runtime/errors.ts';
import type { Log } from '../../runtime/log.ts';

/**
 * The Service selects the pods of both slots. Whoever is not steered by the weights reaches the candidate as soon as
 * it is ready (invariant 12): they are named, and what prevents it is said.
 * @throws PreconditionError unless that is allowed
 */
export async function refuseExposure(
  exposure: 'refuse' | 'allow',
  mesh: Mesh,
  log: Log,
  routing: ServiceRouting,
  { version, slot }: Wanted,
): Promise<void> {
  const isAllowed = allowedExposure(exposure);
  const failed = [];
  for (const check of await checkExposure(mesh, log, routing)) {
    if (check.ok) log.info(`✓ ${check.name}: ${check.detail}`);
    else if (isAllowed.includes(check.name)) {
      log.warning(`${check.detail}\nmesh-exposure: allow goes on all the same.`);
    } else failed.push(check);
  }
  if (failed.length === 0) return;
  throw new PreconditionError(
    `${version} would be reached in ${slot} before it is tested:\n${failed.map(({ name, detail }) => `  ${name}: ${detail}`).join('\n')}\nNothing was deployed.`,
    failed.map(({ remedy }) => remedy).join('\n  '),
  );
}

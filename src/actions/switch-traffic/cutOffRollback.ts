import type { Journal } from '../../cluster/record/journal.ts';
import { asFound } from '../../domain/release/asFound.ts';
import type { Release } from '../../domain/release/release.ts';
import type { ServiceName } from '../../domain/routing/host.ts';
import type { ServiceRouting } from '../../domain/routing/routing.ts';
import { currentSplit } from '../../domain/status/serving.ts';
import { formatSplit } from '../../domain/split.ts';
import { goBack } from '../../mesh/goBack.ts';
import type { Mesh } from '../../mesh/mesh.ts';
import { PreconditionError, VerificationError } from '../../runtime/errors.ts';
import type { Log } from '../../runtime/log.ts';
import type { Inputs } from './inputs.ts';

interface Tools {
  readonly name: ServiceName;
  readonly mesh: Mesh;
  readonly journal: Journal;
  readonly log: Log;
}

/** A release that was found to be bad, and whose rollback was begun: nobody takes it forward again. */
export function rollbackCutOff(release: Release | null, routing: ServiceRouting): Release | null {
  const found = release === null ? null : asFound(release, routing);
  return found?.phase === 'rolling-back' ? found : null;
}

/** What a cut-off rollback lacks: the weights, the proof, the record's last entry. */
export async function finishRollback(
  { timeout }: Pick<Inputs, 'timeout'>,
  { name, mesh, journal, log }: Tools,
  { id, splitBefore }: Release,
): Promise<string> {
  const routing = await mesh.read(name, 'back');
  const target = formatSplit(splitBefore);
  log.warning(
    `a rollback of release ${id} was begun and cut off: from ${currentSplit(routing)} back to ${target}`,
  );
  const { proof } = await goBack({ mesh, journal, log }, routing, {
    target: splitBefore,
    timeoutMs: timeout,
    note: 'a rollback that was cut off is finished',
  });
  return `${target}, proven in ${String(proof.proxies.length)} proxies`;
}

/**
 * In the place of going forward.
 * @throws VerificationError once it is finished; PreconditionError in a dry run, which changes nothing
 */
export async function finishInstead(inputs: Inputs, tools: Tools, release: Release): Promise<never> {
  const { service, namespace } = tools.name;
  if (inputs['dry-run']) {
    throw new PreconditionError(
      `a rollback of release ${release.id} was begun and cut off: a switch would finish that, and take nobody forward`,
      `Finish it: c4ang rollback ${service} -n ${namespace}`,
    );
  }
  const proven = await finishRollback(inputs, tools, release);
  throw new VerificationError(
    `release ${release.id} is rolled back: that was begun before, and cut off. ${proven}`,
    `It does not go forward any more; the next release begins with deploy-green. Why it went back: c4ang status ${service} -n ${namespace}`,
  );
}

import type { RecordState } from '../../cluster/record/releaseRecord.ts';
import { leftoverOf } from '../../domain/release/unfinished.ts';
import type { ServiceRouting } from '../../domain/routing/routing.ts';
import { currentSplit } from '../../domain/status/serving.ts';
import { servingNow } from '../../mesh/proxies/servingNow.ts';
import { PreconditionError } from '../../runtime/errors.ts';
import type { Collaborators } from './run.ts';

type Tools = Pick<Collaborators, 'name' | 'mesh' | 'record' | 'log' | 'outputs' | 'summary'>;

/**
 * For `if-unfinished`. Takes no lease: while another release is under way, it is not disturbed.
 * @returns whether the release has left users with a candidate that nobody has judged
 * @throws PreconditionError when that cannot be told
 */
export async function isLeftOpen(id: string, tools: Tools): Promise<boolean> {
  const { name, mesh, record, log } = tools;
  const [routing, state] = await Promise.all([mesh.read(name, 'back'), record.read(name)]);
  const because = openBecause(id, state, routing);
  if (because !== null) {
    log.warning(`${because}, and the job that worked at it is over: the traffic goes back`);
    return true;
  }
  await reportLeft(routing, leftoverOf(id, state, routing).because, tools);
  return false;
}

/** The record read again under the lease: a release that began in between is left alone too. */
export function assertStillOpen(id: string, state: RecordState, routing: ServiceRouting): void {
  if (openBecause(id, state, routing) !== null) return;
  const { because } = leftoverOf(id, state, routing);
  throw new PreconditionError(
    `somebody has gone on in the meantime (${because}): nothing was moved`,
    `See what is under way: c4ang status ${routing.name.service} -n ${routing.name.namespace}`,
  );
}

/** @returns null when nothing is left open */
function openBecause(id: string, state: RecordState, routing: ServiceRouting): string | null {
  const { kind, because } = leftoverOf(id, state, routing);
  if (kind === 'over') return null;
  if (kind === 'unfinished') return because;
  const { service, namespace } = routing.name;
  throw new PreconditionError(
    `whether release ${id} is unfinished cannot be told: ${because}`,
    `Look, and then decide: c4ang status ${service} -n ${namespace}; c4ang rollback ${service} -n ${namespace} goes back without asking (as this step does without if-unfinished).`,
  );
}

async function reportLeft(routing: ServiceRouting, because: string, tools: Tools): Promise<void> {
  const { name, mesh, log, outputs, summary } = tools;
  const split = currentSplit(routing);
  const serving = await servingNow(mesh, name).catch(
    (error: unknown) => `${split}; which version that is could not be read: ${String(error)}`,
  );
  outputs.set('changed', false);
  outputs.set('previous-split', split);
  outputs.set('split', split);
  outputs.set('interrupted', '');
  outputs.set('serving', serving);
  summary.heading(`${name.service}: nothing to put back`);
  summary.facts([
    ['serving now', serving],
    ['because', because],
  ]);
  log.info(`nothing to put back: ${because}`);
  log.info(`Serving now: ${serving}`);
}

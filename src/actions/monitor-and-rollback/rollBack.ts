import type { Journal } from '../../cluster/journal.ts';
import { readyCount } from '../../domain/forwardChecks.ts';
import { slots } from '../../domain/slot.ts';
import { formatSplit } from '../../domain/split.ts';
import type { Judgement } from '../../domain/verdict.ts';
import type { Mesh } from '../../mesh/mesh.ts';
import { moveBack } from '../../mesh/moveTraffic.ts';
import { RollbackError } from '../../runtime/errors.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import type { Inputs } from './inputs.ts';
import type { Watched } from './watched.ts';

interface Tools {
  readonly mesh: Mesh;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Moves all traffic back to what was before, and proves it. Listens to no signal, and no broken record stops it.
 * @returns one line for people, with the milliseconds from the decision to the proof
 * @throws RollbackError when nothing could serve there, or it could not be proven
 */
export async function rollBack(
  inputs: Inputs,
  { mesh, clock, log }: Tools,
  journal: Journal,
  { name, title, previous }: Watched,
  judgement: Judgement,
): Promise<string> {
  const decidedMs = clock.monotonic();
  const verdicts = { ...journal.release?.verdicts, monitor: judgement };
  const [routing] = await Promise.all([
    mesh.read(name),
    journal.tryEnter('rolling-back', judgement.reason, { verdicts }),
  ]);
  const pods = await mesh.pods(routing);
  const empty = slots.find((slot) => previous[slot] > 0 && readyCount(pods[slot]) === 0);
  if (empty !== undefined) {
    throw new RollbackError(
      `${title} is bad (${judgement.reason}), and ${empty} has no ready pod to go back to: the traffic stays`,
      `Bring ${empty} up, then run switch-traffic with to: previous: kubectl get pods -n ${name.namespace}`,
    );
  }
  const { proof } = await moveBack(mesh, routing, previous, inputs['rollback-timeout']);
  const ms = String(Math.round(clock.monotonic() - decidedMs));
  const line = `${formatSplit(previous)}: served by all ${String(proof.proxies.length)} proxies ${ms} ms after the decision, ${String(Math.round(proof.worstMs))} ms after the patch`;
  log.info(`rolled back to ${line}`);
  await closePreviews(mesh, log, name);
  await journal.tryEnter('rolled-back', line, { splitAfter: previous });
  return line;
}

/** What a cut-off verification left open would still lead to the bad version. */
async function closePreviews(mesh: Mesh, log: Log, name: Watched['name']): Promise<void> {
  try {
    await mesh.closePreview(await mesh.read(name));
  } catch (error) {
    log.warning(`the preview route may be open: ${error instanceof Error ? error.message : String(error)}`);
  }
}

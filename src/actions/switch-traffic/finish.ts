import type { Journal } from '../../cluster/record/journal.ts';
import type { ServiceName } from '../../domain/routing/host.ts';
import type { Release } from '../../domain/release/release.ts';
import type { ServiceRouting } from '../../domain/routing/routing.ts';
import type { Split } from '../../domain/split.ts';
import { endOf } from '../../domain/verdict/canary.ts';
import type { Mesh, Proof } from '../../mesh/mesh.ts';
import { LostLeaseError, messageOf } from '../../runtime/errors.ts';
import type { Log } from '../../runtime/log.ts';
import { isAt, saveProof } from './forward.ts';
import type { Inputs } from './inputs.ts';
import { closeUnlessHeld } from './preview.ts';

interface Tools {
  readonly name: ServiceName;
  readonly mesh: Mesh;
  readonly journal: Journal;
  readonly log: Log;
}

/** A switch that lacked nothing but its last entry in the record. */
export interface Finished {
  readonly split: Split;
  readonly proof: Proof;
}

/**
 * What is left of a switch whose weights all have the wanted split already, when every proxy is seen to serve it and
 * to know the candidate's endpoints as healthy: the record's last entry, and the preview's end.
 * @returns null, with the reason in the log, when anything else is left: nothing was changed then
 */
export async function finishIfDone(inputs: Inputs, tools: Tools, release: Release): Promise<Finished | null> {
  const split = endOf(release.candidate, inputs);
  const done = await provenDone(inputs, tools, release, split);
  if (typeof done === 'string') {
    tools.log.info(`not finished: ${done}`);
    return null;
  }
  await saveProof(tools, split, done.proof);
  await closeUnlessHeld(inputs, tools, done.routing, split);
  return { split, proof: done.proof };
}

/** @returns why it is not, or the proof */
async function provenDone(
  { timeout, verify }: Inputs,
  { name, mesh }: Tools,
  { candidate }: Release,
  split: Split,
): Promise<string | { readonly routing: ServiceRouting; readonly proof: Proof }> {
  try {
    const routing = await mesh.read(name);
    if (!isAt(routing, split)) return 'not every route has the wanted weights';
    const ready = (await mesh.pods(routing))[candidate].filter((pod) => pod.ready).map(({ ip }) => ip);
    if (ready.length === 0) return `${candidate} has no ready pod`;
    const options = { timeoutMs: timeout, verify };
    const [proof] = await Promise.all([
      mesh.proveSplit(routing, split, { ...options, andRest: verify === 'callers' }),
      mesh.proveSubset(routing, candidate, ready, options),
    ]);
    return { routing, proof };
  } catch (error) {
    if (error instanceof LostLeaseError) throw error;
    return messageOf(error);
  }
}

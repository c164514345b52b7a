import type { ServiceName } from '../domain/routing/host.ts';
import { LostLeaseError, messageOf, VerificationError } from '../runtime/errors.ts';
import type { Log } from '../runtime/log.ts';
import type { Mesh } from './mesh.ts';

interface Tools {
  readonly mesh: Mesh;
  readonly log: Log;
}

/**
 * What is open of a preview, by whomever: closed, and proven so in every proxy. Listens to no signal: whoever cancels
 * wants it closed too.
 * @throws VerificationError when it is not: the traffic stays where it is
 */
export async function closeProven({ mesh, log }: Tools, name: ServiceName, timeoutMs: number): Promise<void> {
  try {
    // Read anew: the weights may have moved since.
    const now = await mesh.read(name, 'back');
    const { acceptedMs } = await mesh.closePreview(now);
    const proof = await mesh.provePreview(now, null, { timeoutMs, sinceMs: acceptedMs });
    log.info(
      `✓ preview closed: gone from ${String(proof.proxies.length)} proxies after ${String(Math.round(proof.worstMs))} ms`,
    );
  } catch (error) {
    if (error instanceof LostLeaseError) throw error;
    throw new VerificationError(
      `the preview route could not be closed: ${messageOf(error)}`,
      `Run the step again, or remove the routes named ${name.service}-preview: kubectl edit virtualservice -n ${name.namespace}`,
      { cause: error },
    );
  }
}

/** On a way back, which no preview may stop: closed without a proof, and a failure is only told. */
export async function tryClose({ mesh, log }: Tools, name: ServiceName): Promise<void> {
  try {
    await mesh.closePreview(await mesh.read(name, 'back'));
  } catch (error) {
    log.warning(`the preview route may be open: ${messageOf(error)}`);
  }
}

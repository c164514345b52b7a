import type { Journal } from '../../cluster/record/journal.ts';
import type { Preview } from '../../domain/routing/previewPlan.ts';
import type { ServiceName } from '../../domain/routing/host.ts';
import type { ServiceRouting } from '../../domain/routing/routing.ts';
import type { Slot } from '../../domain/slot.ts';
import { closePreviews } from '../../mesh/goBack.ts';
import type { Mesh } from '../../mesh/mesh.ts';
import { LostLeaseError, VerificationError } from '../../runtime/errors.ts';
import type { Log } from '../../runtime/log.ts';

/** As verify-green's, unless it was told otherwise there. */
const header = 'version';

interface Tools {
  readonly mesh: Mesh;
  readonly journal: Journal;
  readonly log: Log;
  readonly signal: AbortSignal;
}

export const hasPreview = ({ virtualServices }: ServiceRouting): boolean =>
  virtualServices.some(({ previews }) => previews.length > 0);

/**
 * While users have a share of the candidate, a request with the header reaches it for certain. Proven in every gateway.
 * @returns the routing as it is afterwards: the routes have moved
 */
export async function openForShare(
  { mesh, journal, log, signal }: Tools,
  routing: ServiceRouting,
  slot: Slot,
  timeoutMs: number,
): Promise<ServiceRouting> {
  const preview: Preview = { slot, header, value: journal.release?.slots[slot]?.version ?? slot };
  const { acceptedMs } = await mesh.openPreview(routing, preview);
  const proof = await mesh.provePreview(routing, preview, { timeoutMs, sinceMs: acceptedMs, signal });
  log.info(
    `✓ preview: requests with ${header}: ${preview.value} reach ${slot} through ${String(proof.proxies.length)} gateways, until it has all the traffic or is taken back`,
  );
  return mesh.read(routing.name);
}

/**
 * What is left open of it, by whomever: closed, and proven so in every proxy.
 * @throws VerificationError when it is not: the traffic stays where it is
 */
export async function closeProven(
  { mesh, log }: Pick<Tools, 'mesh' | 'log'>,
  name: ServiceName,
  timeoutMs: number,
): Promise<void> {
  try {
    const now = await mesh.read(name, 'back');
    if (!hasPreview(now)) return;
    const { acceptedMs } = await mesh.closePreview(now);
    const proof = await mesh.provePreview(now, null, { timeoutMs, sinceMs: acceptedMs });
    log.info(`✓ preview closed: gone from ${String(proof.proxies.length)} proxies`);
  } catch (error) {
    if (error instanceof LostLeaseError) throw error;
    throw new VerificationError(
      `the preview route could not be closed: ${error instanceof Error ? error.message : String(error)}`,
      `Run the step again, or remove the routes named ${name.service}-preview: kubectl edit virtualservice -n ${name.namespace}`,
      { cause: error },
    );
  }
}

/** After everything was put back. One that was open before, for a share that is held still, stays. */
export async function closeAfterUndo(
  { mesh, journal, log }: Tools,
  found: ServiceRouting,
  mayBeOpen: boolean,
): Promise<void> {
  const isHeldAsFound = journal.release?.phase === 'switching' && hasPreview(found);
  if (mayBeOpen && !isHeldAsFound) await closePreviews({ mesh, log }, found);
}

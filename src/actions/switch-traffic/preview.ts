import type { Journal } from '../../cluster/record/journal.ts';
import { hasPreview } from '../../domain/routing/previewPlan.ts';
import type { Preview } from '../../domain/routing/previewPlan.ts';
import type { ServiceRouting } from '../../domain/routing/routing.ts';
import type { Slot } from '../../domain/slot.ts';
import { soleSlot } from '../../domain/split.ts';
import type { Split } from '../../domain/split.ts';
import { closeProven, tryClose } from '../../mesh/closePreview.ts';
import type { Mesh } from '../../mesh/mesh.ts';
import type { Log } from '../../runtime/log.ts';
import type { Inputs } from './inputs.ts';

interface Tools {
  readonly mesh: Mesh;
  readonly journal: Journal;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/**
 * While users have a share of the candidate, a request with the header reaches it for certain. Proven in every gateway.
 * @returns the routing as it is afterwards: the routes have moved
 */
export async function openForShare(
  { mesh, journal, log, signal }: Tools,
  routing: ServiceRouting,
  slot: Slot,
  { 'preview-header': header, timeout }: Pick<Inputs, 'preview-header' | 'timeout'>,
): Promise<ServiceRouting> {
  const preview: Preview = { slot, header, value: journal.release?.slots[slot]?.version ?? slot };
  const { acceptedMs } = await mesh.openPreview(routing, preview);
  const proof = await mesh.provePreview(routing, preview, {
    timeoutMs: timeout,
    sinceMs: acceptedMs,
    signal,
  });
  log.info(
    `✓ preview: requests with ${header}: ${preview.value} reach ${slot} through ${String(proof.proxies.length)} gateways, until it has all the traffic or is taken back`,
  );
  return mesh.read(routing.name);
}

/** At the end of the way: open only as long as a share is held with it. */
export async function closeUnlessHeld(
  inputs: Pick<Inputs, 'preview' | 'timeout'>,
  tools: Pick<Tools, 'mesh' | 'log'>,
  found: ServiceRouting,
  end: Split,
): Promise<void> {
  if (inputs.preview && soleSlot(end) === null) return;
  if (inputs.preview || hasPreview(found)) await closeProven(tools, found.name, inputs.timeout);
}

/** After everything was put back. One that was open before, for a share that is held still, stays. */
export async function closeAfterUndo(
  { mesh, journal, log }: Tools,
  found: ServiceRouting,
  mayBeOpen: boolean,
): Promise<void> {
  const isHeldAsFound = journal.release?.phase === 'switching' && hasPreview(found);
  if (mayBeOpen && !isHeldAsFound) await tryClose({ mesh, log }, found.name);
}

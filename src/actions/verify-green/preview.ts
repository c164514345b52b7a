import type { Preview } from '../../domain/routing/previewPlan.ts';
import type { ServiceRouting } from '../../domain/routing/routing.ts';
import { closeProven } from '../../mesh/closePreview.ts';
import type { Mesh } from '../../mesh/mesh.ts';
import { LostLeaseError } from '../../runtime/errors.ts';
import type { Log } from '../../runtime/log.ts';

interface Tools {
  readonly mesh: Mesh;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/**
 * Opens the header route, does something with it, and closes it whatever happens. Open and closed are both
 * proven in every gateway. What a killed run left open is replaced, and closed in the end.
 * @throws VerificationError when it could not be closed
 */
export async function withPreview<T>(
  { mesh, log, signal }: Tools,
  routing: ServiceRouting,
  preview: Preview,
  timeoutMs: number,
  use: () => Promise<T>,
): Promise<T> {
  try {
    const opened = await mesh.openPreview(routing, preview);
    const proof = await mesh.provePreview(routing, preview, {
      timeoutMs,
      sinceMs: opened.acceptedMs,
      signal,
    });
    log.info(
      `✓ preview: requests with ${preview.header}: ${preview.value} reach ${preview.slot} through ${String(proof.proxies.length)} gateways, after ${String(Math.round(proof.worstMs))} ms`,
    );
    return await use();
  } finally {
    // Whoever took the lease closes it himself.
    if (!(signal.reason instanceof LostLeaseError)) await closeProven({ mesh, log }, routing.name, timeoutMs);
  }
}

import type { Preview } from '../../domain/routing/previewPlan.ts';
import type { ServiceRouting } from '../../domain/routing/routing.ts';
import type { Mesh } from '../../mesh/mesh.ts';
import { LostLeaseError, VerificationError } from '../../runtime/errors.ts';
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
    // Whoever cancels wants it closed too: no signal here. Whoever took the lease closes it himself.
    if (!(signal.reason instanceof LostLeaseError)) await close(mesh, log, routing, timeoutMs);
  }
}

async function close(mesh: Mesh, log: Log, { name }: ServiceRouting, timeoutMs: number): Promise<void> {
  try {
    const now = await mesh.read(name);
    const closed = await mesh.closePreview(now);
    const proof = await mesh.provePreview(now, null, { timeoutMs, sinceMs: closed.acceptedMs });
    log.info(
      `✓ preview closed: gone from ${String(proof.proxies.length)} proxies after ${String(Math.round(proof.worstMs))} ms`,
    );
  } catch (error) {
    if (error instanceof LostLeaseError) throw error;
    throw new VerificationError(
      `the preview route could not be closed: ${error instanceof Error ? error.message : String(error)}`,
      `Run the step again, or remove the routes named ${name.service}-preview: kubectl edit virtualservice -n ${name.namespace}`,
      { cause: error },
    );
  }
}

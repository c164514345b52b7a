import type { ServiceRouting } from '../domain/routing.ts';
import { formatSplit } from '../domain/split.ts';
import type { Split } from '../domain/split.ts';
import { RollbackError, VerificationError } from '../runtime/errors.ts';
import type { Mesh, Proof } from './mesh.ts';

export interface Move {
  readonly target: Split;
  readonly timeoutMs: number;
  /** Where to go when the proof fails although nothing was written: a run before this one wrote it and was killed. */
  readonly fallback: Split | null;
  readonly signal: AbortSignal;
}

export interface Moved {
  readonly changed: boolean;
  /** `clock.monotonic()` of the accepted patch. */
  readonly acceptedMs: number;
  readonly proof: Proof;
}

/**
 * Moves all traffic forward and proves it, or puts back what was and proves that: also when it is cut off.
 * @throws VerificationError when it is back as it was; RollbackError when even that is not proven
 */
export async function moveForward(mesh: Mesh, routing: ServiceRouting, move: Move): Promise<Moved> {
  const { target, timeoutMs, fallback, signal } = move;
  const change = await mesh.setSplit(routing, target);
  try {
    const options = { timeoutMs, sinceMs: change.acceptedMs, signal };
    const proof = await mesh.proveSplit(routing, target, options);
    return { changed: change.changed, acceptedMs: change.acceptedMs, proof };
  } catch (error) {
    if (!change.changed && fallback === null) throw error;
    if (change.changed) await mesh.putBack(routing, change);
    else if (fallback !== null) await mesh.setSplit(routing, fallback);
    const proof = await proveBack(
      mesh,
      routing,
      change.changed || fallback === null ? 'as-read' : fallback,
      timeoutMs,
      error,
    );
    if (signal.aborted) throw error;
    throw new VerificationError(
      `${messageOf(error)}\nThe previous split is back, proven in ${String(proof.proxies.length)} proxies after ${String(Math.round(proof.worstMs))} ms.`,
      'Find out why the proxies named above did not get the new weights, then run the step again.',
      { cause: error },
    );
  }
}

/** The undo of a move does not listen to the signal: whoever cancels wants it undone. */
async function proveBack(
  mesh: Mesh,
  routing: ServiceRouting,
  target: Split | 'as-read',
  timeoutMs: number,
  cause: unknown,
): Promise<Proof> {
  try {
    return await mesh.proveSplit(routing, target, { timeoutMs });
  } catch (error) {
    throw new RollbackError(
      `${messageOf(cause)}\nThe previous weights are written again, but: ${messageOf(error)}`,
      'Look at istiod now: the proxies named above serve what they had before.',
      { cause: error },
    );
  }
}

/**
 * Moves all traffic back and proves it. When it cannot be proven the weights stay: they are what everyone wants.
 * @throws RollbackError
 */
export async function moveBack(
  mesh: Mesh,
  routing: ServiceRouting,
  target: Split,
  timeoutMs: number,
): Promise<Moved> {
  const change = await mesh.setSplit(routing, target);
  try {
    const proof = await mesh.proveSplit(routing, target, { timeoutMs, sinceMs: change.acceptedMs });
    return { changed: change.changed, acceptedMs: change.acceptedMs, proof };
  } catch (error) {
    throw new RollbackError(
      `the weights are ${formatSplit(target)} again, but: ${messageOf(error)}`,
      'Look at istiod now: the proxies named above serve what they had before.',
      { cause: error },
    );
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

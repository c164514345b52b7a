import type { ManagedVirtualService, ServiceRouting } from '../domain/routing/routing.ts';
import { formatSplit } from '../domain/split.ts';
import type { Split } from '../domain/split.ts';
import { messageOf, RollbackError } from '../runtime/errors.ts';
import type { Mesh, Proof, SplitChange } from './mesh.ts';

export interface Moved {
  readonly changed: boolean;
  /** `clock.monotonic()` of the accepted patch. */
  readonly acceptedMs: number;
  readonly proof: Proof;
}

/** Where a way forward leads back to: a split, or the very weights that a change found. */
export type Home =
  | { readonly split: Split }
  | { readonly split: null; readonly routing: ServiceRouting; readonly change: SplitChange };

/**
 * Puts back what a way forward has changed, and proves it. Listens to no signal: whoever cancels wants it undone.
 * @throws RollbackError when it is not written or not proven
 */
export async function undo(
  mesh: Mesh,
  routing: ServiceRouting,
  home: Home,
  timeoutMs: number,
  cause: unknown,
): Promise<Proof> {
  if (home.split === null) await mesh.putBack(home.routing, home.change);
  else await setBack(mesh, routing, home.split, cause);
  try {
    return await (home.split === null
      ? mesh.proveSplit(home.routing, 'as-read', { timeoutMs })
      : mesh.proveSplit(routing, home.split, { timeoutMs }));
  } catch (error) {
    throw new RollbackError(
      `${messageOf(cause)}\nThe previous weights are written again, but: ${messageOf(error)}`,
      'Look at istiod now: the proxies named above serve what they had before.',
      { cause: error },
    );
  }
}

async function setBack(mesh: Mesh, routing: ServiceRouting, split: Split, cause: unknown): Promise<void> {
  try {
    await mesh.setSplit(routing, split);
  } catch (error) {
    throw new RollbackError(
      `${messageOf(cause)}\n${formatSplit(split)} could not be written again: ${messageOf(error)}`,
      'Run the step again with to: previous, now.',
      { cause: error },
    );
  }
}

/**
 * Moves all traffic back and proves it. When it cannot be proven the weights stay: they are what everyone wants.
 * @param early what was written already, from an earlier reading: here only what that one did not know is left
 * @throws RollbackError
 */
export async function moveBack(
  mesh: Mesh,
  routing: ServiceRouting,
  target: Split,
  timeoutMs: number,
  early: SplitChange | null = null,
): Promise<Moved> {
  const late = await mesh.setSplit(without(routing, early?.previous ?? []), target);
  const { acceptedMs } = early !== null && !late.changed ? early : late;
  try {
    const proof = await mesh.proveSplit(routing, target, { timeoutMs, sinceMs: acceptedMs });
    return { changed: late.changed || early?.changed === true, acceptedMs, proof };
  } catch (error) {
    throw new RollbackError(
      `the weights are ${formatSplit(target)} again, but: ${messageOf(error)}`,
      'Look at istiod now: the proxies named above serve what they had before.',
      { cause: error },
    );
  }
}

const without = (routing: ServiceRouting, written: readonly ManagedVirtualService[]): ServiceRouting => ({
  ...routing,
  virtualServices: routing.virtualServices.filter(
    ({ namespace, name }) => !written.some((vs) => vs.namespace === namespace && vs.name === name),
  ),
});

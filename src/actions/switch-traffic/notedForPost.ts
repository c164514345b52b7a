import { RollbackError } from '../../runtime/errors.ts';
import type { StepState } from '../../runtime/state.ts';

/**
 * Tells the post step which release is being moved, and when that came to an end of its own: done, or put back.
 * A put-back that failed is tried once more there.
 */
export async function notedForPost<T>(
  state: StepState,
  releaseId: string | null,
  signal: AbortSignal,
  move: () => Promise<T>,
): Promise<T> {
  if (releaseId !== null) state.save('release', releaseId);
  // Whoever cancels wants it undone, even if this process does not live to begin with it.
  signal.addEventListener('abort', () => noteUndoing(state), { once: true });
  try {
    const moved = await move();
    state.save('ended', 'true');
    return moved;
  } catch (error) {
    if (!(error instanceof RollbackError)) state.save('ended', 'true');
    throw error;
  }
}

/** From here on nobody may finish what the main step has begun. */
export const noteUndoing = (state: StepState): void => state.save('undoing', 'true');
export const wasUndoing = (state: StepState): boolean => state.saved('undoing') !== null;

/** The release that the main step was moving; null when it had not begun, or came to an end of its own. */
export const leftOpen = (state: StepState): string | null =>
  state.saved('ended') === null ? state.saved('release') : null;

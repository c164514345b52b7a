import {
  BusyError,
  ConnectionError,
  InputError,
  PermissionError,
  PreconditionError,
  RollbackError,
} from '../runtime/errors.ts';

/** What a script can tell by the exit code. The runbook has the same table. */
export const exitCodes = {
  done: 0,
  /** Anything else that went wrong: the traffic is where the last line says. */
  failed: 1,
  usage: 2,
  /** A condition does not hold, or another release is under way. */
  refused: 3,
  /** The cluster does not answer, or does not let us. */
  noAccess: 4,
  /** The way back could not be gone or not be proven. */
  lookNow: 5,
  interrupted: 130,
} as const;

export const exitCodeHelp = `Exit codes: 0 done · 1 failed · 2 wrong usage · 3 refused: a condition does not hold, or another release is
under way · 4 no access to the cluster · 5 look now: a way back could not be proven · 130 interrupted`;

export function exitCodeOf(error: unknown): number {
  if (error instanceof InputError) return exitCodes.usage;
  if (error instanceof PreconditionError || error instanceof BusyError) return exitCodes.refused;
  if (error instanceof ConnectionError || error instanceof PermissionError) return exitCodes.noAccess;
  if (error instanceof RollbackError) return exitCodes.lookNow;
  if (error instanceof Error && error.name === 'CancelledError') return exitCodes.interrupted;
  return exitCodes.failed;
}

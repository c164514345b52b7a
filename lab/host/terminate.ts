import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, type ProcessIdentity } from './identity.ts';

function signal(identity: ProcessIdentity, name: NodeJS.Signals): void {
  if (!isAlive(identity)) return;
  try {
    process.kill(identity.pid, name);
  } catch {
    // ended between the look and the signal
  }
}

async function waitGone(identities: readonly ProcessIdentity[], deadlineMs: number): Promise<boolean> {
  const end = Date.now() + deadlineMs;
  while (identities.some(isAlive)) {
    if (Date.now() > end) return false;
    await sleep(20);
  }
  return true;
}

/**
 * Ends processes by identity: SIGTERM, and SIGKILL for those still there after `graceMs`.
 * @throws Error when one survives even that (a process in uninterruptible sleep).
 */
export async function terminate(identities: readonly ProcessIdentity[], graceMs: number): Promise<void> {
  for (const identity of identities) signal(identity, 'SIGTERM');
  if (await waitGone(identities, graceMs)) return;
  for (const identity of identities) signal(identity, 'SIGKILL');
  if (await waitGone(identities, 10_000)) return;
  const left = identities.filter(isAlive).map((identity) => identity.pid);
  throw new Error(`processes ${left.join(', ')} cannot be ended`);
}

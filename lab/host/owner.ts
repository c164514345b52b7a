import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { runDir, runPaths, type Layout } from '../layout.ts';
import { isAlive, statOf } from './identity.ts';
import { markedProcesses } from './marked.ts';
import { bootId, writeAtomically } from './stateFile.ts';

const ownerSchema = z.object({
  checkout: z.string(),
  state: z.string(),
  bootId: z.string(),
  since: z.string(),
});

/** The checkout whose lab this machine runs. */
export type Owner = z.infer<typeof ownerSchema>;

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Who owns the machine's lab; undefined when nobody does, or when it ended with a reboot. */
export function currentOwner(): Owner | undefined {
  const parsed = ownerSchema.safeParse(readJson(runPaths.owner));
  return parsed.success && parsed.data.bootId === bootId() ? parsed.data : undefined;
}

/** Another checkout's lab is in the way. */
export class OwnerError extends Error {
  override readonly name = 'OwnerError';
}

/** @throws OwnerError when another checkout's lab is on this machine. */
export function refuseForeignOwner(layout: Layout): void {
  const owner = currentOwner();
  if (owner === undefined || owner.state === layout.state) return;
  const running = markedProcesses(owner.state).length;
  throw new OwnerError(
    `This machine's lab belongs to another checkout: ${owner.checkout} ` +
      `(since ${owner.since}, ${String(running)} processes). A machine holds one lab. ` +
      'Take that one down first: npm run lab -- down --any',
  );
}

export function claimOwnership(layout: Layout): void {
  const owner: Owner = {
    checkout: layout.checkout,
    state: layout.state,
    bootId: bootId(),
    since: currentOwner()?.since ?? new Date().toISOString(),
  };
  writeAtomically(runPaths.owner, `${JSON.stringify(owner, null, 2)}\n`);
}

const lockSchema = z.object({ pid: z.number(), startTicks: z.number(), command: z.string() });

/** A refused `up` leaves not even a folder. */
function removeIfEmpty(folder: string): void {
  if (existsSync(folder) && readdirSync(folder).length === 0) rmdirSync(folder);
}

/** Runs `work` while no other `up` or `down` does; a lock whose holder died is taken over. */
export async function whileLocked<T>(command: string, work: () => Promise<T>): Promise<T> {
  mkdirSync(runDir, { recursive: true });
  const self = statOf(process.pid);
  const note = JSON.stringify({ pid: process.pid, startTicks: self?.startTicks ?? 0, command });
  try {
    writeFileSync(runPaths.lock, note, { flag: 'wx' });
  } catch {
    const holder = lockSchema.safeParse(readJson(runPaths.lock));
    if (holder.success && isAlive(holder.data)) {
      throw new OwnerError(
        `lab ${holder.data.command} is at work (process ${String(holder.data.pid)}): wait until it has ended`,
      );
    }
    rmSync(runPaths.lock, { force: true });
    writeFileSync(runPaths.lock, note, { flag: 'wx' });
  }
  try {
    return await work();
  } finally {
    rmSync(runPaths.lock, { force: true });
    removeIfEmpty(runDir);
  }
}

import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hashOf } from '../build/cache.ts';
import { isAlive, programOf, statOf, type ProcessIdentity } from '../host/identity.ts';
import { markedProcesses } from '../host/marked.ts';
import { readState, recordPart } from '../host/stateFile.ts';
import { terminate } from '../host/terminate.ts';
import type { Layout } from '../layout.ts';
import type { Part } from './part.ts';

const pollMs = 50;

export function logFile(layout: Layout, part: string): string {
  return join(layout.logs, `${part}.log`);
}

function lastLines(file: string, count: number): string {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-count).join('\n');
  } catch {
    return '';
  }
}

function launch(part: Part, env: Readonly<Record<string, string>>, log: string): ProcessIdentity {
  const output = openSync(log, 'a');
  try {
    const options = { cwd: '/', env: { ...env, ...part.env }, detached: true } as const;
    const child = spawn(part.file, part.args, { ...options, stdio: ['ignore', output, output] });
    // A failed start shows as a process that is not there: asked below.
    child.on('error', () => undefined);
    child.unref();
    const pid = child.pid ?? 0;
    return { pid, startTicks: statOf(pid)?.startTicks ?? -1 };
  } finally {
    closeSync(output);
  }
}

/** The part's processes that no state file tells of: `up` was killed, or the file was deleted. */
function strays(part: Part, layout: Layout): ProcessIdentity[] {
  return markedProcesses(layout.state).filter(({ pid }) => programOf(pid) === part.file);
}

/**
 * Makes sure that a part runs with its present configuration and does its work: keeps a
 * healthy one, replaces any other.
 * @returns whether it was (re)started
 * @throws Error with the end of its log when it ends or does not get ready in time
 */
export async function ensurePart(
  part: Part,
  layout: Layout,
  env: Readonly<Record<string, string>>,
): Promise<boolean> {
  const fingerprint = hashOf(part.file, ...part.args, JSON.stringify(part.env ?? {}), part.config ?? '');
  const known = readState(layout.stateFile).parts[part.name];
  if (known !== undefined && isAlive(known)) {
    if (known.fingerprint === fingerprint && (await becomesReady(part, known, 5_000))) return false;
    await terminate([known], 5_000);
  }
  await terminate(strays(part, layout), 5_000);
  mkdirSync(layout.logs, { recursive: true });
  const log = logFile(layout, part.name);
  const identity = launch(part, env, log);
  recordPart(layout.stateFile, part.name, {
    ...identity,
    fingerprint,
    startedAt: new Date().toISOString(),
    argv: [part.file, ...part.args],
  });
  if (await becomesReady(part, identity, part.readyTimeoutMs)) return true;
  const happened = isAlive(identity) ? `is not ready after ${String(part.readyTimeoutMs / 1000)} s` : 'ended';
  throw new Error(`${part.name} ${happened}; the end of ${log}:\n${lastLines(log, 15)}`);
}

async function becomesReady(part: Part, identity: ProcessIdentity, timeoutMs: number): Promise<boolean> {
  const end = Date.now() + timeoutMs;
  while (isAlive(identity)) {
    // Only the part's own answer counts: another program may hold its port.
    if ((await part.ready()) && isAlive(identity)) return true;
    if (Date.now() > end) return false;
    await sleep(pollMs);
  }
  return false;
}

import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';

const partRecord = z.object({
  pid: z.number(),
  startTicks: z.number(),
  /** Hash of argv, environment and configuration: another one means a restart. */
  fingerprint: z.string(),
  startedAt: z.string(),
  argv: z.array(z.string()),
});
const schema = z.object({
  /** Process numbers mean nothing after a reboot. */
  bootId: z.string(),
  parts: z.record(z.string(), partRecord),
});

export type PartRecord = z.infer<typeof partRecord>;
export type LabState = z.infer<typeof schema>;

export function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}

/** Writes a file as a whole or not at all. */
export function writeAtomically(file: string, text: string, mode = 0o644): void {
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${String(process.pid)}.tmp`;
  writeFileSync(draft, text, { mode });
  renameSync(draft, file);
}

/** What the lab's state file says; an absent, unreadable or pre-reboot one says nothing runs. */
export function readState(file: string): LabState {
  const empty = { bootId: bootId(), parts: {} };
  try {
    const parsed = schema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    return parsed.success && parsed.data.bootId === empty.bootId ? parsed.data : empty;
  } catch {
    return empty;
  }
}

/** Notes or (with undefined) forgets one part. */
export function recordPart(file: string, name: string, record: PartRecord | undefined): void {
  const state = readState(file);
  const parts = Object.fromEntries(Object.entries(state.parts).filter(([key]) => key !== name));
  if (record !== undefined) parts[name] = record;
  writeAtomically(file, `${JSON.stringify({ ...state, parts }, null, 2)}\n`);
}

import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cacheRoot } from '../layout.ts';
import { isAlive, statOf } from '../host/identity.ts';
import type { ProcessIdentity } from '../host/identity.ts';

const pollMs = 200;

/** What is made, and the process that makes it: `envoy-1.36.2.draft-4711-123456-<uuid>`. */
const draftPattern = /^(.+)\.draft-(\d+)-(\d+)-[0-9a-f-]+$/;

interface Draft {
  readonly file: string;
  readonly name: string;
  readonly maker: ProcessIdentity;
}

function draftsIn(root: string): readonly Draft[] {
  return readdirSync(root).flatMap((file) => {
    const [, name, pid, startTicks] = draftPattern.exec(file) ?? [];
    if (name === undefined) return [];
    return [{ file, name, maker: { pid: Number(pid), startTicks: Number(startTicks) } }];
  });
}

/** Drafts whose maker was killed: nobody will finish them. */
function removeAbandonedDrafts(root: string): void {
  for (const { file, maker } of draftsIn(root)) {
    if (!isAlive(maker)) rmSync(join(root, file), { recursive: true, force: true });
  }
}

/** To wait for another process costs less than to make the same thing beside it. */
const isMadeElsewhere = (root: string, wanted: string): boolean =>
  draftsIn(root).some(({ name, maker }) => name === wanted && maker.pid !== process.pid && isAlive(maker));

/**
 * The cached folder `name`, made by `make` when it is not there yet. It appears whole or not
 * at all: `make` fills a draft, which is renamed when it is done. Another process that makes it already is awaited.
 * @param name must change with everything the content depends on
 */
export async function cached(name: string, make: (folder: string) => Promise<void>): Promise<string> {
  const root = cacheRoot();
  const folder = join(root, name);
  if (existsSync(folder)) return folder;
  mkdirSync(root, { recursive: true });
  removeAbandonedDrafts(root);
  while (isMadeElsewhere(root, name)) await sleep(pollMs);
  if (existsSync(folder)) return folder;
  const startTicks = statOf(process.pid)?.startTicks ?? 0;
  const draft = `${folder}.draft-${String(process.pid)}-${String(startTicks)}-${randomUUID()}`;
  mkdirSync(draft);
  try {
    await make(draft);
    try {
      renameSync(draft, folder);
    } catch (error) {
      // Another process was first, with the same content: the name says so.
      if (!existsSync(folder)) throw error;
    }
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return folder;
}

export function isCached(name: string): boolean {
  return existsSync(join(cacheRoot(), name));
}

/** SHA-256 of texts, separated so that no two lists collide; 64 hexadecimal digits. */
export function hashOf(...texts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(`${String(text.length)}:`).update(text);
  return hash.digest('hex');
}

export async function sha256OfFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) hash.update(chunk);
  return hash.digest('hex');
}

/** A download is not what versions.json says. */
export async function verifySha256(file: string, expected: string): Promise<void> {
  const actual = await sha256OfFile(file);
  if (actual !== expected) {
    throw new Error(`${file} has SHA-256 ${actual}, but lab/versions.json says ${expected}: not used`);
  }
}

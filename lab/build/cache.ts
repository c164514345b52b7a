import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheRoot } from '../layout.ts';
import { statOf } from '../host/identity.ts';

const draftPattern = /\.draft-(\d+)-[0-9a-f-]+$/;

/** Drafts whose maker was killed: nobody will finish them. */
function removeAbandonedDrafts(root: string): void {
  for (const name of readdirSync(root)) {
    const maker = draftPattern.exec(name)?.[1];
    if (maker !== undefined && statOf(Number(maker)) === undefined) {
      rmSync(join(root, name), { recursive: true, force: true });
    }
  }
}

/**
 * The cached folder `name`, made by `make` when it is not there yet. It appears whole or not
 * at all: `make` fills a draft, which is renamed when it is done.
 * @param name must change with everything the content depends on
 */
export async function cached(name: string, make: (folder: string) => Promise<void>): Promise<string> {
  const root = cacheRoot();
  const folder = join(root, name);
  if (existsSync(folder)) return folder;
  mkdirSync(root, { recursive: true });
  removeAbandonedDrafts(root);
  const draft = `${folder}.draft-${String(process.pid)}-${randomUUID()}`;
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

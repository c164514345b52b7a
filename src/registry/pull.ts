import { existsSync } from 'node:fs';
import { appendFile, link, mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseManifest } from '../domain/image/manifest.ts';
import type { Descriptor } from '../domain/image/manifest.ts';
import { shortDigest } from '../domain/digest.ts';
import { repositoryText } from '../domain/image/reference.ts';
import { PreconditionError } from '../runtime/errors.ts';
import { blobPath } from '../image/ociLayout.ts';
import type { OciImage } from '../image/ociLayout.ts';
import { verifyLayout } from '../image/verifyLayout.ts';
import { chunkBytes } from './chunks.ts';
import { getManifest } from './manifests.ts';
import type { RepositoryHttp } from './repositoryHttp.ts';
import type { Attempts } from './retry.ts';

export interface Pull {
  readonly http: RepositoryHttp;
  readonly attempts: Attempts;
  /** An empty folder: the layout that is made. */
  readonly layout: string;
  /** An image that is here already: what both consist of is not loaded again. */
  readonly near: OciImage | null;
}

/**
 * The whole image, into a layout on this disk, each blob held to its digest.
 * @returns null when the registry does not have it
 */
export async function pull(work: Pull, digest: string): Promise<OciImage | null> {
  const { http, attempts, layout } = work;
  const read = (one: string): ReturnType<typeof getManifest> =>
    attempts(`read ${shortDigest(one)}`, (signal) => getManifest(http, one, signal));
  const top = await read(digest);
  if (top === null) return null;
  await mkdir(dirname(blobPath({ layout }, digest)), { recursive: true });
  const waiting = [{ digest, found: top as typeof top | null }];
  for (let one; (one = waiting.shift()) !== undefined;) {
    const manifest = parseManifest(one.found?.content);
    if (one.found === null || manifest === undefined) throw notWhole(http, digest, one.digest);
    await writeFile(blobPath({ layout }, one.digest), one.found.bytes);
    if (manifest.kind === 'index') {
      for (const child of manifest.manifests) {
        waiting.push({ digest: child.digest, found: await read(child.digest) });
      }
    } else {
      for (const blob of [manifest.config, ...manifest.layers]) await loadBlob(work, blob);
    }
  }
  const image = { layout, digest };
  await verifyLayout(image);
  return image;
}

/** By ranges, so that no layer is in memory whole. A registry that knows none answers with all of it. */
export async function loadBlob(
  { http, attempts, layout, near }: Pull,
  { digest, size }: Descriptor,
): Promise<void> {
  const file = blobPath({ layout }, digest);
  if (existsSync(file)) return;
  if (near !== null && existsSync(blobPath(near, digest))) return link(blobPath(near, digest), file);
  await writeFile(file, '');
  for (let bytes = 0; bytes < size;) {
    const last = Math.min(size, bytes + chunkBytes) - 1;
    const from = bytes;
    const answer = await attempts(`load ${shortDigest(digest)} from byte ${String(from)}`, (signal) =>
      http.ask({
        method: 'GET',
        to: `blobs/${digest}`,
        headers: { range: `bytes=${String(from)}-${String(last)}` },
        may: 'pull',
        expect: [200, 206],
        signal,
      }),
    );
    const piece = answer.status === 206 ? answer.body : answer.body.subarray(from);
    if (piece.length === 0) throw notWhole(http, digest, digest);
    await appendFile(file, piece);
    bytes += piece.length;
  }
}

const notWhole = ({ repository }: RepositoryHttp, image: string, part: string): PreconditionError =>
  new PreconditionError(
    `${repositoryText(repository)}@${image} cannot be loaded: ${part} is missing there, or is no image`,
    'Check which image is meant, and that the registry keeps all of it.',
  );

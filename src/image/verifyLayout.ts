import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import type { ImageFacts, PlatformFacts } from '../domain/image/facts.ts';
import { isAttestation, parseManifest } from '../domain/image/manifest.ts';
import type { Descriptor } from '../domain/image/manifest.ts';
import { platformFacts } from '../domain/image/platformFacts.ts';
import { isObject, textAt } from '../domain/json.ts';
import { PreconditionError } from '../runtime/errors.ts';
import { blobPath } from './ociLayout.ts';
import type { OciImage } from './ociLayout.ts';

/**
 * Everything that the image consists of, each blob held to its digest and size: what is scanned after this is what
 * the digest says.
 * @throws PreconditionError when a blob is missing or is another one
 */
export async function verifyLayout(image: OciImage): Promise<ImageFacts> {
  const top = await verifiedManifest(image, image.digest);
  const facts = { digest: image.digest, mediaType: top.mediaType };
  if (top.kind === 'manifest') return { ...facts, platforms: [await platform(image, image.digest, null)] };
  const platforms: PlatformFacts[] = [];
  for (const entry of top.manifests) {
    if (isAttestation(entry)) await verifyBlobs(image, entry.digest);
    else platforms.push(await platform(image, entry.digest, entry.platform));
  }
  return { ...facts, platforms };
}

async function platform(image: OciImage, digest: string, named: string | null): Promise<PlatformFacts> {
  const { config, layers } = await verifyBlobs(image, digest);
  const parsed: unknown = JSON.parse(await readFile(blobPath(image, config.digest), 'utf8'));
  return platformFacts(digest, layers, parsed, named);
}

async function verifyBlobs(
  image: OciImage,
  digest: string,
): Promise<{ readonly config: Descriptor; readonly layers: readonly Descriptor[] }> {
  const manifest = await verifiedManifest(image, digest);
  if (manifest.kind !== 'manifest') throw broken(image, `${digest} is an index within an index`);
  await Promise.all(
    [manifest.config, ...manifest.layers].map((blob) => verify(image, blob.digest, blob.size)),
  );
  return manifest;
}

async function verifiedManifest(image: OciImage, digest: string) {
  await verify(image, digest, null);
  const parsed: unknown = JSON.parse(await readFile(blobPath(image, digest), 'utf8'));
  const manifest = parseManifest(parsed);
  if (manifest === undefined) throw broken(image, `${digest} is neither a manifest nor an index`);
  return { ...manifest, mediaType: (isObject(parsed) ? textAt(parsed, 'mediaType') : null) ?? '' };
}

async function verify(image: OciImage, digest: string, size: number | null): Promise<void> {
  const file = blobPath(image, digest);
  const found = await stat(file).catch(() => null);
  if (found === null) throw broken(image, `${digest} is missing`);
  if (size !== null && found.size !== size) {
    throw broken(image, `${digest} has ${String(found.size)} bytes, not ${String(size)}`);
  }
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) hash.update(chunk);
  const actual = `sha256:${hash.digest('hex')}`;
  if (actual !== digest) throw broken(image, `${digest} has the content of ${actual}`);
}

const broken = ({ layout }: OciImage, why: string): PreconditionError =>
  new PreconditionError(
    `the image in ${layout} is not whole: ${why}`,
    'Run the step again: the layout is built anew. Nothing was pushed.',
  );

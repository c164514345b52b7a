import { createHash } from 'node:crypto';
import { copyFile, readFile } from 'node:fs/promises';
import type { ImageFacts } from '../domain/image/facts.ts';
import { sbomFormatOf } from '../domain/image/sbom.ts';
import type { SbomFile } from '../domain/image/sbom.ts';
import { VerificationError } from '../runtime/errors.ts';
import { blobPath } from './ociLayout.ts';
import type { OciImage } from './ociLayout.ts';

/** SHA-256 of the file, as a blob has it. */
export const sbomDigest = async (path: string): Promise<string> =>
  `sha256:${createHash('sha256')
    .update(await readFile(path))
    .digest('hex')}`;

/** Into the layout that is handed on, as blobs: a later job finds them there by their digests. */
export async function addToLayout(files: readonly SbomFile[], image: OciImage): Promise<void> {
  for (const { path } of files) await copyFile(path, blobPath(image, await sbomDigest(path)));
}

/**
 * What addToLayout has put there, as the outputs of that job say it.
 * @param digests one for each platform, in the image's order
 * @throws VerificationError when they are others, or are missing
 */
export function handedSboms(
  digests: readonly string[],
  image: OciImage,
  { platforms }: ImageFacts,
): Promise<readonly SbomFile[]> {
  if (digests.length > 0 && digests.length !== platforms.length) {
    throw changed(
      `${String(digests.length)} SBOMs are named for an image of ${String(platforms.length)} platforms`,
    );
  }
  return Promise.all(
    digests.map(async (digest, place): Promise<SbomFile> => {
      const path = blobPath(image, digest);
      const text = await readFile(path, 'utf8').catch(() => {
        throw changed(`the layout does not have the SBOM ${digest}`);
      });
      if ((await sbomDigest(path)) !== digest) throw changed(`the layout has another SBOM than ${digest}`);
      const format = sbomFormatOf(JSON.parse(text));
      if (format === null) throw changed(`${digest} is neither SPDX nor CycloneDX`);
      return { format, platform: platforms[place]?.platform ?? '', path };
    }),
  );
}

const changed = (what: string): VerificationError =>
  new VerificationError(
    what,
    'Hand on the folder as the output layout names it, and the output sbom-digest of the same job. Nothing was pushed.',
  );

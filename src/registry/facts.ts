import type { ImageFacts, PlatformFacts } from '../domain/image/facts.ts';
import { isAttestation, parseManifest } from '../domain/image/manifest.ts';
import type { Manifest } from '../domain/image/manifest.ts';
import { platformFacts } from '../domain/image/platformFacts.ts';
import { repositoryText } from '../domain/image/reference.ts';
import { PreconditionError } from '../runtime/errors.ts';
import { getJsonBlob, getManifest } from './manifests.ts';
import type { RepositoryHttp } from './repositoryHttp.ts';
import type { Attempts } from './retry.ts';

/** What an image consists of, read from its manifests and configs; its layers stay where they are. */
export async function readFacts(
  http: RepositoryHttp,
  attempts: Attempts,
  reference: string,
): Promise<ImageFacts | null> {
  const get = (digest: string): ReturnType<typeof getManifest> =>
    attempts(`read ${digest}`, (signal) => getManifest(http, digest, signal));
  const platform = async (
    digest: string,
    { config, layers }: Manifest,
    name: string | null,
  ): Promise<PlatformFacts> =>
    platformFacts(
      digest,
      layers,
      await attempts(`read the config ${config.digest}`, (signal) =>
        getJsonBlob(http, config.digest, signal),
      ),
      name,
    );

  const top = await get(reference);
  if (top === null) return null;
  const { digest, mediaType } = top;
  const manifest = parseManifest(top.content);
  if (manifest === undefined) throw notAnImage(http, digest, mediaType);
  if (manifest.kind === 'manifest')
    return { digest, mediaType, platforms: [await platform(digest, manifest, null)] };
  const platforms = manifest.manifests
    .filter((one) => !isAttestation(one))
    .map(async (child) => {
      const read = parseManifest((await get(child.digest))?.content);
      if (read?.kind !== 'manifest') throw notAnImage(http, child.digest, child.mediaType);
      return platform(child.digest, read, child.platform);
    });
  return { digest, mediaType, platforms: await Promise.all(platforms) };
}

const notAnImage = ({ repository }: RepositoryHttp, digest: string, mediaType: string): PreconditionError =>
  new PreconditionError(
    `${repositoryText(repository)}@${digest} is no image, or one of its manifests is missing (${mediaType})`,
    'Check which image is meant: this may be a chart, a signature or another artifact.',
  );

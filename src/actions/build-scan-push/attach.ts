import { shortDigest } from '../../domain/digest.ts';
import type { ImageFacts } from '../../domain/image/facts.ts';
import { attachedSbom, platformAnnotation, sbomName, sbomTypes } from '../../domain/image/sbom.ts';
import type { SbomFile } from '../../domain/image/sbom.ts';
import { messageOf, RemedyError, VerificationError } from '../../runtime/errors.ts';
import type { Inputs } from './inputs.ts';
import type { Collaborators } from './run.ts';
import { tellSboms } from './sbom.ts';

/**
 * Attaches the SBOMs to the digest that is deployed: not to the manifest of one platform, because that digest is what
 * is in the Deployment, and what a verifier in the cluster has to go by. One that is attached stays.
 * @throws VerificationError: the image is in the registry then, and not an output of this step
 */
export async function attachSboms(
  files: readonly SbomFile[],
  { digest }: ImageFacts,
  { registry, watch, log }: Pick<Collaborators, 'registry' | 'watch' | 'log'>,
): Promise<void> {
  if (files.length === 0) return;
  await unfinished(`${shortDigest(digest)} is in the registry without its SBOM`, () =>
    watch.time('attach SBOM', async () => {
      const there = await registry.referrers(digest);
      for (const file of files) {
        const { format, platform, path } = file;
        if (attachedSbom(there, format, platform) !== undefined) continue;
        const annotations = {
          [platformAnnotation]: platform,
          'org.opencontainers.image.title': sbomName(file),
        };
        const artifact = { artifactType: sbomTypes[format], file: path, annotations };
        const { digest: made, tag } = await registry.attach(digest, artifact);
        const where = tag === null ? 'listed by the registry' : `listed under the tag ${tag}`;
        log.info(`SBOM (${format}, ${platform}) attached: ${shortDigest(made)}, ${where}`);
      }
    }),
  );
}

/**
 * The SBOMs that an earlier run has attached, as files for later steps.
 * @returns null when one that is asked for is not there
 */
export async function attachedSboms(
  { sbom }: Inputs,
  { digest, platforms }: ImageFacts,
  { registry, work, results, outputs, watch, log }: Collaborators,
): Promise<readonly SbomFile[] | null> {
  if (sbom === 'none') return [];
  const there = await watch.time('look for SBOM', () => registry.referrers(digest));
  const found = platforms.map(({ platform }) => ({
    platform,
    referrer: attachedSbom(there, sbom, platform),
  }));
  const files: SbomFile[] = [];
  for (const [place, { platform, referrer }] of found.entries()) {
    if (referrer === undefined) return null;
    const folder = await (await work()).part(`sbom-${String(place)}`);
    const file = await registry.artifact(referrer.digest, folder);
    const path = await results.keep(file, sbomName({ format: sbom, platform }));
    files.push({ format: sbom, platform, path });
  }
  await tellSboms(files, { outputs, log });
  return files;
}

/** What goes wrong after the push leaves an image behind: that is said, and what to do about it. */
export async function unfinished<T>(what: string, attempt: () => Promise<T>, byHand = ''): Promise<T> {
  try {
    return await attempt();
  } catch (error) {
    if (!(error instanceof RemedyError)) throw error;
    throw new VerificationError(
      `${what}: ${messageOf(error)}`,
      `${error.remedy} Then run the step again: the image is not built again. ${byHand}`.trimEnd(),
      { cause: error },
    );
  }
}

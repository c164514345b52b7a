import type { ImageFacts } from '../../domain/image/facts.ts';
import { sbomName } from '../../domain/image/sbom.ts';
import type { SbomFile } from '../../domain/image/sbom.ts';
import type { OciImage } from '../../image/ociLayout.ts';
import { sbomDigest } from '../../image/sboms.ts';
import { PreconditionError } from '../../runtime/errors.ts';
import type { OpenScanner } from '../../tools/openScanner.ts';
import type { Inputs } from './inputs.ts';
import type { Collaborators } from './run.ts';

const formats = { spdx: 'spdx-json', cyclonedx: 'cyclonedx' } as const;

/**
 * What is in the image, as files for later steps, one for each platform.
 * @throws ToolError, PreconditionError: who asks for an SBOM gets no image pushed without one
 */
export async function writeSboms(
  { sbom }: Inputs,
  image: OciImage,
  { platforms }: ImageFacts,
  opened: Pick<OpenScanner, 'sboms'>,
  { results, outputs, watch, signal, log }: Collaborators,
): Promise<readonly SbomFile[]> {
  if (sbom === 'none') return [];
  const made = await watch.time('SBOM', () => opened.sboms(image, signal));
  const wanted = made.filter(({ format }) => format === formats[sbom]);
  if (wanted.length !== platforms.length) {
    throw new PreconditionError(
      wanted.length === 0
        ? `no SBOM in the format ${sbom} was made of the image`
        : `${String(wanted.length)} SBOMs were made of an image for ${String(platforms.length)} platforms`,
      'Take the other scanner, or leave out the input sbom. Nothing was pushed.',
    );
  }
  const files = await Promise.all(
    platforms.map(async ({ platform }, place): Promise<SbomFile> => {
      const name = sbomName({ format: sbom, platform });
      return { format: sbom, platform, path: await results.keep(wanted[place]?.path ?? '', name) };
    }),
  );
  await tellSboms(files, { outputs, log });
  return files;
}

/** The outputs: where they are, and which they are, for a later job that pushes. */
export async function tellSboms(
  files: readonly SbomFile[],
  { outputs, log }: Pick<Collaborators, 'outputs' | 'log'>,
): Promise<void> {
  for (const { format, path } of files) log.info(`SBOM (${format}): ${path}`);
  outputs.set('sbom', files.map(({ path }) => path).join('\n'));
  outputs.set('sbom-digest', (await Promise.all(files.map(({ path }) => sbomDigest(path)))).join('\n'));
}

import type { OciImage } from '../../image/ociLayout.ts';
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
  opened: Pick<OpenScanner, 'sboms'>,
  { results, outputs, watch, signal, log }: Collaborators,
): Promise<void> {
  if (sbom === 'none') return;
  const made = await watch.time('SBOM', () => opened.sboms(image, signal));
  const wanted = made.filter(({ format }) => format === formats[sbom]);
  if (wanted.length === 0) {
    throw new PreconditionError(
      `no SBOM in the format ${sbom} was made of the image`,
      'Take the other scanner, or leave out the input sbom. Nothing was pushed.',
    );
  }
  const files = await Promise.all(wanted.map(({ path }) => results.keep(path)));
  for (const file of files) log.info(`SBOM (${sbom}): ${file}`);
  outputs.set('sbom', files.join('\n'));
}

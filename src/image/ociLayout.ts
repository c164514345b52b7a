import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseDescriptor } from '../domain/image/manifest.ts';
import { isObject, objectsAt } from '../domain/json.ts';
import { PreconditionError } from '../runtime/errors.ts';

/**
 * An image in an OCI layout folder on this machine, as it was built: what is scanned, and what is pushed. Source: OCI
 * image-spec 1.1, "Image Layout Specification".
 */
export interface OciImage {
  /** The folder that holds `oci-layout`, `index.json` and `blobs/`. */
  readonly layout: string;
  /** Of the manifest, or of the index of several platforms, that index.json names: `sha256:…`. */
  readonly digest: string;
}

/** Where a blob of the layout lies. */
export const blobPath = ({ layout }: Pick<OciImage, 'layout'>, digest: string): string =>
  join(layout, 'blobs', ...digest.split(':'));

/**
 * The one image of a layout.
 * @throws PreconditionError when the folder is no layout, or names none or several
 */
export async function openLayout(layout: string): Promise<OciImage> {
  const index: unknown = await readFile(join(layout, 'index.json'), 'utf8')
    .then((text) => JSON.parse(text) as unknown)
    .catch((error: unknown) => {
      throw broken(layout, `its index.json cannot be read (${String(error)})`);
    });
  const named = isObject(index) ? objectsAt(index, 'manifests').map(([, item]) => parseDescriptor(item)) : [];
  const [only] = named;
  if (named.length !== 1 || only === undefined) {
    throw broken(layout, `its index.json names ${String(named.length)} images that can be read, not one`);
  }
  return { layout, digest: only.digest };
}

const broken = (layout: string, why: string): PreconditionError =>
  new PreconditionError(
    `the image in ${layout} is no OCI layout of one image: ${why}`,
    'Run the step again: the layout is built anew. Nothing was pushed.',
  );

import type { ImageFacts } from '../domain/image/facts.ts';
import { PreconditionError, VerificationError } from '../runtime/errors.ts';
import { openLayout } from './ociLayout.ts';
import type { OciImage } from './ociLayout.ts';
import { verifyLayout } from './verifyLayout.ts';

/**
 * The image in a layout that came from elsewhere, each blob held to its digest.
 * @param digest of the image that was scanned, from somewhere else than the layout
 * @throws VerificationError when the layout names another image; PreconditionError when it is not whole, or is none
 */
export async function openHanded(
  layout: string,
  digest: string,
): Promise<{ readonly image: OciImage; readonly facts: ImageFacts }> {
  try {
    const image = await openLayout(layout);
    if (image.digest !== digest) {
      throw new VerificationError(
        `the layout in ${layout} is of ${image.digest}, and what passed the gate is ${digest}`,
        'Something has changed it on the way from the job that built it. Find out what, before anything is pushed: nothing was.',
      );
    }
    return { image, facts: await verifyLayout(image) };
  } catch (error) {
    if (!(error instanceof PreconditionError)) throw error;
    throw new PreconditionError(
      error.message,
      'Hand on the folder as the output layout names it, whole; an artifact that is gone comes back when all jobs are run again. Nothing was pushed.',
      { cause: error },
    );
  }
}

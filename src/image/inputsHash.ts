import { createHash } from 'node:crypto';

/**
 * What an image was asked to be, as a digest: a label of the image, by which a later step knows that it is there. Two
 * requests have the same one exactly when their JSON is the same.
 */
export const inputsHash = (request: object): string =>
  `sha256:${createHash('sha256').update(JSON.stringify(request)).digest('hex')}`;

import { isObject, numberAt, objectsAt, textAt, textsAt } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { mediaTypes } from './manifest.ts';
import { isDigest } from './reference.ts';

/** Something that was attached to an image: a list of what is in it, a signature. */
export interface Referrer {
  /** Of its own manifest. */
  readonly digest: string;
  /** What it is: `application/spdx+json`. Empty when it does not say. */
  readonly artifactType: string;
  readonly annotations: Readonly<Record<string, string>>;
}

/** A blob, or a manifest, by its content. */
export interface Content {
  readonly mediaType: string;
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
}

/** An artifact has no configuration: `{}` stands there. Source: OCI image-spec 1.1, "Guidance for an Empty Descriptor". */
export const emptyConfig: Content & { readonly text: string } = {
  text: '{}',
  mediaType: 'application/vnd.oci.empty.v1+json',
  digest: 'sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a',
  size: 2,
};

/**
 * The manifest of an artifact that points to an image. The same file on the same image gives the same manifest, so
 * that attaching it twice changes nothing. Source: OCI image-spec 1.1, "Guidelines for Artifact Usage".
 */
export const artifactManifest = (
  subject: Content,
  artifactType: string,
  blob: Content,
  annotations: Readonly<Record<string, string>>,
): JsonObject => ({
  schemaVersion: 2,
  mediaType: mediaTypes.manifest,
  artifactType,
  config: { mediaType: emptyConfig.mediaType, digest: emptyConfig.digest, size: emptyConfig.size },
  layers: [{ mediaType: blob.mediaType, digest: blob.digest, size: blob.size, annotations }],
  subject: { mediaType: subject.mediaType, digest: subject.digest, size: subject.size },
  annotations,
});

/** Where the list is in a registry that keeps none itself. Source: OCI distribution-spec 1.1, "Referrers Tag Schema". */
export const referrersTag = (digest: string): string => digest.replace(':', '-');

/** What a list of referrers holds: the answer of the API, or the index under the tag. undefined: it is no list. */
export function referrersIn(index: unknown): readonly Referrer[] | undefined {
  if (!isObject(index) || !Array.isArray(index['manifests'])) return undefined;
  return objectsAt(index, 'manifests').flatMap(([, item]) => {
    const digest = textAt(item, 'digest');
    if (digest === null || !isDigest(digest) || numberAt(item, 'size') === null) return [];
    const artifactType = textAt(item, 'artifactType') ?? '';
    return [{ digest, artifactType, annotations: textsAt(item, 'annotations') }];
  });
}

/** The list with one more in it; what others have put there stays as it is. */
export const withReferrer = (
  index: unknown,
  manifest: Content,
  { artifactType, annotations }: Omit<Referrer, 'digest'>,
): JsonObject => ({
  ...(isObject(index) ? index : { schemaVersion: 2, mediaType: mediaTypes.index }),
  manifests: [
    ...(isObject(index) ? objectsAt(index, 'manifests').map(([, item]) => item) : []),
    { ...manifest, artifactType, annotations },
  ],
});

import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import type { OciImage } from '../image/ociLayout.ts';
import { PreconditionError } from '../runtime/errors.ts';

/** One platform's image in a layout of its own, with nothing beside it that a scanner could take by mistake. */
export interface ScanView {
  readonly layout: string;
  /** Of its manifest. */
  readonly digest: string;
  /** Of its configuration: what Trivy and Docker call the image's id. */
  readonly configDigest: string;
  /** `linux/amd64`; empty when the image does not say. */
  readonly platform: string;
}

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const descriptor = z.object({
  mediaType: z.string().default('application/vnd.oci.image.manifest.v1+json'),
  digest,
  size: z.number(),
  platform: z.object({ os: z.string(), architecture: z.string(), variant: z.string().optional() }).optional(),
  annotations: z.record(z.string(), z.string()).optional(),
});
const document = z.object({
  manifests: z.array(descriptor).optional(),
  config: descriptor.optional(),
});
type Descriptor = z.infer<typeof descriptor>;

/**
 * Scanners take the first manifest of a layout, or refuse when there are several; of an image for two platforms, or
 * with attestations beside it, they see a part. So each platform's image is shown by itself: an index of one entry,
 * and the blobs by a link. Attestations are no images and are left out.
 * @param folder where the views are made; removed by the caller
 * @throws PreconditionError when the layout does not hold what its digest says
 */
export function openScanViews(image: OciImage, folder: string): readonly ScanView[] {
  const images = imagesIn(image.layout, image.digest, undefined);
  if (images.length === 0) {
    throw new PreconditionError(
      `the OCI layout ${image.layout} holds no image under ${image.digest}, only attestations`,
      'Build at least one platform.',
    );
  }
  return images.map((entry) => {
    const layout = mkdtempSync(join(resolve(folder), 'image-'));
    writeFileSync(join(layout, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
    writeFileSync(
      join(layout, 'index.json'),
      JSON.stringify({
        schemaVersion: 2,
        mediaType: 'application/vnd.oci.image.index.v1+json',
        manifests: [{ mediaType: entry.mediaType, digest: entry.digest, size: entry.size }],
      }),
    );
    symlinkSync(resolve(image.layout, 'blobs'), join(layout, 'blobs'));
    return { layout, digest: entry.digest, configDigest: entry.configDigest, platform: entry.platform };
  });
}

interface Entry {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly configDigest: string;
  readonly platform: string;
}

function imagesIn(layout: string, wanted: string, known: Descriptor | undefined): readonly Entry[] {
  const { text, content } = readDocument(layout, wanted);
  if (content.manifests !== undefined) {
    return content.manifests.filter(isImage).flatMap((one) => imagesIn(layout, one.digest, one));
  }
  if (content.config === undefined) throw broken(layout, wanted, 'it is neither an image nor an index');
  const { os, architecture, variant } = known?.platform ?? {};
  const mediaType = z.object({ mediaType: z.string() }).safeParse(JSON.parse(text.toString('utf8')));
  return [
    {
      mediaType: mediaType.data?.mediaType ?? 'application/vnd.oci.image.manifest.v1+json',
      digest: wanted,
      size: text.length,
      configDigest: content.config.digest,
      platform: [os, architecture, variant].filter((part) => part !== undefined).join('/'),
    },
  ];
}

/** BuildKit keeps attestations in the index, as entries for a platform that there is not. */
const isImage = ({ annotations, platform }: Descriptor): boolean =>
  annotations?.['vnd.docker.reference.type'] !== 'attestation-manifest' && platform?.os !== 'unknown';

function readDocument(
  layout: string,
  wanted: string,
): { readonly text: Buffer; readonly content: z.infer<typeof document> } {
  const hex = wanted.replace('sha256:', '');
  let text: Buffer;
  try {
    text = readFileSync(join(layout, 'blobs', 'sha256', hex));
  } catch (error) {
    throw broken(layout, wanted, 'it is not there', error);
  }
  const is = createHash('sha256').update(text).digest('hex');
  if (is !== hex) throw broken(layout, wanted, `what is there has the digest sha256:${is}`);
  try {
    return { text, content: document.parse(JSON.parse(text.toString('utf8'))) };
  } catch (error) {
    throw broken(layout, wanted, 'it is no manifest', error);
  }
}

const broken = (layout: string, wanted: string, why: string, cause?: unknown): PreconditionError =>
  new PreconditionError(
    `the OCI layout ${layout} does not hold ${wanted}: ${why}`,
    'Build the image again: what is scanned has to be what is pushed, byte for byte.',
    { cause },
  );

import { readFile, stat } from 'node:fs/promises';
import { parseManifest } from '../domain/image/manifest.ts';
import type { Descriptor } from '../domain/image/manifest.ts';
import { isForeign, manifestTypeOf } from '../domain/image/mediaType.ts';
import { isObject } from '../domain/json.ts';
import { blobPath } from '../image/ociLayout.ts';
import type { OciImage } from '../image/ociLayout.ts';
import { PreconditionError } from '../runtime/errors.ts';
import { sha256 } from './manifests.ts';

export interface LocalManifest {
  readonly digest: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export interface LocalBlob {
  readonly digest: string;
  readonly size: number;
  readonly file: string;
  /** Repositories that are said to have it: `containerd.io/distribution.source.<registry>`. */
  readonly annotations: Readonly<Record<string, string>>;
}

/** Everything that an image consists of. */
export interface LocalImage {
  /** What is pointed to comes before what points to it: the image's own is the last. */
  readonly manifests: readonly LocalManifest[];
  /** Each once. */
  readonly blobs: readonly LocalBlob[];
}

/** @throws PreconditionError when something is missing in the layout, or is not what its digest says */
export async function readLocalImage(image: OciImage): Promise<LocalImage> {
  const manifests = new Map<string, LocalManifest>();
  const blobs = new Map<string, LocalBlob>();

  const addBlob = async (blob: Descriptor): Promise<void> => {
    if (blobs.has(blob.digest)) return;
    const file = blobPath(image, blob.digest);
    const size = await stat(file).then(
      (found) => found.size,
      () => null,
    );
    if (size === null && isForeign(blob)) return;
    if (size !== blob.size) {
      const is = size === null ? 'is missing' : `has ${String(size)} bytes, not ${String(blob.size)}`;
      throw damaged(image, `the blob ${blob.digest} ${is}`);
    }
    const { digest, annotations } = blob;
    blobs.set(digest, { digest, size, file, annotations });
  };

  const addManifest = async (digest: string): Promise<void> => {
    if (manifests.has(digest)) return;
    const bytes = new Uint8Array(
      await readFile(blobPath(image, digest)).catch(() => {
        throw damaged(image, `the manifest ${digest} is missing`);
      }),
    );
    if (sha256(bytes) !== digest)
      throw damaged(image, `the manifest ${digest} has the digest ${sha256(bytes)}`);
    const content = parsed(bytes);
    const manifest = parseManifest(content);
    if (!isObject(content) || manifest === undefined) {
      throw damaged(image, `${digest} is neither a manifest nor an index`);
    }
    if (manifest.kind === 'index') for (const child of manifest.manifests) await addManifest(child.digest);
    else for (const blob of [...manifest.layers, manifest.config]) await addBlob(blob);
    manifests.set(digest, { digest, mediaType: manifestTypeOf(content), bytes });
  };

  await addManifest(image.digest);
  return { manifests: [...manifests.values()], blobs: [...blobs.values()] };
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8')) as unknown;
  } catch {
    return null;
  }
}

const damaged = ({ layout }: OciImage, what: string): PreconditionError =>
  new PreconditionError(
    `the image in ${layout} is damaged: ${what}`,
    'Build it again, and see that the disk is not full. No tag was written.',
  );

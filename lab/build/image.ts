import { createHash } from 'node:crypto';
import { tarArchive, type TarEntry } from './tar.ts';

/** What an image of one layer holds and how its program starts. */
export interface ImageSpec {
  readonly files: readonly TarEntry[];
  readonly entrypoint: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Numeric `uid:gid`. */
  readonly user?: string;
  readonly ports?: readonly number[];
}

export interface Blob {
  readonly mediaType: string;
  readonly digest: string;
  readonly content: Buffer;
}

/** An OCI image (image-spec v1.0): its blobs, by digest. */
export interface Image {
  readonly manifest: Blob;
  readonly config: Blob;
  readonly layer: Blob;
}

function blob(mediaType: string, content: Buffer): Blob {
  return { mediaType, content, digest: `sha256:${createHash('sha256').update(content).digest('hex')}` };
}

const descriptor = ({ mediaType, digest, content }: Blob): object => ({
  mediaType,
  digest,
  size: content.length,
});

/** Builds an image FROM scratch. The same spec always has the same digest. */
export function buildImage(spec: ImageSpec): Image {
  const layer = blob('application/vnd.oci.image.layer.v1.tar', tarArchive(spec.files));
  const config = blob(
    'application/vnd.oci.image.config.v1+json',
    Buffer.from(
      JSON.stringify({
        created: '2026-01-01T00:00:00Z',
        architecture: 'amd64',
        os: 'linux',
        config: {
          Entrypoint: spec.entrypoint,
          Env: Object.entries(spec.env ?? {}).map(([name, value]) => `${name}=${value}`),
          ...(spec.user === undefined ? {} : { User: spec.user }),
          ...(spec.ports === undefined
            ? {}
            : { ExposedPorts: Object.fromEntries(spec.ports.map((port) => [`${String(port)}/tcp`, {}])) }),
        },
        rootfs: { type: 'layers', diff_ids: [layer.digest] },
      }),
    ),
  );
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const manifest = blob(
    mediaType,
    Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType,
        config: descriptor(config),
        layers: [descriptor(layer)],
      }),
    ),
  );
  return { manifest, config, layer };
}

/** The image as one OCI layout archive, which `ctr images import` files under `reference`. */
export function imageArchive(image: Image, reference: string): Buffer {
  const index = {
    schemaVersion: 2,
    manifests: [
      {
        ...descriptor(image.manifest),
        platform: { os: 'linux', architecture: 'amd64' },
        annotations: { 'io.containerd.image.name': reference },
      },
    ],
  };
  const json = (value: object): Buffer => Buffer.from(JSON.stringify(value));
  return tarArchive([
    { path: 'oci-layout', mode: 0o644, content: json({ imageLayoutVersion: '1.0.0' }) },
    { path: 'index.json', mode: 0o644, content: json(index) },
    { path: 'blobs', mode: 0o755 },
    { path: 'blobs/sha256', mode: 0o755 },
    ...[image.manifest, image.config, image.layer].map(({ digest, content }) => ({
      path: `blobs/${digest.replace(':', '/')}`,
      mode: 0o644,
      content,
    })),
  ]);
}

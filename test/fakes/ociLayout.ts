import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OciImage } from '../../src/image/ociLayout.ts';

/** One platform's image: its configuration, and its layers as archives (tar). */
export interface LayoutImage {
  readonly architecture: string;
  readonly layers: readonly Buffer[];
}

interface Written {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/**
 * Writes an OCI layout as BuildKit does: an index of the platforms, each with an attestation beside it. With one
 * image and no attestation, the manifest alone.
 */
export function writeOciLayout(
  layout: string,
  images: readonly LayoutImage[],
  { attestations = false }: { readonly attestations?: boolean } = {},
): OciImage & { readonly configs: readonly string[]; readonly manifests: readonly string[] } {
  const blobs = join(layout, 'blobs', 'sha256');
  mkdirSync(blobs, { recursive: true });
  const write = (mediaType: string, content: Buffer | object): Written => {
    const bytes = Buffer.isBuffer(content) ? content : Buffer.from(JSON.stringify(content));
    const hex = createHash('sha256').update(bytes).digest('hex');
    writeFileSync(join(blobs, hex), bytes);
    return { mediaType, digest: `sha256:${hex}`, size: bytes.length };
  };
  const kind = (name: string): string => `application/vnd.oci.image.${name}`;

  const written = images.map(({ architecture, layers }) => {
    const config = write(kind('config.v1+json'), {
      architecture,
      os: 'linux',
      config: { User: '65532' },
      rootfs: {
        type: 'layers',
        diff_ids: layers.map((layer) => `sha256:${createHash('sha256').update(layer).digest('hex')}`),
      },
    });
    const manifest = write(kind('manifest.v1+json'), {
      schemaVersion: 2,
      mediaType: kind('manifest.v1+json'),
      config,
      layers: layers.map((layer) => write(kind('layer.v1.tar'), layer)),
    });
    return { config, manifest, platform: { os: 'linux', architecture } };
  });
  const entries = written.flatMap(({ manifest, platform }) => [
    { ...manifest, platform },
    ...(attestations
      ? [
          {
            ...write(kind('manifest.v1+json'), { schemaVersion: 2, config: manifest, layers: [] }),
            platform: { os: 'unknown', architecture: 'unknown' },
            annotations: {
              'vnd.docker.reference.type': 'attestation-manifest',
              'vnd.docker.reference.digest': manifest.digest,
            },
          },
        ]
      : []),
  ]);
  const [only] = written;
  const top =
    entries.length === 1 && only !== undefined
      ? only.manifest
      : write(kind('index.v1+json'), {
          schemaVersion: 2,
          mediaType: kind('index.v1+json'),
          manifests: entries,
        });
  writeFileSync(join(layout, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  writeFileSync(join(layout, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [top] }));
  return {
    layout,
    digest: top.digest,
    configs: written.map(({ config }) => config.digest),
    manifests: written.map(({ manifest }) => manifest.digest),
  };
}

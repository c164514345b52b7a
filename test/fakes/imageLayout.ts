import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OciImage } from '../../src/image/ociLayout.ts';

interface Stored {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

const types = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
} as const;

/** An OCI layout in a temporary folder, of whatever bytes a test wants: registries do not look into layers. */
export class ImageLayout {
  readonly folder = mkdtempSync(join(tmpdir(), 'c4ang-layout-'));

  constructor() {
    mkdirSync(join(this.folder, 'blobs', 'sha256'), { recursive: true });
    writeFileSync(join(this.folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  }

  blob(content: string | Buffer, mediaType: string = types.layer): Stored {
    const bytes = Buffer.from(content);
    const digest = createHash('sha256').update(bytes).digest('hex');
    writeFileSync(join(this.folder, 'blobs', 'sha256', digest), bytes);
    return { mediaType, digest: `sha256:${digest}`, size: bytes.byteLength };
  }

  file(digest: string): string {
    return join(this.folder, 'blobs', ...digest.split(':'));
  }

  /** One platform's image. */
  manifest(
    layers: readonly (Stored & { annotations?: unknown })[],
    architecture = 'amd64',
    labels: unknown = {},
  ): Stored {
    const created = '2026-11-21T00:00:00Z';
    const config = {
      architecture,
      os: 'linux',
      created,
      config: { Labels: labels },
      rootfs: { type: 'layers' },
    };
    return this.blob(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: types.manifest,
        config: this.blob(JSON.stringify(config), types.config),
        layers,
      }),
      types.manifest,
    );
  }

  /** Two platforms, and what buildx says about the first. */
  index(): Stored {
    const amd64 = this.manifest([this.blob('shared'), this.blob('for amd64')], 'amd64');
    const arm64 = this.manifest([this.blob('shared'), this.blob('for arm64')], 'arm64');
    const provenance = this.manifest(
      [this.blob('{"_type":"in-toto"}', 'application/vnd.in-toto+json')],
      'unknown',
    );
    const annotations = {
      'vnd.docker.reference.type': 'attestation-manifest',
      'vnd.docker.reference.digest': amd64.digest,
    };
    return this.blob(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: types.index,
        manifests: [
          { ...amd64, platform: { os: 'linux', architecture: 'amd64' } },
          { ...arm64, platform: { os: 'linux', architecture: 'arm64' } },
          { ...provenance, platform: { os: 'unknown', architecture: 'unknown' }, annotations },
        ],
      }),
      types.index,
    );
  }

  image({ digest }: Stored): OciImage {
    return { layout: this.folder, digest };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

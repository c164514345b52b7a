import { isObject, numberAt, objectAt, objectsAt, textAt, textsAt } from '../json.ts';
import { isDigest } from './reference.ts';

/** Says which blob, and what is in it. Source: OCI image-spec v1.1, descriptor. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
  /** `linux/amd64`, `linux/arm/v7`; null when it does not say. */
  readonly platform: string | null;
  readonly annotations: Readonly<Record<string, string>>;
}

/** One image for one platform. */
export interface Manifest {
  readonly kind: 'manifest';
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}

/** One image for several platforms, attestations beside them. */
export interface Index {
  readonly kind: 'index';
  readonly manifests: readonly Descriptor[];
}

export const mediaTypes = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar',
  gzippedLayer: 'application/vnd.oci.image.layer.v1.tar+gzip',
} as const;

/** undefined when it is none, or its digest is not SHA-256. */
export function parseDescriptor(value: unknown): Descriptor | undefined {
  if (!isObject(value)) return undefined;
  const mediaType = textAt(value, 'mediaType');
  const digest = textAt(value, 'digest');
  const size = numberAt(value, 'size');
  if (mediaType === null || digest === null || !isDigest(digest) || size === null) return undefined;
  return { mediaType, digest, size, platform: platformOf(value), annotations: textsAt(value, 'annotations') };
}

function platformOf(descriptor: Readonly<Record<string, unknown>>): string | null {
  const platform = objectAt(descriptor, 'platform');
  const parts = ['os', 'architecture', 'variant'].map((field) => textAt(platform, field));
  return parts[0] === null || parts[1] === null ? null : parts.filter((part) => part !== null).join('/');
}

/** What a manifest or index holds, Docker's own formats included; undefined when it is neither. */
export function parseManifest(value: unknown): Manifest | Index | undefined {
  if (!isObject(value)) return undefined;
  if (Array.isArray(value['manifests'])) {
    const manifests = objectsAt(value, 'manifests').map(([, item]) => parseDescriptor(item));
    return all(manifests) ? { kind: 'index', manifests } : undefined;
  }
  const config = parseDescriptor(value['config']);
  const layers = objectsAt(value, 'layers').map(([, item]) => parseDescriptor(item));
  return config !== undefined && all(layers) ? { kind: 'manifest', config, layers } : undefined;
}

const all = <T>(values: readonly (T | undefined)[]): values is readonly T[] =>
  values.every((value) => value !== undefined);

/** BuildKit files its attestations as manifests for no platform. Source: BuildKit, attestation storage. */
export const isAttestation = ({ platform, annotations }: Descriptor): boolean =>
  annotations['vnd.docker.reference.type'] === 'attestation-manifest' || platform === 'unknown/unknown';

import { isObject, objectAt, textAt, textsAt } from '../json.ts';
import type { PlatformFacts } from './facts.ts';
import type { Descriptor } from './manifest.ts';

/**
 * What an image's config tells of it. Source: OCI image-spec 1.1, "Image Configuration".
 * @param config parsed JSON of the config blob
 * @param platform as the index has it; null: as the config has it
 */
export function platformFacts(
  digest: string,
  layers: readonly Descriptor[],
  config: unknown,
  platform: string | null,
): PlatformFacts {
  const read = isObject(config) ? config : {};
  const parts = ['os', 'architecture', 'variant'].map((field) => textAt(read, field) ?? '');
  return {
    platform: platform ?? parts.filter((part) => part !== '').join('/'),
    digest,
    created: textAt(read, 'created'),
    labels: textsAt(objectAt(read, 'config'), 'Labels'),
    layers: layers.map((layer) => ({ digest: layer.digest, mediaType: layer.mediaType, size: layer.size })),
  };
}

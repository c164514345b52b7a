import { textAt } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { mediaTypes } from './manifest.ts';
import type { Descriptor } from './manifest.ts';

/** For the header Accept: without it a registry answers in a format that nobody writes any more. */
export const manifestTypes: readonly string[] = [
  mediaTypes.index,
  'application/vnd.docker.distribution.manifest.list.v2+json',
  mediaTypes.manifest,
  'application/vnd.docker.distribution.manifest.v2+json',
];

/** As what a manifest is stored. The field is optional in OCI's own formats, which then are what they look like. */
export const manifestTypeOf = (manifest: JsonObject): string =>
  textAt(manifest, 'mediaType') ??
  (Array.isArray(manifest['manifests']) ? mediaTypes.index : mediaTypes.manifest);

/** A layer that may not be given away: its place is elsewhere, and a registry has it or not. */
export const isForeign = ({ mediaType }: Descriptor): boolean =>
  /nondistributable|\.foreign\./.test(mediaType);

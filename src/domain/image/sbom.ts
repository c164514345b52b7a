import { isObject, textAt } from '../json.ts';
import type { Referrer } from './referrers.ts';

export type SbomFormat = 'spdx' | 'cyclonedx';

/** As IANA knows them, and as Trivy, ORAS and others look for SBOMs that are attached to an image. */
export const sbomTypes: Readonly<Record<SbomFormat, string>> = {
  spdx: 'application/spdx+json',
  cyclonedx: 'application/vnd.cyclonedx+json',
};

/** For which platform an attached SBOM is: an image of several platforms has as many. */
export const platformAnnotation = 'io.github.c4ang.platform';

/** The list of what is in an image, for one platform. */
export interface SbomFile {
  readonly format: SbomFormat;
  /** `linux/amd64`. */
  readonly platform: string;
  readonly path: string;
}

/** Which of the two a document is; null: neither. */
export function sbomFormatOf(document: unknown): SbomFormat | null {
  if (!isObject(document)) return null;
  if (textAt(document, 'spdxVersion') !== null) return 'spdx';
  return textAt(document, 'bomFormat') === 'CycloneDX' ? 'cyclonedx' : null;
}

/** The SBOM that is attached for a platform already; undefined: none. */
export const attachedSbom = (
  referrers: readonly Referrer[],
  format: SbomFormat,
  platform: string,
): Referrer | undefined =>
  referrers.find(
    ({ artifactType, annotations }) =>
      artifactType === sbomTypes[format] && annotations[platformAnnotation] === platform,
  );

/** `sbom-linux-amd64.spdx.json`. */
export const sbomName = ({ format, platform }: Pick<SbomFile, 'format' | 'platform'>): string =>
  `sbom-${platform.replaceAll('/', '-')}.${format === 'spdx' ? 'spdx' : 'cdx'}.json`;

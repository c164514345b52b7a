import { join, resolve } from 'node:path';
import { z } from 'zod';
import type { OciImage } from '../image/ociLayout.ts';
import type { Exec } from './exec.ts';
import { fileOrEmpty, parsedReport, scanFailed } from './scanned.ts';
import type { ScanPlace } from './scanner.ts';
import { openScanViews } from './scanView.ts';

/** What is in an image, for one platform. */
export interface Sbom {
  readonly format: 'spdx-json' | 'cyclonedx';
  readonly path: string;
}

/** CycloneDX 1.6: what is newer, Grype does not read. */
export const syftArgv = (layout: string, spdx: string, cyclonedx: string): readonly string[] => [
  'scan',
  `oci-dir:${layout}`,
  '--output',
  `spdx-json=${spdx}`,
  '--output',
  `cyclonedx-json@1.6=${cyclonedx}`,
  '--quiet',
];

const spdxDocument = z.object({ spdxVersion: z.string(), packages: z.array(z.unknown()) });
const cyclonedxDocument = z.object({ bomFormat: z.literal('CycloneDX'), specVersion: z.string() });

/** One of each format for each platform. */
export async function syftSboms(
  exec: Exec,
  program: string,
  image: OciImage,
  { folder, timeoutMs }: Pick<ScanPlace, 'folder' | 'timeoutMs'>,
  signal?: AbortSignal,
): Promise<readonly Sbom[]> {
  const sboms: Sbom[] = [];
  for (const [place, { layout }] of openScanViews(image, folder).entries()) {
    const [spdx = '', cyclonedx = ''] = ['spdx-json', 'cyclonedx'].map((format) =>
      join(resolve(folder), `sbom-${String(place)}.${format}.json`),
    );
    const argv = [program, ...syftArgv(layout, spdx, cyclonedx)];
    const result = await exec.run(argv, {
      timeoutMs,
      env: { SYFT_CHECK_FOR_APP_UPDATE: 'false' },
      ...(signal === undefined ? {} : { signal }),
    });
    if (result.exitCode !== 0) throw scanFailed(argv, result);
    parsedReport(spdxDocument, fileOrEmpty(spdx), argv, result);
    parsedReport(cyclonedxDocument, fileOrEmpty(cyclonedx), argv, result);
    sboms.push({ format: 'spdx-json', path: spdx }, { format: 'cyclonedx', path: cyclonedx });
  }
  return sboms;
}

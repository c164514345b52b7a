import type { ScanReport } from '../domain/scan/report.ts';
import type { OciImage } from '../image/ociLayout.ts';

/** Looks for what is wrong in an image that lies in an OCI layout. Once; everything else is derived from it. */
export interface Scanner {
  readonly name: 'trivy' | 'grype';
  /**
   * All platforms of the image in one report.
   * @throws ToolError when the scanner could not run or what it said is no report: the gate stays closed
   */
  scan(image: OciImage, signal?: AbortSignal): Promise<ScanReport>;
}

export interface ScanPlace {
  /** A folder of this scan's own, which the caller removes: the scanner's own report stays there until then. */
  readonly folder: string;
  /** For the scanner's vulnerability database; kept between runs. */
  readonly cacheFolder: string;
  readonly timeoutMs: number;
}

/** The report of an image for several platforms: what is found in two of them is there once. */
export function mergePlatforms(reports: readonly [ScanReport, ...ScanReport[]]): ScanReport {
  const [first] = reports;
  const seen = new Map<string, ScanReport['findings'][number]>();
  for (const { findings } of reports) {
    const copies = new Map<string, number>();
    for (const finding of findings) {
      // Two copies within one platform are two findings; the same one in another platform is not.
      const same = JSON.stringify(finding);
      const copy = (copies.get(same) ?? 0) + 1;
      copies.set(same, copy);
      seen.set(`${same}#${String(copy)}`, finding);
    }
  }
  return { ...first, findings: [...seen.values()] };
}

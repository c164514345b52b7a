import type { ScanReport } from '../domain/scan/report.ts';
import type { OciImage } from '../image/ociLayout.ts';

/** Looks for what is wrong in an image that lies in an OCI layout. Once; everything else is derived from it. */
export interface Scanner {
  readonly name: 'trivy' | 'grype';
  /**
   * @throws ToolError when the scanner could not run or what it said is no report: the gate stays closed
   */
  scan(image: OciImage, signal?: AbortSignal): Promise<ScanReport>;
}

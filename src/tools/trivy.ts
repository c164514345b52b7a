import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ScanReport } from '../domain/scan/report.ts';
import type { Exec } from './exec.ts';
import { fileOrEmpty, parsedReport, scanFailed } from './scanned.ts';
import { mergePlatforms } from './scanner.ts';
import type { Scanner, ScanPlace } from './scanner.ts';
import { openScanViews } from './scanView.ts';
import type { ScanView } from './scanView.ts';
import type { Sbom } from './syft.ts';
import { foundExitCode, trivyConvertArgv, trivyScanArgv, trivyVersionArgv } from './trivyArgv.ts';
import { trivyFindings, trivyOs, trivyReport, trivyVersion } from './trivyReport.ts';

export interface TrivyOptions extends ScanPlace {
  readonly databases: readonly string[];
  readonly javaDatabases: readonly string[];
}

const shortMs = 30_000;
/** Trivy ends by itself at its own deadline and says why; ours is for a Trivy that does not. */
const marginMs = 15_000;

/** Where Trivy's own report of a platform is, from which its SBOM is made. Absolute: Trivy runs elsewhere. */
const reportFile = (folder: string, place: number): string =>
  join(resolve(folder), `trivy-${String(place)}.json`);

/** @param program its path: the one that was looked up and checked */
export function trivyScanner(exec: Exec, program: string, options: TrivyOptions): Scanner {
  const { folder, timeoutMs, databases, javaDatabases } = options;
  const cacheFolder = resolve(options.cacheFolder);

  const scanOne = async (view: ScanView, place: number, signal?: AbortSignal): Promise<ScanReport> => {
    const output = reportFile(folder, place);
    const scan = { layout: view.layout, output, cacheFolder, timeoutMs, databases, javaDatabases };
    const argv = [program, ...trivyScanArgv(scan)];
    const result = await exec.run(argv, {
      timeoutMs: timeoutMs + marginMs,
      ...(signal === undefined ? {} : { signal }),
    });
    if (result.exitCode !== 0 && result.exitCode !== foundExitCode) throw scanFailed(argv, result);
    const report = parsedReport(trivyReport, fileOrEmpty(output), argv, result);
    const findings = trivyFindings(report);
    if (result.exitCode === foundExitCode && findings.length === 0) {
      throw scanFailed(
        argv,
        result,
        'it says by its exit code that it found something, and its report is empty',
      );
    }
    if (report.Metadata.ImageID !== view.configDigest) {
      throw scanFailed(
        argv,
        result,
        `it scanned the image ${report.Metadata.ImageID}, not ${view.configDigest} of ${view.digest}`,
      );
    }
    const os = trivyOs(report);
    return {
      scanner: 'trivy',
      scannerVersion: '',
      database: {},
      ...(os === undefined ? {} : { os }),
      findings,
    };
  };

  return {
    name: 'trivy',
    async scan(image, signal) {
      const [first, ...others] = openScanViews(image, folder);
      if (first === undefined) throw new Error('a layout without images was opened');
      const reports: [ScanReport, ...ScanReport[]] = [await scanOne(first, 0, signal)];
      for (const [place, view] of others.entries()) reports.push(await scanOne(view, place + 1, signal));

      // After the scan: it is what loads the database.
      const argv = [program, ...trivyVersionArgv(cacheFolder)];
      const result = await exec.run(argv, { timeoutMs: shortMs });
      if (result.exitCode !== 0) throw scanFailed(argv, result);
      const { Version, VulnerabilityDB } = parsedReport(trivyVersion, result.stdout, argv, result);
      return {
        ...mergePlatforms(reports),
        scannerVersion: Version,
        database: VulnerabilityDB === undefined ? {} : { built: VulnerabilityDB.UpdatedAt },
      };
    },
  };
}

/** The SBOMs of the scan that was made in this folder, one of each format for each platform. Scans nothing again. */
export async function trivySboms(
  exec: Exec,
  program: string,
  { folder, timeoutMs }: Pick<ScanPlace, 'folder' | 'timeoutMs'>,
): Promise<readonly Sbom[]> {
  const sboms: Sbom[] = [];
  for (let place = 0; existsSync(reportFile(folder, place)); place += 1) {
    for (const format of ['spdx-json', 'cyclonedx'] as const) {
      const path = join(resolve(folder), `sbom-${String(place)}.${format}.json`);
      const argv = [program, ...trivyConvertArgv(reportFile(folder, place), format, path)];
      const result = await exec.run(argv, { timeoutMs });
      if (result.exitCode !== 0) throw scanFailed(argv, result);
      sboms.push({ format, path });
    }
  }
  return sboms;
}

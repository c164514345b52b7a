import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import type { ScanFinding, ScanReport, Severity } from '../domain/scan/report.ts';
import type { Exec } from './exec.ts';
import { firstLine, parsedReport, scanFailed } from './scanned.ts';
import { mergePlatforms } from './scanner.ts';
import type { Scanner, ScanPlace } from './scanner.ts';
import { openScanViews } from './scanView.ts';
import type { ScanView } from './scanView.ts';

export interface GrypeOptions extends ScanPlace {
  /** Where the list of databases is; Anchore's own when null. */
  readonly databaseUrl: string | null;
  /** Loads the newest database first; without, the one in the cache is taken as it is. */
  readonly updateDatabase: boolean;
}

/** The age of the database is for the gate to judge; Grype's own check would only say that there is no report. */
const grypeEnv = ({
  cacheFolder,
  databaseUrl,
  updateDatabase,
}: GrypeOptions): Readonly<Record<string, string>> => ({
  GRYPE_DB_CACHE_DIR: resolve(cacheFolder),
  GRYPE_DB_AUTO_UPDATE: String(updateDatabase),
  GRYPE_DB_REQUIRE_UPDATE_CHECK: String(updateDatabase),
  GRYPE_DB_VALIDATE_AGE: 'false',
  GRYPE_CHECK_FOR_APP_UPDATE: 'false',
  ...(databaseUrl === null ? {} : { GRYPE_DB_UPDATE_URL: databaseUrl }),
});

export const grypeArgv = (layout: string): readonly string[] => [`oci-dir:${layout}`, '--output', 'json'];

/** Source: Grype's Go types `grype/presenter/models`. */
const grypeReport = z.object({
  matches: z.array(
    z.object({
      vulnerability: z.object({
        id: z.string().min(1),
        dataSource: z.string().optional(),
        severity: z.enum(['Unknown', 'Negligible', 'Low', 'Medium', 'High', 'Critical']).default('Unknown'),
        description: z.string().optional(),
        fix: z.object({ versions: z.array(z.string()), state: z.string() }),
      }),
      artifact: z.object({
        name: z.string().min(1),
        version: z.string(),
        // null where there are none.
        locations: z.array(z.object({ path: z.string() })).nullish(),
      }),
    }),
  ),
  source: z.object({ type: z.literal('image'), target: z.object({ manifestDigest: z.string() }) }),
  distro: z.object({ name: z.string(), version: z.string() }),
  descriptor: z.object({
    name: z.literal('grype'),
    version: z.string(),
    db: z.object({ status: z.object({ built: z.string().optional() }) }),
  }),
});
type GrypeReport = z.infer<typeof grypeReport>;
type GrypeMatch = GrypeReport['matches'][number];

/** What Debian calls negligible is low: no scanner's word falls off the scale. */
const severities: Readonly<Record<GrypeMatch['vulnerability']['severity'], Severity>> = {
  Unknown: 'unknown',
  Negligible: 'low',
  Low: 'low',
  Medium: 'medium',
  High: 'high',
  Critical: 'critical',
};

const findingOf = ({ vulnerability, artifact }: GrypeMatch): ScanFinding => {
  const { id, severity, fix, description, dataSource } = vulnerability;
  return {
    kind: 'vulnerability',
    id,
    package: artifact.name,
    installed: artifact.version,
    severity: severities[severity],
    target: artifact.locations?.[0]?.path ?? '',
    ...(fix.state === 'fixed' && fix.versions.length > 0 ? { fixed: fix.versions.join(', ') } : {}),
    ...(description === undefined || description === '' ? {} : { title: firstLine(description) }),
    ...(dataSource === undefined || dataSource === '' ? {} : { url: dataSource }),
  };
};

/** Grype looks for vulnerabilities only: for secrets and misconfigurations take Trivy. */
export function grypeScanner(exec: Exec, program: string, options: GrypeOptions): Scanner {
  const { folder, timeoutMs } = options;

  const scanOne = async (view: ScanView, place: number, signal?: AbortSignal): Promise<ScanReport> => {
    const argv = [program, ...grypeArgv(view.layout)];
    const result = await exec.run(argv, {
      timeoutMs,
      env: grypeEnv(options),
      ...(signal === undefined ? {} : { signal }),
    });
    // Without --fail-on, findings are no reason to end with anything but 0.
    if (result.exitCode !== 0) throw scanFailed(argv, result);
    const report = parsedReport(grypeReport, result.stdout, argv, result);
    writeFileSync(join(folder, `grype-${String(place)}.json`), result.stdout);
    const { manifestDigest } = report.source.target;
    if (manifestDigest !== view.digest) {
      throw scanFailed(argv, result, `it scanned the image ${manifestDigest}, not ${view.digest}`);
    }
    const { distro, descriptor, matches } = report;
    const { built } = descriptor.db.status;
    return {
      scanner: 'grype',
      scannerVersion: descriptor.version,
      database: built === undefined ? {} : { built },
      ...(distro.name === '' ? {} : { os: { family: distro.name, version: distro.version } }),
      findings: matches.map(findingOf),
    };
  };

  return {
    name: 'grype',
    async scan(image, signal) {
      const [first, ...others] = openScanViews(image, folder);
      if (first === undefined) throw new Error('a layout without images was opened');
      const reports: [ScanReport, ...ScanReport[]] = [await scanOne(first, 0, signal)];
      for (const [place, view] of others.entries()) reports.push(await scanOne(view, place + 1, signal));
      return mergePlatforms(reports);
    },
  };
}

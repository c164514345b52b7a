type Argv = readonly string[];

export interface TrivyScan {
  /** The layout of one platform's image. */
  readonly layout: string;
  readonly output: string;
  readonly cacheFolder: string;
  /** Registries of the database, the first that answers is taken; Trivy's own when empty. */
  readonly databases: readonly string[];
  readonly javaDatabases: readonly string[];
  readonly timeoutMs: number;
}

/** Trivy ends with this when it has findings; 1 is every kind of failure. */
export const foundExitCode = 10;

/** No switch of these loads code: the checks for misconfigurations are those built in, not a bundle by a moving tag. */
const quietly: Argv = ['--skip-version-check', '--disable-telemetry', '--no-progress', '--skip-check-update'];

const orderOf = (flag: string, repositories: readonly string[]): Argv =>
  repositories.length === 0 ? [] : [flag, repositories.join(',')];

export const trivyScanArgv = (scan: TrivyScan): Argv => [
  'image',
  '--input',
  scan.layout,
  '--scanners',
  'vuln,secret,misconfig',
  '--image-config-scanners',
  'misconfig,secret',
  '--format',
  'json',
  '--list-all-pkgs',
  '--output',
  scan.output,
  '--exit-code',
  String(foundExitCode),
  '--cache-dir',
  scan.cacheFolder,
  '--timeout',
  `${String(Math.ceil(scan.timeoutMs / 1_000))}s`,
  ...orderOf('--db-repository', scan.databases),
  ...orderOf('--java-db-repository', scan.javaDatabases),
  ...quietly,
];

/** The database's date is in no report; `version` reads it from the cache. */
export const trivyVersionArgv = (cacheFolder: string): Argv => [
  'version',
  '--format',
  'json',
  '--cache-dir',
  cacheFolder,
];

export type SbomFormat = 'spdx-json' | 'cyclonedx';

/** From the report there is: nothing is scanned again. */
export const trivyConvertArgv = (report: string, format: SbomFormat, output: string): Argv => [
  'convert',
  '--format',
  format,
  '--output',
  output,
  report,
];

import { resolve } from 'node:path';
import { z } from 'zod';
import type { ScanFinding, ScanReport } from '../domain/scan/report.ts';
import { PreconditionError } from '../runtime/errors.ts';
import type { Exec } from './exec.ts';
import { firstLine, parsedReport, scanFailed } from './scanned.ts';

export interface SnykOptions {
  /** Never in argv. */
  readonly token: string;
  /** Snyk's organization, by id or name; the token's own when null. */
  readonly organization: string | null;
  readonly version: string;
  readonly timeoutMs: number;
}

/** What is ignored is in the allow list, with a day on which it ends, and nowhere else: hence no policies. */
export const snykArgv = (folder: string, organization: string | null): readonly string[] => [
  'test',
  folder,
  '--all-projects',
  '--json',
  '--ignore-policy',
  ...(organization === null ? [] : [`--org=${organization}`]),
];

const vulnerability = z.object({
  id: z.string().min(1),
  title: z.string().optional(),
  severity: z.enum(['low', 'medium', 'high', 'critical']),
  packageName: z.string().optional(),
  moduleName: z.string().optional(),
  version: z.string().default(''),
  fixedIn: z.array(z.string()).default([]),
  type: z.string().optional(),
});
const project = z.object({
  vulnerabilities: z.array(vulnerability),
  displayTargetFile: z.string().optional(),
  projectName: z.string().optional(),
  path: z.string().optional(),
});
/** One object for one project, a list for several. What went wrong is an object with `error`, which is no report. */
const snykReport = z.union([project.transform((one) => [one]), z.array(project).min(1)]);

/**
 * The dependencies of the sources, as Snyk's service knows them today.
 * Exit codes: 0 clean, 1 found, 2 failed, 3 nothing to look at. A Snyk that lacks its own program ends with 0 and says
 * nothing of use: so the report has to be one, too.
 * @throws ToolError, PreconditionError: the gate stays closed
 */
export async function snykTest(
  exec: Exec,
  program: string,
  folder: string,
  { token, organization, version, timeoutMs }: SnykOptions,
  signal?: AbortSignal,
): Promise<ScanReport> {
  const argv = [program, ...snykArgv(resolve(folder), organization)];
  const result = await exec.run(argv, {
    timeoutMs,
    env: { SNYK_TOKEN: token, SNYK_DISABLE_ANALYTICS: '1' },
    ...(signal === undefined ? {} : { signal }),
  });
  if (result.exitCode === 3) {
    throw new PreconditionError(
      `snyk found no project in ${folder} whose dependencies it knows to read`,
      'Point the input snyk-folder at the folder with package.json, pom.xml, go.mod …, or leave out snyk-token.',
    );
  }
  if (result.exitCode !== 0 && result.exitCode !== 1) throw scanFailed(argv, result, errorIn(result.stdout));
  const projects = parsedReport(snykReport, result.stdout, argv, result);
  const findings = projects.flatMap(({ vulnerabilities, displayTargetFile, projectName, path }) =>
    vulnerabilities
      .filter(({ type }) => type !== 'license')
      .map((one) => findingOf(one, displayTargetFile ?? projectName ?? path ?? '')),
  );
  if (result.exitCode === 1 && projects.every(({ vulnerabilities }) => vulnerabilities.length === 0)) {
    throw scanFailed(
      argv,
      result,
      'it says by its exit code that it found something, and its report is empty',
    );
  }
  return {
    scanner: 'snyk',
    scannerVersion: version,
    database: { service: true },
    findings: once(findings),
  };
}

const findingOf = (one: z.infer<typeof vulnerability>, target: string): ScanFinding => ({
  kind: 'vulnerability',
  id: one.id,
  package: one.packageName ?? one.moduleName ?? one.id,
  installed: one.version,
  severity: one.severity,
  target,
  url: `https://security.snyk.io/vuln/${encodeURIComponent(one.id)}`,
  ...(one.fixedIn.length > 0 ? { fixed: one.fixedIn.join(', ') } : {}),
  ...(one.title === undefined ? {} : { title: one.title }),
});

/** Snyk names a vulnerability once for each path that leads to it. */
const once = (findings: readonly ScanFinding[]): readonly ScanFinding[] => [
  ...new Map(findings.map((finding) => [JSON.stringify(finding), finding])).values(),
];

/** With --json, what went wrong is on stdout. */
function errorIn(stdout: string): string {
  try {
    const said = z.object({ error: z.string() }).safeParse(JSON.parse(stdout));
    return said.success ? firstLine(said.data.error).slice(0, 500) : '';
  } catch {
    return '';
  }
}

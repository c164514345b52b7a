/** One scale for all scanners, from what nobody has rated to the worst. */
export const severities = ['unknown', 'low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof severities)[number];

/** What one scan found in one image (or in its dependencies). Everything people see is derived from this. */
export interface ScanReport {
  /** trivy, grype, snyk, ecr … */
  readonly scanner: string;
  readonly scannerVersion: string;
  readonly database: ScanDatabase;
  readonly os?: ScannedOs;
  readonly findings: readonly ScanFinding[];
}

/** What the scanner knew vulnerabilities from. */
export interface ScanDatabase {
  /** ISO 8601. Absent when the scanner does not say, which keeps the gate closed. */
  readonly built?: string;
  /** The answer of a service (Snyk, ECR): its database is the newest there is. */
  readonly service?: true;
}

export interface ScannedOs {
  readonly family: string;
  readonly version: string;
  /** Nobody mends it any more: no findings does not mean no holes. Absent when the scanner does not say. */
  readonly endOfLife?: boolean;
}

export interface ScanFinding {
  readonly kind: 'vulnerability' | 'secret' | 'misconfiguration';
  /** CVE-…, GHSA-…, a rule's id. */
  readonly id: string;
  /** The package, or for secrets and misconfigurations the file. */
  readonly package: string;
  /** Its version in the image; empty where there is none. */
  readonly installed: string;
  /** The version (or versions) without the hole; absent when there is none yet. */
  readonly fixed?: string;
  readonly severity: Severity;
  readonly title?: string;
  readonly url?: string;
  /** Where in the image: a file, or the system's packages. */
  readonly target: string;
  /** In the target, when the scanner says. */
  readonly line?: number;
}

/** Instead of a report: why there is none. Keeps the gate closed. */
export interface NoReport {
  readonly unavailable: string;
}

export const isReport = (scan: ScanReport | NoReport): scan is ScanReport => 'findings' in scan;

const rank = (severity: Severity): number => severities.indexOf(severity);

export const atLeast = (severity: Severity, threshold: Severity): boolean =>
  rank(severity) >= rank(threshold);

/** The worst first; then what can be mended; then by name, so that two runs say the same. */
export const byWeight = (a: ScanFinding, b: ScanFinding): number =>
  rank(b.severity) - rank(a.severity) ||
  Number(b.fixed !== undefined) - Number(a.fixed !== undefined) ||
  compare(a.id, b.id) ||
  compare(a.package, b.package) ||
  compare(a.target, b.target);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

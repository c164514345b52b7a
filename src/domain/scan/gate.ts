import type { Judgement } from '../verdict/verdict.ts';
import { allows, hasExpired, nameOf } from './allowList.ts';
import type { AllowEntry } from './allowList.ts';
import { freshFindings } from './fresh.ts';
import { atLeast, byWeight, isReport } from './report.ts';
import type { NoReport, ScanDatabase, ScanFinding, ScanReport, Severity } from './report.ts';

export interface GateRules {
  /** Findings of this severity and above close the gate. */
  readonly severity: Severity;
  /** Vulnerabilities that nobody has mended yet do not close it. Secrets and misconfigurations always can. */
  readonly ignoreUnfixed: boolean;
  readonly allow: readonly AllowEntry[];
  /** `new`: only what the baseline (the live version's image) does not have. Without a baseline all is new. */
  readonly gate: 'all' | 'new';
  readonly baseline?: ScanReport | NoReport;
  /** A database built longer ago than this is no evidence. */
  readonly maxDatabaseAgeMs: number;
}

/** `pass` opens the gate, nothing else does. `error`: there is no evidence to judge by. */
export interface GateJudgement extends Judgement {
  /** What closes the gate, the worst first. */
  readonly blocking: readonly ScanFinding[];
  /** What the baseline does not have; null without a baseline. */
  readonly fresh: readonly ScanFinding[] | null;
  /** What the allow list takes out, and by which entry. */
  readonly ignored: readonly Ignored[];
  readonly expired: readonly AllowEntry[];
  /** Entries that match nothing: to be removed from the file. */
  readonly unused: readonly AllowEntry[];
}

export interface Ignored {
  readonly finding: ScanFinding;
  readonly entry: AllowEntry;
}

/**
 * Whether the image may be pushed.
 * @param scan one report, or why there is none: then the gate stays closed
 * @param now milliseconds since the epoch
 */
export function judgeScan(scan: ScanReport | NoReport, rules: GateRules, now: number): GateJudgement {
  const expired = rules.allow.filter((entry) => hasExpired(entry, now));
  const nothing = { blocking: [], fresh: null, ignored: [], expired, unused: [] };
  if (!isReport(scan))
    return { verdict: 'error', reason: `there is no report: ${scan.unavailable}`, ...nothing };

  const inForce = rules.allow.filter((entry) => !expired.includes(entry));
  const ignored = scan.findings.flatMap((finding) => {
    const entry = inForce.find((one) => allows(one, finding));
    return entry === undefined ? [] : [{ finding, entry }];
  });
  const baseline = rules.baseline;
  const fresh = baseline !== undefined && isReport(baseline) ? freshFindings(scan, baseline) : null;
  const accepted = new Set(ignored.map(({ finding }) => finding));
  const counted = rules.gate === 'new' && fresh !== null ? fresh : scan.findings;
  const blocking = counted
    .filter((finding) => !accepted.has(finding) && atLeast(finding.severity, rules.severity))
    .filter((finding) => !(rules.ignoreUnfixed && isUnfixed(finding)))
    .toSorted(byWeight);
  const unused = inForce.filter((entry) => !scan.findings.some((finding) => allows(entry, finding)));

  const noEvidence = troubleWith(scan.database, rules.maxDatabaseAgeMs, now);
  return {
    ...(noEvidence === null
      ? judge(blocking, expired, rules, fresh !== null)
      : { verdict: 'error', reason: `${scan.scanner}: ${noEvidence}` }),
    blocking,
    fresh,
    ignored,
    expired,
    unused,
  };
}

const isUnfixed = ({ kind, fixed }: ScanFinding): boolean => kind === 'vulnerability' && fixed === undefined;

const dayMs = 86_400_000;
const days = (ms: number): string => `${(ms / dayMs).toFixed(1)} days`;

/** Why what the scanner knew is no evidence; null when it is. */
function troubleWith({ built, service }: ScanDatabase, maxAgeMs: number, now: number): string | null {
  if (service === true) return null;
  if (built === undefined) return 'it does not say when its database was built';
  const age = now - Date.parse(built);
  if (Number.isNaN(age)) return `its database was built at ${JSON.stringify(built)}, which is no time`;
  // A clock that is a little off is no reason; a database from next week is.
  if (age < -dayMs) return `its database says it was built in the future: ${built}`;
  if (age > maxAgeMs) {
    return `its database is ${days(age)} old (built ${built}); older than ${days(maxAgeMs)} is no evidence`;
  }
  return null;
}

function judge(
  blocking: readonly ScanFinding[],
  expired: readonly AllowEntry[],
  { severity, gate, ignoreUnfixed }: GateRules,
  hasBaseline: boolean,
): Judgement {
  const newOnly = gate === 'new' && hasBaseline ? 'new ' : '';
  const counted = `${newOnly}${ignoreUnfixed ? 'fixable ' : ''}findings of severity ${severity} and above`;
  const reasons = [
    ...(blocking.length > 0
      ? [`${String(blocking.length)} ${counted}, the worst ${blocking.slice(0, 3).map(inShort).join(', ')}`]
      : []),
    ...(expired.length > 0
      ? [
          `allowed no longer: ${expired.map((entry) => `${nameOf(entry)} (until ${entry.expires})`).join(', ')}`,
        ]
      : []),
  ];
  return reasons.length > 0
    ? { verdict: 'fail', reason: reasons.join('; ') }
    : { verdict: 'pass', reason: `no ${counted}` };
}

const inShort = ({ id, package: name, severity }: ScanFinding): string => `${id} in ${name} (${severity})`;

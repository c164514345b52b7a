import type { Judgement } from '../verdict/verdict.ts';
import type { AllowEntry } from './allowList.ts';
import type { NoReport, ScanFinding, ScanReport, Severity } from './report.ts';

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

import { repositoryText } from '../../domain/image/reference.ts';
import { shortDigest } from '../../domain/digest.ts';
import type { AllowEntry } from '../../domain/scan/allowList.ts';
import { judgeScan } from '../../domain/scan/gate.ts';
import type { GateJudgement, GateRules } from '../../domain/scan/gate.ts';
import type { NoReport, ScanReport } from '../../domain/scan/report.ts';
import { sarifOf } from '../../domain/scan/sarif.ts';
import { scanTables } from '../../domain/scan/table.ts';
import { VerificationError } from '../../runtime/errors.ts';
import type { Inputs } from './inputs.ts';
import { remarkOnFiles } from './remarks.ts';
import type { Collaborators } from './run.ts';

export interface Scan {
  readonly found: ScanReport;
  readonly judgement: GateJudgement;
}

export const listed = (scan: Scan | null): readonly Scan[] => (scan === null ? [] : [scan]);

export const rulesOf = (
  inputs: Inputs,
  allow: readonly AllowEntry[],
  baseline: ScanReport | NoReport | null = null,
): GateRules => ({
  severity: inputs.severity,
  ignoreUnfixed: inputs['ignore-unfixed'],
  allow,
  // Without a baseline all is new.
  gate: baseline === null ? 'all' : 'new',
  ...(baseline === null ? {} : { baseline }),
  maxDatabaseAgeMs: inputs['max-database-age'],
});

/** What is judged. */
export interface Candidate {
  readonly digest: string;
  /** It is in the registry already, from a run before this one. */
  readonly isThere: boolean;
}

/**
 * Whether the image may be given out. What the scan found is told either way, so that a step after a closed gate can
 * upload it.
 * @throws VerificationError unless the gate is open
 */
export async function gate(
  found: ScanReport,
  baseline: ScanReport | NoReport | null,
  inputs: Inputs,
  { digest, isThere }: Candidate,
  tools: Pick<
    Collaborators,
    'allow' | 'clock' | 'context' | 'annotations' | 'results' | 'outputs' | 'summary' | 'log'
  >,
): Promise<Scan> {
  const judgement = judgeScan(found, rulesOf(inputs, tools.allow, baseline), tools.clock.now());
  const { verdict, reason, blocking, ignored } = judgement;
  const source = {
    file: tools.context.dockerfileInWorkspace,
    category: repositoryText(inputs.repository),
  };
  const sarif = await tools.results.write(
    'scan.sarif',
    JSON.stringify(sarifOf(found, judgement, source), null, 1),
  );
  tools.outputs.set('sarif', sarif);
  tools.outputs.set('verdict', verdict);
  const counts = `${String(found.findings.length)} findings, ${String(ignored.length)} of them allowed`;
  tools.outputs.set('scan-summary', `${verdict}: ${reason} (${counts})`);
  tools.log.info(
    `${verdict === 'pass' ? '✓' : '✗'} ${found.scanner} ${found.scannerVersion}: ${reason}; ${counts}`,
  );
  if (verdict === 'pass') return { found, judgement };

  tools.summary.heading(`${source.category}: ${isThere ? 'passes no more' : 'not pushed'}`);
  tools.summary.facts([
    [isThere ? 'in the registry' : 'built', digest],
    ['why', reason],
  ]);
  scanSection({ found, judgement }, tools);
  await remarkOnFiles(found, blocking, tools);
  throw new VerificationError(
    isThere
      ? `${shortDigest(digest)} is in the registry from a run before, but does not pass today: ${reason}`
      : `${shortDigest(digest)} was not pushed: ${reason}`,
    verdict === 'error'
      ? 'Without evidence the gate stays closed. See what the scanner said; its database is loaded anew by every run that can reach it.'
      : `Take versions that have the fix${blocking.some(({ fixed }) => fixed === undefined) ? '; ignore-unfixed leaves out what has none' : ''}; or accept a finding, with a reason and a last day, in the file that allow-list names.`,
  );
}

/** What people see of a scan. */
export function scanSection(
  { found, judgement }: Scan,
  { summary, log }: Pick<Collaborators, 'summary' | 'log'>,
): void {
  const { counts, worst, ignored, notes } = scanTables(found, judgement);
  summary.table(counts.header, counts.rows);
  if (worst.rows.length > 0) summary.table(worst.header, worst.rows);
  if (ignored.rows.length > 0) summary.table(ignored.header, ignored.rows);
  for (const note of notes) log.info(note);
}

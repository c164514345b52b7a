import type { ScanFinding } from './report.ts';

/** A finding that somebody has looked at and accepted, until a day. */
export interface AllowEntry {
  readonly id: string;
  /** Only in this package; in all when absent. */
  readonly package?: string;
  readonly reason: string;
  /** `YYYY-MM-DD`, the last day on which it counts (UTC). */
  readonly expires: string;
}

export const allows = (entry: AllowEntry, finding: ScanFinding): boolean =>
  entry.id === finding.id && (entry.package === undefined || entry.package === finding.package);

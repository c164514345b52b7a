import type { Report } from '../domain/report/report.ts';

/** Where people are told of a release. A release never depends on it. */
export interface Channel {
  /** For people: `Slack`. Never its address, which is a secret. */
  readonly title: string;
  /** Within a deadline of its own. Never throws. @returns null when it was delivered, otherwise why not */
  deliver(report: Report): Promise<string | null>;
}

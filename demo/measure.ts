import type { LoadReport } from '../lab/load/report.ts';

/** The instants that cut a release's load into parts, in ms since the epoch. */
export interface ReleaseWindow {
  readonly service: string;
  readonly version: string;
  readonly startedMs: number;
  readonly switchStartedMs: number;
  /**
   * Just before the first new weight was sent. When the API server had accepted it would be too late: the process
   * hears of that after the proxies may have, and whoever they sent to the candidate meanwhile was not early.
   */
  readonly beforeSwitchMs: number;
  readonly switchEndedMs: number;
  readonly endedMs: number;
}

export interface ReleaseLoad {
  readonly requests: number;
  readonly failedRequests: number;
  readonly switchRequests: number;
  readonly switchFailedRequests: number;
  /** Answers by the candidate before any weight moved. */
  readonly reachedEarly: { readonly outside: number; readonly inside: number };
  /** null when nothing failed. */
  readonly firstBadToLastBadMs: number | null;
  /** Failed requests by kind: `500`, `503 UH`. */
  readonly failures: Readonly<Record<string, number>>;
}

/** What the users of one service met during one release. */
export function measureRelease(report: LoadReport, window: ReleaseWindow): ReleaseLoad {
  const { service, version } = window;
  const release = { service, fromMs: window.startedMs, toMs: window.endedMs };
  const early = { service, version, fromMs: window.startedMs, toMs: window.beforeSwitchMs };
  const all = report.count(release);
  const during = report.count({ service, fromMs: window.switchStartedMs, toMs: window.switchEndedMs });
  const bad = report.badSpan(release);
  return {
    requests: all.requests,
    failedRequests: all.failed,
    switchRequests: during.requests,
    switchFailedRequests: during.failed,
    reachedEarly: {
      outside: report.count({ ...early, side: 'outside' }).requests,
      inside: report.count({ ...early, side: 'inside' }).requests,
    },
    firstBadToLastBadMs: bad === null ? null : bad.lastMs - bad.firstMs,
    failures: all.failures,
  };
}

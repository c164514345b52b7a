/** What the load saw of one path and version in one slice of time. Instants are ms since the epoch. */
export interface LoadRow {
  readonly sliceMs: number;
  /** `gateway/<pod>` from outside, `mesh` from inside. */
  readonly path: string;
  readonly service: string;
  /** Empty when no version answered. */
  readonly version: string;
  readonly requests: number;
  /** By kind: status and Envoy's response flags. */
  readonly failures: Readonly<Record<string, number>>;
  readonly firstMs: number;
  readonly firstBadMs: number | null;
  readonly lastBadMs: number | null;
}

/** The instants that cut a release's load into parts. */
export interface ReleaseWindow {
  readonly version: string;
  readonly startedMs: number;
  readonly switchStartedMs: number;
  /** The API server had accepted the first new weight. */
  readonly switchAcceptedMs: number;
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
  readonly failures: Readonly<Record<string, number>>;
}

const failed = (row: LoadRow): number => Object.values(row.failures).reduce((sum, count) => sum + count, 0);
const total = (rows: readonly LoadRow[], count: (row: LoadRow) => number): number =>
  rows.reduce((sum, row) => sum + count(row), 0);
const isInside = (row: LoadRow): boolean => row.path === 'mesh';

/** What the users of one service met during one release. */
export function measureRelease(rows: readonly LoadRow[], window: ReleaseWindow): ReleaseLoad {
  const during = rows.filter(({ sliceMs }) => sliceMs >= window.startedMs && sliceMs <= window.endedMs);
  const switching = during.filter(
    ({ sliceMs }) => sliceMs >= window.switchStartedMs && sliceMs <= window.switchEndedMs,
  );
  const early = during.filter(
    ({ version, firstMs }) => version === window.version && firstMs < window.switchAcceptedMs,
  );
  const bad = during.filter((row) => failed(row) > 0);
  const firstBad = Math.min(...bad.map((row) => row.firstBadMs ?? row.sliceMs));
  const lastBad = Math.max(...bad.map((row) => row.lastBadMs ?? row.sliceMs));
  return {
    requests: total(during, (row) => row.requests),
    failedRequests: total(during, failed),
    switchRequests: total(switching, (row) => row.requests),
    switchFailedRequests: total(switching, failed),
    reachedEarly: {
      outside: total(
        early.filter((row) => !isInside(row)),
        (row) => row.requests,
      ),
      inside: total(early.filter(isInside), (row) => row.requests),
    },
    firstBadToLastBadMs: bad.length === 0 ? null : lastBad - firstBad,
    failures: sumByKind(bad),
  };
}

function sumByKind(rows: readonly LoadRow[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const row of rows) {
    for (const [kind, count] of Object.entries(row.failures)) sums[kind] = (sums[kind] ?? 0) + count;
  }
  return sums;
}

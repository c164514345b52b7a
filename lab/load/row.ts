import { z } from 'zod';

/** Whether a request came through a gateway or from a caller inside the mesh. */
export type Side = 'outside' | 'inside';

/**
 * What one path answered, by one version, within 100 ms. Instants are of the answers' arrival, in
 * milliseconds since the epoch by this machine's clock. A slice may come in several rows.
 */
export interface LoadRow {
  readonly sliceMs: number;
  readonly side: Side;
  /** `gateway/<pod>` or `mesh/<pod>` */
  readonly path: string;
  readonly service: string;
  /** null when no version answered: the proxy itself did, or nobody */
  readonly version: string | null;
  /** Instants of all answers, good and bad. */
  readonly answeredAtMs: readonly number[];
  /** When the request of each of those was sent, in the same order. */
  readonly sentAtMs: readonly number[];
  /** Instants of the bad ones by kind: `500`, `503 UH` (status and Envoy's response flag), `transport: …` */
  readonly badAtMs: Readonly<Record<string, readonly number[]>>;
  /** When the request of each of those was sent, in the same order. */
  readonly badSentAtMs: Readonly<Record<string, readonly number[]>>;
  /** x-request-id of the first few bad ones. */
  readonly badIds: readonly string[];
  /** Due, but not sent: the agent was at its limit. */
  readonly skipped: number;
  /** Answers by latency bucket, see latency.ts. */
  readonly latency: Readonly<Record<string, number>>;
}

const offsets = z.array(z.number());
const offsetsByKind = z.record(z.string(), offsets).default({});
const line = z.discriminatedUnion('type', [
  z.object({ type: z.literal('start'), run: z.string(), nowMs: z.number() }),
  z.object({
    type: z.literal('row'),
    sliceMs: z.number(),
    path: z.string(),
    service: z.string(),
    version: z.string(),
    answeredAt: offsets,
    sentAt: offsets,
    badAt: offsetsByKind,
    badSentAt: offsetsByKind,
    badIds: z.array(z.string()).default([]),
    skipped: z.number().default(0),
    latency: z.record(z.string(), z.number()).default({}),
  }),
  z.object({ type: z.literal('end'), reason: z.string(), sent: z.number(), skipped: z.number() }),
]);

/** One line of load-agent's stream. */
export type AgentLine = z.infer<typeof line>;

/** @throws when the line is not one of load-agent's */
export function parseAgentLine(text: string): AgentLine {
  return line.parse(JSON.parse(text));
}

/** @param clockOffsetMs what to add to the agent's clock to get this machine's */
export function toLoadRow(
  row: Extract<AgentLine, { type: 'row' }>,
  side: Side,
  clockOffsetMs: number,
): LoadRow {
  const sliceMs = row.sliceMs + clockOffsetMs;
  const instants = (list: readonly number[]): number[] => list.map((offset) => sliceMs + offset);
  const byKind = (lists: Readonly<Record<string, readonly number[]>>): Record<string, number[]> =>
    Object.fromEntries(Object.entries(lists).map(([kind, list]) => [kind, instants(list)]));
  return {
    sliceMs,
    side,
    path: row.path,
    service: row.service,
    version: row.version === '' ? null : row.version,
    answeredAtMs: instants(row.answeredAt),
    sentAtMs: instants(row.sentAt),
    badAtMs: byKind(row.badAt),
    badSentAtMs: byKind(row.badSentAt),
    badIds: row.badIds,
    skipped: row.skipped,
    latency: row.latency,
  };
}

/**
 * The agent's clock against ours: its reading fell between our asking and our hearing of it, so only
 * what lies outside of that is a difference.
 * @returns what to add to the agent's clock, 0 on one and the same machine
 */
export function clockOffset(agentNowMs: number, askedMs: number, heardMs: number): number {
  if (agentNowMs < askedMs) return askedMs - agentNowMs;
  return agentNowMs > heardMs ? heardMs - agentNowMs : 0;
}

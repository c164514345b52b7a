import { z } from 'zod';
import type { LoadReport } from '../lab/load/report.ts';
import { otherSlot } from '../src/domain/slot.ts';
import type { DemoReport } from './report.ts';

const counts = z.array(z.number());

const timeline = z.object({
  service: z.string(),
  /** Width of one slice of the load. */
  sliceMs: z.number(),
  durationMs: z.number(),
  releases: z.array(
    z.object({
      version: z.string(),
      slot: z.enum(['blue', 'green']),
      outcome: z.enum(['live', 'rolled-back']),
      requests: z.number(),
      failedRequests: z.number(),
      patchedMs: z.number(),
      switchMs: z.number(),
      firstBadToLastBadMs: z.number().nullable(),
      steps: z.array(z.object({ action: z.string(), fromMs: z.number(), toMs: z.number() })),
    }),
  ),
  /** What each version answered, slice by slice. */
  load: z.array(
    z.object({ version: z.string(), slot: z.enum(['blue', 'green']), answers: counts, failed: counts }),
  ),
});

/** A story of releases as its users met it. Milliseconds from its beginning. */
export type Timeline = z.infer<typeof timeline>;

/** @throws ZodError when the text is no timeline */
export const parseTimeline = (json: string): Timeline => timeline.parse(JSON.parse(json));

const sliceMs = 200;
/** What is shown of the time before the first release. */
const leadMs = 500;

export function timelineOf({ releases }: DemoReport, load: LoadReport, service: string): Timeline {
  const steps = releases.flatMap((release) => release.steps);
  const beginMs = Math.min(...steps.map(({ startedAt }) => startedAt)) - leadMs;
  const durationMs = Math.max(...steps.map(({ endedAt }) => endedAt)) - beginMs;
  const slices = Array.from(
    { length: Math.ceil(durationMs / sliceMs) },
    (_, index) => beginMs + index * sliceMs,
  );
  const [first] = releases;
  const live = first === undefined ? [] : [{ version: 'v1.0.0', slot: otherSlot(first.slot) }];
  return {
    service,
    sliceMs,
    durationMs,
    releases: releases.map(
      ({ version, slot, outcome, requests, failedRequests, switchMs, firstBadToLastBadMs, ...release }) => ({
        version,
        slot,
        outcome,
        requests,
        failedRequests,
        patchedMs: release.patchedAt - beginMs,
        switchMs,
        firstBadToLastBadMs,
        steps: release.steps.map(({ action, startedAt, endedAt }) => ({
          action,
          fromMs: startedAt - beginMs,
          toMs: endedAt - beginMs,
        })),
      }),
    ),
    load: [...live, ...releases].map(({ version, slot }) => {
      const inSlices = slices.map((fromMs) =>
        load.count({ service, version, fromMs, toMs: fromMs + sliceMs }),
      );
      return {
        version,
        slot,
        answers: inSlices.map(({ requests }) => requests),
        failed: inSlices.map(({ failed }) => failed),
      };
    }),
  };
}

import { numberAt, objectAt, textAt, textsAt } from '../json.ts';
import type { JsonObject } from '../json.ts';

/** Who releases a service at the moment. Times as ISO 8601. */
export interface LeaseHolder {
  /** Unique for each process. */
  readonly identity: string;
  /** For people: `switch-traffic of <run or host>, by <actor>`. */
  readonly title: string;
  readonly since: string;
  readonly expires: string;
}

/** A Lease that names a holder. */
export interface Claim {
  readonly holder: LeaseHolder;
  /** The process that holds it, as its own machine can find it; empty when that was not written. */
  readonly process: string;
  readonly renewedMs: number;
  readonly durationMs: number;
}

export const titleAnnotation = 'actions.c4ang.com/holder';
export const processAnnotation = 'actions.c4ang.com/process';

const usualSeconds = 15;

/** Source: coordination.k8s.io/v1 Lease. @returns null for a lease that nobody holds */
export function parseLease(lease: JsonObject): Claim | null {
  const spec = objectAt(lease, 'spec');
  const identity = textAt(spec, 'holderIdentity') ?? '';
  if (identity === '') return null;
  const annotations = textsAt(objectAt(lease, 'metadata'), 'annotations');
  const durationMs = (numberAt(spec, 'leaseDurationSeconds') ?? usualSeconds) * 1_000;
  const renewedMs = timeAt(spec, 'renewTime');
  return {
    holder: {
      identity,
      title: annotations[titleAnnotation] ?? identity,
      since: new Date(timeAt(spec, 'acquireTime')).toISOString(),
      expires: new Date(renewedMs + durationMs).toISOString(),
    },
    process: annotations[processAnnotation] ?? '',
    renewedMs,
    durationMs,
  };
}

/** A claim without a time has never been renewed. */
function timeAt(spec: JsonObject, field: string): number {
  const ms = Date.parse(textAt(spec, field) ?? '');
  return Number.isFinite(ms) ? ms : 0;
}

export const isExpired = ({ renewedMs, durationMs }: Claim, nowMs: number): boolean =>
  renewedMs + durationMs <= nowMs;

/** Kubernetes' MicroTime wants exactly six digits. */
export const microTime = (ms: number): string => new Date(ms).toISOString().replace('Z', '000Z');

import type { Slot } from '../src/domain/slot.ts';
import type { ReleaseLoad } from './measure.ts';

export interface ProxyMs {
  readonly proxy: string;
  readonly ms: number;
}

/** When an action was at work, in ms since the epoch. */
export interface StepSpan {
  readonly action: string;
  readonly startedAt: number;
  readonly endedAt: number;
}

/** One release of the story, as a manager wants it and as a script reads it. */
export interface ReleaseReport extends ReleaseLoad {
  readonly version: string;
  readonly slot: Slot;
  readonly outcome: 'live' | 'rolled-back';
  readonly deployMs: number;
  readonly verifyMs: number;
  /** From the accepted patch until the slowest proxy served the new split. */
  readonly switchMs: number;
  readonly switchMsByProxy: readonly ProxyMs[];
  readonly steps: readonly StepSpan[];
  /** When the API server had accepted the new weights, in ms since the epoch. */
  readonly patchedAt: number;
  readonly servesNow: { readonly slot: Slot; readonly version: string };
}

export interface DemoReport {
  readonly releases: readonly ReleaseReport[];
  readonly serving: { readonly slot: Slot; readonly version: string };
}

/** What should have happened to one version. */
export interface Expectation {
  readonly version: string;
  readonly outcome: 'live' | 'rolled-back';
}

/** Where the story did not go as told. Empty: it did. */
export function deviations(report: DemoReport, told: readonly Expectation[]): readonly string[] {
  const found: string[] = [];
  for (const { version, outcome } of told) {
    const release = report.releases.find((candidate) => candidate.version === version);
    if (release === undefined) {
      found.push(`${version} was not released`);
      continue;
    }
    if (release.outcome !== outcome) found.push(`${version} ended ${release.outcome}, not ${outcome}`);
    const { outside, inside } = release.reachedEarly;
    if (outside + inside > 0) {
      found.push(
        `${version} answered ${String(outside)} requests from outside and ${String(inside)} from inside before the switch`,
      );
    }
    if (outcome === 'live' && release.failedRequests > 0) {
      found.push(`${version}: ${String(release.failedRequests)} failed requests, not 0`);
    }
    if (outcome === 'rolled-back' && release.failedRequests === 0) {
      found.push(`${version}: no request failed, so the load never met its fault`);
    }
    if (release.requests === 0) found.push(`${version}: there was no load`);
  }
  const last = told.findLast(({ outcome }) => outcome === 'live');
  if (last !== undefined && report.serving.version !== last.version) {
    found.push(`${report.serving.version} serves, not ${last.version}`);
  }
  return found;
}

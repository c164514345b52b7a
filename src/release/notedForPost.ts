import type { StepState } from '../runtime/state.ts';

/** From here on the release may have traffic that nobody has judged. */
export const noteWatched = (state: StepState, releaseId: string): void => state.save('watched', releaseId);

/** Judged: it stays, or it is rolled back. */
export const noteJudged = (state: StepState): void => state.save('judged', 'true');

/** The release that the main step did not come to judge; null when there is none. */
export const leftUnjudged = (state: StepState): string | null =>
  state.saved('judged') === null ? state.saved('watched') : null;

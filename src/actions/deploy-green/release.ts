import type { Journal } from '../../cluster/record/journal.ts';
import { recordName } from '../../cluster/record/releaseRecord.ts';
import { openRelease } from '../../domain/release/candidate.ts';
import { enter } from '../../domain/release/release.ts';
import type { Release } from '../../domain/release/release.ts';
import { releaseId } from '../../domain/release/releaseId.ts';
import type { Wanted } from '../../domain/release/renderedChart.ts';
import type { ServiceRouting } from '../../domain/routing/routing.ts';
import { all } from '../../domain/split.ts';
import { otherSlot } from '../../domain/slot.ts';
import { PreconditionError } from '../../runtime/errors.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import type { Run } from '../../runtime/run.ts';

interface Tools {
  readonly clock: Clock;
  readonly log: Log;
  readonly run: Run;
}

/**
 * The release to begin, or to go on with: nothing is saved yet.
 * @throws PreconditionError while another release is under way, or over a record that cannot be read
 */
export function beginRelease(
  { state, release: last }: Journal,
  wanted: Wanted,
  unfinished: 'refuse' | 'replace',
  { name, split }: ServiceRouting,
  { clock, log, run }: Tools,
): Release {
  if (state.kind === 'unreadable') {
    throw new PreconditionError(
      `the release record ConfigMap ${name.namespace}/${recordName(name)} cannot be used: ${state.reason}`,
      'Use the newer version of these actions that wrote it; or, when no release is under way, delete the ConfigMap.',
    );
  }
  const opening = openRelease(last, { ...wanted, candidate: wanted.slot }, unfinished);
  if (opening.kind === 'refused') throw new PreconditionError(opening.problem.what, opening.problem.remedy);
  const at = new Date(clock.now());
  if (opening.kind === 'resume') {
    log.info(`going on with release ${opening.release.id}, which stopped in phase ${opening.release.phase}`);
    const resumed = { ...opening.release, verdicts: {}, ...runOf(run) };
    return enter(resumed, 'deploying', `${wanted.version} again`, at);
  }
  if (opening.replaces !== null) {
    log.warning(`release ${opening.replaces.id}, which never took traffic, is given up for this one`);
  }
  const fresh: Release = {
    id: releaseId(at, wanted.image),
    ...name,
    phase: 'deploying',
    candidate: wanted.slot,
    slots: {},
    splitBefore: split ?? all(otherSlot(wanted.slot)),
    splitAfter: null,
    verdicts: {},
    timeline: [],
    ...runOf(run),
  };
  return enter(fresh, 'deploying', `${wanted.version} into ${wanted.slot}`, at);
}

/** The run that works on it now: whoever looks for its log or its approval looks there. */
const runOf = ({ url, actor, sha }: Run): Pick<Release, 'runUrl' | 'actor' | 'commit'> => ({
  runUrl: url,
  actor,
  ...(sha === null ? {} : { commit: sha }),
});

import { openJournal } from '../../cluster/record/journal.ts';
import type { Journal } from '../../cluster/record/journal.ts';
import { underLeaseUnlessBusy } from '../../cluster/lease/underLease.ts';
import { currentSplit } from '../../domain/status/serving.ts';
import type { Release } from '../../domain/release/release.ts';
import { formatSplit, sameSplit } from '../../domain/split.ts';
import { closeProven } from '../../mesh/closePreview.ts';
import { moveBack } from '../../mesh/moveTraffic.ts';
import { finishRollback } from './cutOffRollback.ts';
import { finishIfDone } from './finish.ts';
import { cutOffHome } from './forward.ts';
import type { Inputs } from './inputs.ts';
import { wasUndoing } from './notedForPost.ts';
import type { Collaborators } from './run.ts';

/**
 * After a main step that was killed between intent and proof. Where nothing is left but the record's last entry, it is
 * finished. Otherwise what it began is undone, because nobody would watch the candidate that it brought to the users;
 * and so it is when the step had begun to undo, or was cancelled. What it found under way (a share held by `weight`)
 * stays.
 */
export async function finishOrUndo(inputs: Inputs, releaseId: string, given: Collaborators): Promise<void> {
  const { log } = given;
  const tools = await underLeaseUnlessBusy(inputs, given);
  if (tools === null) return;
  const { name, mesh, record, clock, state, summary } = tools;
  const journal = await openJournal(record, name, clock, log);
  const { release } = journal;
  if (release?.id !== releaseId || (release.phase !== 'switching' && release.phase !== 'rolling-back')) {
    if (release?.id === releaseId) await closeProven(tools, name, inputs.timeout);
    log.info('the step was cut off, and nothing of it is left to finish or to undo');
    return;
  }
  if (release.phase === 'rolling-back') {
    const split = await finishRollback(inputs, { ...tools, journal }, release);
    log.info(`undone: ${split}`);
    summary.heading(
      `${name.service}: the step was cut off and is undone: ${formatSplit(release.splitBefore)}`,
    );
    return;
  }
  const finished = wasUndoing(state) ? null : await finishIfDone(inputs, { ...tools, journal }, release);
  if (finished !== null) {
    const split = formatSplit(finished.split);
    log.warning(
      `the step was cut off after its last write, and is finished: ${split}, proven in ${String(finished.proof.proxies.length)} proxies and on record. Nobody has watched it since: go on with monitor-and-rollback, or go back with rollback.`,
    );
    summary.heading(`${name.service}: the step was cut off and is finished: ${split}`);
    return;
  }
  const routing = await mesh.read(name, 'back');
  const home = cutOffHome(inputs, release);
  log.warning(
    `the step was cut off while release ${release.id} was ${release.phase}: from ${currentSplit(routing)} back to ${formatSplit(home)}`,
  );
  await moveBack(mesh, routing, home, inputs.timeout);
  await recordUndone(journal, release, home);
  const isHeld = journal.release?.phase === 'switching';
  if (!(isHeld && inputs.preview)) await closeProven(tools, name, inputs.timeout);
  log.info(`undone: ${formatSplit(home)}, proven in every proxy`);
  summary.heading(`${name.service}: the step was cut off and is undone: ${formatSplit(home)}`);
}

async function recordUndone(
  journal: Journal,
  { splitBefore }: Release,
  home: Release['splitBefore'],
): Promise<void> {
  if (sameSplit(home, splitBefore)) {
    await journal.tryEnter('verified', 'the switch was cut off and is undone', { splitAfter: null });
  } else {
    await journal.tryEnter('switching', `cut off, and put back to ${formatSplit(home)}`, {
      splitAfter: home,
    });
  }
}

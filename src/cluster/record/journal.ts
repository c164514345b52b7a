import type { ServiceName } from '../../domain/routing/host.ts';
import { enter } from '../../domain/release/release.ts';
import type { Phase, Release, ReleaseChanges } from '../../domain/release/release.ts';
import type { Split } from '../../domain/split.ts';
import { messageOf, PreconditionError } from '../../runtime/errors.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import { recordName, releaseOf } from './releaseRecord.ts';
import type { RecordState, ReleaseRecord } from './releaseRecord.ts';

/** The release record of one service while one step works with it: each entry goes over the one before. */
export interface Journal {
  readonly state: RecordState;
  /** null when there is no record, or none that can be read. */
  readonly release: Release | null;
  /**
   * Begins a release, in place of the one before it.
   * @throws ConflictError when another process wrote meanwhile; PreconditionError over an unreadable record
   */
  begin(release: Release): Promise<void>;
  /**
   * Saves the intent before a mutation, or the outcome after it.
   * @throws ConflictError when another process wrote meanwhile; PreconditionError without a usable record
   */
  enter(phase: Phase, note: string, changes?: ReleaseChanges): Promise<void>;
  /** The same on the way back, which no record may block: what goes wrong is a warning. */
  tryEnter(phase: Phase, note: string, changes?: ReleaseChanges): Promise<void>;
  /** Saves, until the next entry, where everybody goes without one. What goes wrong is a warning: then there has to be one. */
  tryIntend(goesBackTo: Split): Promise<void>;
}

export async function openJournal(
  record: ReleaseRecord,
  name: ServiceName,
  clock: Clock,
  log: Log,
): Promise<Journal> {
  let state = await record.read(name);
  const write = async (change: (release: Release) => Release): Promise<void> => {
    const release = releaseOf(state);
    if (release === null) {
      throw new PreconditionError(
        `the release record ConfigMap ${name.namespace}/${recordName(name)} ${state.kind === 'unreadable' ? `cannot be used: ${state.reason}` : 'does not exist'}`,
        'Run deploy-green first: it begins a release.',
      );
    }
    state = await record.save(change(release), state);
  };
  const tryWrite = async (what: string, writing: () => Promise<void>): Promise<void> => {
    if (state.kind === 'none') return;
    try {
      await writing();
    } catch (error) {
      log.warning(`the release record does not say ${what}: ${messageOf(error)}`);
    }
  };
  const enterPhase: Journal['enter'] = (phase, note, changes) =>
    write((release) => enter(release, phase, note, new Date(clock.now()), changes));
  return {
    get state() {
      return state;
    },
    get release() {
      return releaseOf(state);
    },
    async begin(release) {
      state = await record.save(release, state);
    },
    enter: enterPhase,
    tryEnter: (phase, note, changes) => tryWrite(`"${phase}"`, () => enterPhase(phase, note, changes)),
    tryIntend: (goesBackTo) =>
      tryWrite('where to go back to', () => write((release) => ({ ...release, goesBackTo }))),
  };
}

/** The record on its way back could not be read: that must not keep anyone from going back. */
export async function openJournalForRollback(
  record: ReleaseRecord,
  name: ServiceName,
  clock: Clock,
  log: Log,
): Promise<Journal> {
  try {
    return await openJournal(record, name, clock, log);
  } catch (error) {
    const reason = messageOf(error);
    log.warning(`the release record could not be read: ${reason}`);
    const unreadable: ReleaseRecord = {
      ...record,
      read: () => Promise.resolve({ kind: 'unreadable', reason }),
    };
    return openJournal(unreadable, name, clock, log);
  }
}

import type { Known } from '../../domain/release/target.ts';
import { PreconditionError } from '../../runtime/errors.ts';

/**
 * Between the tests and the switch there may be days, in which people look at the evidence and say yes to it. What
 * they said yes to is one release: when another run has put its own candidate there meanwhile, nobody has.
 * @param wanted null: whatever is on record
 * @throws PreconditionError when another release is on record, or none that can be read
 */
export function requireApproved(wanted: string | null, known: Known): void {
  if (wanted === null || (known.kind === 'release' && known.release.id === wanted)) return;
  const remedy =
    'Nothing was changed: what would take the traffic is not what was approved. Run the whole release again, or have the other one approved by its own run.';
  if (known.kind !== 'release') {
    const found = known.kind === 'none' ? 'there is no release on record' : 'the record cannot be read';
    throw new PreconditionError(`release ${wanted} was to be switched, and ${found}`, remedy);
  }
  const { id, candidate, slots, phase, actor, runUrl } = known.release;
  const by = [actor, runUrl].filter((text) => text !== null).join(', ');
  throw new PreconditionError(
    `release ${wanted} was to be switched, and ${id} has taken its place: ${slots[candidate]?.version ?? 'an unknown version'} in ${candidate}, ${phase}${by === '' ? '' : ` (${by})`}`,
    remedy,
  );
}

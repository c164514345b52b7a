import type { RecordState } from '../../cluster/record/releaseRecord.ts';
import { workloadName } from '../../domain/release/renderedChart.ts';
import { guessTarget, rememberedTarget } from '../../domain/release/rollbackTarget.ts';
import type { RollbackTarget } from '../../domain/release/rollbackTarget.ts';
import type { ServiceRouting } from '../../domain/routing/routing.ts';
import type { Workload } from '../../domain/release/workload.ts';
import { PreconditionError } from '../../runtime/errors.ts';
import type { Inputs } from './inputs.ts';

/** Reads Deployments: only asked when the record does not tell where to go. */
export interface Deployments {
  deployment(namespace: string, name: string): Promise<Workload | null>;
}

/** @throws PreconditionError when neither record nor cluster tell which slot was live before */
export async function findTarget(
  { to }: Inputs,
  routing: ServiceRouting,
  state: RecordState,
  deployments: Deployments,
): Promise<RollbackTarget> {
  if (to !== 'previous') return { slot: to, because: 'it was asked for' };
  const remembered = rememberedTarget(state);
  if (remembered !== null) return remembered;
  const { service, namespace } = routing.name;
  const rolledOutAt = async (slot: 'blue' | 'green'): Promise<string | null> => {
    // No right to read Deployments, or none there: then it is not known, and that is no reason not to go back.
    const workload = await deployments.deployment(namespace, workloadName(service, slot)).catch(() => null);
    return workload?.rolledOutAt ?? null;
  };
  const [blue, green] = await Promise.all([rolledOutAt('blue'), rolledOutAt('green')]);
  const guessed = guessTarget(routing, { blue, green });
  if (guessed !== null) return guessed;
  throw new PreconditionError(
    `which slot was live before cannot be told: there is no usable record, and ${routing.disagreement ?? 'both slots take traffic'}`,
    'Say which: to: blue or to: green (at a terminal: --to blue).',
  );
}

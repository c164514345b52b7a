import type { Journal } from '../../cluster/record/journal.ts';
import { splitsTo } from '../../domain/verdict/canary.ts';
import { everywhere, planWeights } from '../../domain/routing/switchPlan.ts';
import { formatObject } from '../../domain/routing/routing.ts';
import type { ServiceRouting } from '../../domain/routing/routing.ts';
import { all, formatSplit } from '../../domain/split.ts';
import type { Split } from '../../domain/split.ts';
import type { Target } from '../../domain/release/target.ts';
import type { Mesh } from '../../mesh/mesh.ts';
import type { Log } from '../../runtime/log.ts';
import type { Outputs } from '../../runtime/outputs.ts';
import { checking } from './inputs.ts';
import type { Inputs } from './inputs.ts';
import { requireProof } from './preconditions.ts';

interface Tools {
  readonly mesh: Mesh;
  readonly journal: Journal;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly outputs: Outputs;
}

/**
 * Everything but the writing: the patches, and (going forward) whether it would be allowed.
 * @throws PreconditionError when it would not be
 */
export async function rehearse(
  inputs: Inputs,
  tools: Tools,
  routing: ServiceRouting,
  { slot, direction }: Target,
): Promise<void> {
  const { release } = tools.journal;
  const proven = release?.phase === 'switching' ? release.splitAfter : null;
  const way = direction === 'back' ? [all(slot)] : splitsTo(slot, inputs, routing.split, proven);
  showPlan(routing, way, tools);
  if (inputs.preview && direction === 'forward') {
    tools.log.info(`before that, the header route of the preview is opened to ${slot}; closed at 100 %`);
  }
  if (direction === 'forward') {
    await requireProof({ ...tools, ...checking(inputs) }, routing, slot, release);
  }
  tools.log.info('dry run: nothing was written');
}

/** The very patches that a switch would send first, for people and as an output. Nothing is written. */
function showPlan(
  routing: ServiceRouting,
  way: readonly Split[],
  { log, outputs }: Pick<Tools, 'log' | 'outputs'>,
): void {
  const [first, ...later] = way;
  if (first === undefined) return;
  const plans = routing.virtualServices.map((vs) => ({
    virtualService: `${vs.namespace}/${vs.name}`,
    patch: planWeights(vs, everywhere(first)).patch,
  }));
  for (const [index, { patch }] of plans.entries()) {
    const vs = routing.virtualServices[index];
    const name = vs === undefined ? '' : formatObject('VirtualService', vs);
    if (patch.length === 0) log.info(`${name} has ${formatSplit(first)} already: nothing to write`);
    else {
      log.group(
        `${name}: the JSON patch to ${formatSplit(first)}`,
        patch.map((step) => JSON.stringify(step)),
      );
    }
  }
  if (later.length > 0) log.info(`then, each after its judgement: ${later.map(formatSplit).join(', ')}`);
  outputs.set('plan', JSON.stringify(plans));
}

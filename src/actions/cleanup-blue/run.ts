import { openJournal } from '../../cluster/record/journal.ts';
import type { ReleaseLease } from '../../cluster/lease/releaseLease.ts';
import type { ReleaseRecord } from '../../cluster/record/releaseRecord.ts';
import { underLease } from '../../cluster/lease/underLease.ts';
import type { Workloads } from '../../cluster/pods/workloads.ts';
import { removableSlot } from '../../domain/release/cleanup.ts';
import type { ServiceName } from '../../domain/routing/host.ts';
import { workloadName } from '../../domain/release/renderedChart.ts';
import type { Slot } from '../../domain/slot.ts';
import type { Mesh } from '../../mesh/mesh.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import type { Outputs } from '../../runtime/outputs.ts';
import type { Summary } from '../../runtime/summary.ts';
import type { Helm } from '../../tools/helm.ts';
import type { Inputs } from './inputs.ts';
import { measureTraffic } from './measureTraffic.ts';
import { removeSlot } from './removeSlot.ts';

export interface Collaborators {
  readonly name: ServiceName;
  readonly mesh: Mesh;
  readonly record: ReleaseRecord;
  readonly lease: ReleaseLease;
  readonly helm: Helm;
  readonly workloads: Workloads;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly outputs: Outputs;
  readonly summary: Summary;
}

/** Removes the slot that was left: no weight anywhere, no traffic measured, stable long enough. Otherwise keeps it. */
export async function cleanupBlue(inputs: Inputs, given: Collaborators): Promise<void> {
  // Whoever only looks needs no lease, and no right to write one.
  const tools = inputs['dry-run'] ? given : await underLease(inputs, given);
  const { name, mesh, record, workloads, clock, log } = tools;
  const routing = await mesh.read(name);
  const journal = await openJournal(record, name, clock, log);
  const verdict = removableSlot(routing, journal.release, inputs['stable-for'], new Date(clock.now()));
  if (verdict.kind === 'kept') {
    report(tools, verdict.slot, { kept: verdict.reason });
    return;
  }

  const { slot } = verdict;
  const deployment = await workloads.deployment(name.namespace, workloadName(name.service, slot));
  const helmRelease = await tools.helm.status({
    name: workloadName(name.service, slot),
    namespace: name.namespace,
  });
  const isEmpty = deployment === null && helmRelease === null;
  if (isEmpty && journal.release?.phase !== 'cleaning') {
    report(tools, slot, { kept: 'it is empty already' });
    return;
  }

  const busy = isEmpty ? null : await measureTraffic(inputs, tools, routing, slot);
  if (busy !== null) {
    report(tools, slot, { kept: busy });
    return;
  }
  if (inputs['dry-run']) {
    report(tools, slot, { kept: 'dry-run: it would be removed now' });
    return;
  }

  await journal.enter('cleaning', `${slot}: no weight, no traffic`);
  await removeSlot(inputs, tools, slot, helmRelease !== null);
  await journal.enter('complete', `${slot} is removed`);
  report(tools, slot, { removed: workloadName(name.service, slot) });
}

function report(
  { name, log, outputs, summary }: Collaborators,
  slot: Slot | null,
  outcome: { readonly removed: string } | { readonly kept: string },
): void {
  const removed = 'removed' in outcome ? outcome.removed : '';
  const reason = 'kept' in outcome ? outcome.kept : 'no weight, no traffic, stable long enough';
  const kept = removed === '' && slot !== null ? workloadName(name.service, slot) : '';
  log.info(removed === '' ? `kept ${kept === '' ? 'both slots' : kept}: ${reason}` : `removed ${removed}`);
  outputs.set('removed', removed);
  outputs.set('kept', kept);
  outputs.set('reasons', reason);
  summary.heading(`${name.service}: cleanup`);
  summary.facts([
    ['removed', removed === '' ? 'nothing' : removed],
    ['kept', kept === '' ? 'nothing' : kept],
    ['because', reason],
  ]);
}

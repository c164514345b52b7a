import type { ReleaseLease } from '../../cluster/lease/releaseLease.ts';
import type { Workloads } from '../../cluster/pods/workloads.ts';
import type { ServiceName } from '../../domain/routing/host.ts';
import { takesTraffic } from '../../domain/routing/routing.ts';
import { workloadName } from '../../domain/release/renderedChart.ts';
import type { Slot } from '../../domain/slot.ts';
import type { Mesh } from '../../mesh/mesh.ts';
import type { Clock } from '../../runtime/clock.ts';
import { PreconditionError } from '../../runtime/errors.ts';
import type { Log } from '../../runtime/log.ts';
import { poll } from '../../runtime/poll.ts';
import type { Helm } from '../../tools/helm.ts';
import type { Inputs } from './inputs.ts';

interface Tools {
  readonly name: ServiceName;
  readonly mesh: Mesh;
  readonly lease: ReleaseLease;
  readonly helm: Helm;
  readonly workloads: Workloads;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/**
 * Removes what stands in a slot, and waits until its pods are gone. The DestinationRule stays as it is: its
 * subset is where the next candidate comes.
 * @throws PreconditionError when the slot has got traffic meanwhile; DeadlineError when pods do not go
 */
export async function removeSlot(
  { timeout }: Inputs,
  { name, mesh, lease, helm, workloads, clock, log, signal }: Tools,
  slot: Slot,
  isHelms: boolean,
): Promise<void> {
  const { namespace } = name;
  const workload = workloadName(name.service, slot);
  const selector = (await workloads.deployment(namespace, workload))?.selector ?? null;
  // The very last look: measuring took a while (invariant 1), and a rollback may be on its way here.
  if (takesTraffic(await mesh.read(name), slot)) {
    throw new PreconditionError(
      `${slot} has got traffic meanwhile: it stays`,
      'Find out who moved it: kubectl get events shows what these actions did.',
    );
  }
  await lease.check();
  if (isHelms) await helm.uninstall({ name: workload, namespace }, timeout);
  // A Deployment that Helm never owned, or that it was told to keep.
  await workloads.remove(namespace, workload);
  if (selector === null) return;
  const options = {
    clock,
    timeoutMs: timeout,
    intervalMs: 500,
    signal,
    what: `the pods of ${workload} to go`,
    remedy: `See what keeps them: kubectl get pods -n ${namespace}`,
  };
  await poll(options, async () => {
    const left = await workloads.podCount(namespace, selector);
    return left === 0 ? { done: true, value: null } : { done: false, reason: `${String(left)} are left` };
  });
  log.info(`${workload} is gone, pods and all`);
}

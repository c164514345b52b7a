import { openJournal } from '../../cluster/record/journal.ts';
import type { PodHealth } from '../../cluster/pods/podHealth.ts';
import type { ReleaseLease } from '../../cluster/lease/releaseLease.ts';
import type { ReleaseRecord } from '../../cluster/record/releaseRecord.ts';
import { underLease } from '../../cluster/lease/underLease.ts';
import type { Workloads } from '../../cluster/pods/workloads.ts';
import { chooseSlot } from '../../domain/release/candidate.ts';
import type { ServiceName } from '../../domain/routing/host.ts';
import type { ServiceRouting } from '../../domain/routing/routing.ts';
import type { Mesh } from '../../mesh/mesh.ts';
import { PreconditionError } from '../../runtime/errors.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import type { Outputs } from '../../runtime/outputs.ts';
import type { Run } from '../../runtime/run.ts';
import type { Summary } from '../../runtime/summary.ts';
import type { Helm } from '../../tools/helm.ts';
import { bringUp } from './bringUp.ts';
import { refuseExposure } from './exposure.ts';
import type { Inputs } from './inputs.ts';
import { showToProxies } from './proxies.ts';
import { beginRelease } from './release.ts';
import { planWorkload } from './workload.ts';

export interface Collaborators {
  readonly name: ServiceName;
  readonly mesh: Mesh;
  readonly record: ReleaseRecord;
  readonly lease: ReleaseLease;
  readonly workloads: Workloads;
  readonly podHealth: PodHealth;
  readonly helm: Helm;
  /** Folder of the chart. */
  readonly chart: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly outputs: Outputs;
  readonly summary: Summary;
  readonly run: Run;
}

/** Brings a version up in the slot that takes no traffic, as strong as the live one, and lets the proxies know it. */
export async function deployGreen(inputs: Inputs, given: Collaborators): Promise<void> {
  const startMs = given.clock.monotonic();
  const tools = await underLease(inputs, given);
  const { name, mesh, record, clock, log, outputs, summary } = tools;
  const { version, image } = inputs;
  const routing = await mesh.read(name);
  const { live, candidate } = choose(routing);
  const wanted = { slot: candidate, version, image };
  log.info(`${live} takes all traffic of ${name.service}: ${version} goes into ${candidate}`);

  // Everything that could refuse does so before anything is written.
  const journal = await openJournal(record, name, clock, log);
  const release = beginRelease(journal, wanted, inputs['unfinished-release'], routing, tools);
  const plan = await planWorkload(inputs, tools, routing, wanted, live);
  await refuseExposure(inputs['mesh-exposure'], mesh, log, routing, wanted);

  await journal.begin({ ...release, slots: { ...plan.liveContent, [candidate]: { version, image } } });
  outputs.set('release-id', release.id);
  outputs.set('slot', candidate);
  outputs.set('version', version);
  try {
    const pods = await bringUp(inputs, tools, routing, wanted, plan);
    await showToProxies(tools, routing, wanted, pods);
  } catch (error) {
    await journal.tryEnter('failed', `${version} did not come up in ${candidate}`);
    throw error;
  }
  await journal.enter('deployed', `${version} in ${candidate}, ${String(plan.replicas)} pods`);

  const durationMs = Math.round(clock.monotonic() - startMs);
  outputs.set('duration-ms', durationMs);
  log.info(`${version} is ready in ${candidate} after ${seconds(durationMs)}; it takes no traffic yet`);
  summary.heading(`${name.service}: ${version} is up in ${candidate}`);
  summary.facts([
    ['Release', release.id],
    ['Image', image],
    ['Pods', `${String(plan.replicas)} ready, each healthy`],
    ['Took', seconds(durationMs)],
    ['Traffic', `all in ${live}, as before`],
  ]);
}

function choose(routing: ServiceRouting): ReturnType<typeof chooseSlot> & { readonly kind: 'chosen' } {
  const choice = chooseSlot(routing);
  if (choice.kind === 'chosen') return choice;
  throw new PreconditionError(choice.problem.what, choice.problem.remedy);
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

import { openJournal } from '../../cluster/record/journal.ts';
import type { PodHttp } from '../../cluster/api/kubeApi.ts';
import type { PodHealth } from '../../cluster/pods/podHealth.ts';
import type { ReleaseLease } from '../../cluster/lease/releaseLease.ts';
import type { ReleaseRecord } from '../../cluster/record/releaseRecord.ts';
import { underLease } from '../../cluster/lease/underLease.ts';
import type { ServiceName } from '../../domain/routing/host.ts';
import { judgeSmoke } from '../../domain/verdict/smoke.ts';
import type { SmokeReport } from '../../domain/verdict/smoke.ts';
import type { Mesh } from '../../mesh/mesh.ts';
import { VerificationError } from '../../runtime/errors.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import type { Outputs } from '../../runtime/outputs.ts';
import type { Summary } from '../../runtime/summary.ts';
import { findCandidate } from './candidate.ts';
import type { Inputs } from './inputs.ts';
import { withPreview } from './preview.ts';
import { report } from './report.ts';
import { sendProbes } from './probes.ts';

export interface Collaborators {
  readonly name: ServiceName;
  readonly mesh: Mesh;
  readonly record: ReleaseRecord;
  readonly lease: ReleaseLease;
  readonly podHttp: PodHttp;
  readonly podHealth: PodHealth;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly outputs: Outputs;
  readonly summary: Summary;
}

/** Tests the candidate while no user reaches it: from inside, then through every gateway by a header route. */
export async function verifyGreen(inputs: Inputs, given: Collaborators): Promise<void> {
  const tools = await underLease(inputs, given);
  const { name, mesh, record, clock, log, signal } = tools;
  const routing = await mesh.read(name);
  const journal = await openJournal(record, name, clock, log);
  const { slot, version, pods } = await findCandidate(mesh, routing, journal.release);
  log.info(`candidate ${version} in ${slot}: ${String(pods.length)} ready pods`);
  await journal.enter('verifying', `${version} in ${slot}`);

  const health = await checkHealth(inputs, tools, pods);
  const options = { timeoutMs: inputs.timeout, signal };
  const ready = pods.map(({ ip }) => ip);
  const known = await mesh.proveSubset(routing, slot, ready, options);
  log.info(
    `✓ known: by all ${String(known.proxies.length)} proxies, ${String(ready.length)} healthy endpoints`,
  );
  const preview = { slot, header: inputs.header, value: version };
  const { probes, arrivals } = await withPreview(tools, routing, preview, inputs.timeout, () =>
    sendProbes(inputs, tools, routing, preview),
  );

  const smoke: SmokeReport = { version, health, probes, arrivals };
  const judgement = judgeSmoke(smoke, inputs['expected-status']);
  await journal.enter(judgement.verdict === 'pass' ? 'verified' : 'failed', judgement.reason, {
    verdicts: { verify: judgement },
  });
  report(smoke, judgement, tools);
  if (judgement.verdict === 'pass') return;
  throw new VerificationError(
    `${version} in ${slot} is not verified (${judgement.verdict}): ${judgement.reason}`,
    `No user was ever sent to it. Look at it: kubectl logs -n ${name.namespace} deployment/${name.service}-${slot}; then deploy a better one, or run this step again.`,
  );
}

async function checkHealth(
  inputs: Inputs,
  { name, podHealth, log }: Collaborators,
  pods: Awaited<ReturnType<typeof findCandidate>>['pods'],
): Promise<readonly string[]> {
  const found = await Promise.all(
    pods.map(async ({ name: pod, port }) =>
      port === null
        ? `${pod} does not have the port that the Service names`
        : podHealth.check({ namespace: name.namespace, name: pod }, port, inputs['health-paths']),
    ),
  );
  const sick = found.filter((line) => line !== null);
  if (sick.length === 0)
    log.info(`✓ health: ${inputs['health-paths'].join(', ')} of ${String(pods.length)} pods`);
  else log.group(`✗ health: ${String(sick.length)} of ${String(pods.length)} pods are not well`, sick);
  return sick;
}

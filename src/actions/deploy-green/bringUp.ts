import type { PodHealth } from '../../cluster/pods/podHealth.ts';
import type { Workloads } from '../../cluster/pods/workloads.ts';
import type { ServiceName } from '../../domain/routing/host.ts';
import { podsShortfall } from '../../domain/release/candidatePods.ts';
import type { Wanted } from '../../domain/release/renderedChart.ts';
import type { ServiceRouting } from '../../domain/routing/routing.ts';
import type { WorkloadPod } from '../../domain/release/workload.ts';
import { ToolError, VerificationError } from '../../runtime/errors.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import { poll } from '../../runtime/poll.ts';
import type { Helm } from '../../tools/helm.ts';
import type { Inputs } from './inputs.ts';
import type { WorkloadPlan } from './workload.ts';

interface Tools {
  readonly name: ServiceName;
  readonly workloads: Workloads;
  readonly podHealth: PodHealth;
  readonly helm: Helm;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** Helm has waited for the rollout; what is left is seconds. */
const podsTimeoutMs = 60_000;
const intervalMs = 500;
/** An earlier run that was killed may have left a helm that still works. */
const strayHelmTimeoutMs = 30_000;

/**
 * Applies the plan and sees it through: rolled out, every pod of exactly that image, every pod well.
 * @returns the candidate's pods
 * @throws VerificationError with what pods and events tell; ToolError for what is Helm's alone
 */
export async function bringUp(
  inputs: Inputs,
  tools: Tools,
  routing: ServiceRouting,
  wanted: Wanted,
  plan: WorkloadPlan,
): Promise<readonly WorkloadPod[]> {
  const { name, log } = tools;
  try {
    await settleHelm(tools, plan);
    if (plan.upgrade.takeOwnership)
      log.info(`${plan.upgrade.name} was made without Helm: Helm takes it over`);
    await tools.helm.upgrade(plan.upgrade, plan.values, tools.signal);
    log.info(`✓ rolled out: ${plan.workload.name}`);
    const pods = await exactPods(tools, wanted, plan);
    log.info(`✓ pods: ${String(pods.length)} ready, each of ${wanted.version} and running ${wanted.image}`);
    const port = await tools.workloads.port(name, routing.port, plan.workload.containers);
    await healthyPods(tools, plan, pods, port, inputs['health-paths']);
    log.info(`✓ health: ${inputs['health-paths'].join(', ')} of ${String(pods.length)} pods`);
    return pods;
  } catch (error) {
    throw await withTroubles(error, tools, wanted, plan);
  }
}

/** A helm that was cut off leaves its release pending, which blocks every later one. The slot takes no traffic. */
async function settleHelm({ helm, clock, log, signal }: Tools, { upgrade }: WorkloadPlan): Promise<void> {
  const isPending = async (): Promise<boolean> =>
    (await helm.status(upgrade))?.status.startsWith('pending-') ?? false;
  const deadline = clock.monotonic() + strayHelmTimeoutMs;
  while (await isPending()) {
    if (clock.monotonic() > deadline) {
      log.warning(
        `the Helm release ${upgrade.name} was left half done by an earlier run: it is removed first`,
      );
      await helm.uninstall(upgrade, upgrade.timeoutMs);
      return;
    }
    await clock.sleep(2_000, signal);
  }
}

const exactPods = (
  { name, workloads, clock, signal }: Tools,
  wanted: Wanted,
  { workload, replicas }: WorkloadPlan,
): Promise<readonly WorkloadPod[]> =>
  poll(
    {
      clock,
      signal,
      timeoutMs: podsTimeoutMs,
      intervalMs,
      what: `the pods of ${workload.name}`,
      remedy: `Look at them: kubectl get pods -n ${name.namespace}.`,
    },
    async () => {
      const pods = await workloads.pods(name.namespace, workload.selector);
      const reason = podsShortfall(pods, wanted, replicas);
      return reason === null ? { done: true, value: pods } : { done: false, reason };
    },
  );

const healthyPods = (
  { name, podHealth, clock, signal }: Tools,
  { workload }: WorkloadPlan,
  pods: readonly WorkloadPod[],
  port: number,
  paths: readonly string[],
): Promise<true> =>
  poll(
    {
      clock,
      signal,
      timeoutMs: podsTimeoutMs,
      intervalMs,
      what: 'every pod to be well',
      remedy: `See what they log: kubectl logs -n ${name.namespace} deployment/${workload.name}.`,
    },
    async () => {
      const found = await Promise.all(pods.map((pod) => podHealth.check(pod, port, paths)));
      const sick = found.filter((line) => line !== null);
      return sick.length === 0 ? { done: true, value: true } : { done: false, reason: sick.join('; ') };
    },
  );

/** Helm says that it timed out; pods and events say why. */
async function withTroubles(
  error: unknown,
  { name, workloads, signal }: Tools,
  { version, slot }: Wanted,
  { workload }: WorkloadPlan,
): Promise<unknown> {
  if (signal.aborted) return error;
  const lines = await workloads.troubles(name.namespace, workload.name, workload.selector).catch(() => []);
  if (lines.length === 0) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new VerificationError(
    `${version} did not come up in ${slot}\n${message}\n${lines.map((line) => `  ${line}`).join('\n')}\nTraffic was not touched.`,
    error instanceof ToolError
      ? error.remedy
      : `The candidate stays as it is, so that you can look at it: kubectl describe pods -n ${name.namespace}.`,
    { cause: error },
  );
}

import { forwardChecks } from '../../domain/release/forwardChecks.ts';
import type { Check } from '../../domain/release/forwardChecks.ts';
import type { Release } from '../../domain/release/release.ts';
import type { ServiceRouting } from '../../domain/routing/routing.ts';
import type { Slot } from '../../domain/slot.ts';
import { checkExposure } from '../../mesh/checkExposure.ts';
import type { Mesh, ServicePods } from '../../mesh/mesh.ts';
import type { Verify } from '../../mesh/proxies/sampleSidecars.ts';
import { DeadlineError, PreconditionError } from '../../runtime/errors.ts';
import type { Log } from '../../runtime/log.ts';

/** The proxies have known the candidate since it became ready: whoever does not by now has a reason. */
const proxyTimeoutMs = 5_000;

interface Tools {
  readonly mesh: Mesh;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Checks that stop nobody: someone has said so. */
  readonly skip: readonly Check['name'][];
  readonly verify: Verify;
}

/**
 * Going forward: each condition with its numbers, all of them before anything is refused (invariant 3). What is
 * skipped is told all the same.
 * @throws PreconditionError with every condition that does not hold; for a slot that is not there, with that alone
 */
export async function requireProof(
  { mesh, log, signal, skip, verify }: Tools,
  routing: ServiceRouting,
  slot: Slot,
  release: Release | null,
): Promise<void> {
  // Under way beside what is read, because streams to the proxies take their time; called off when that refuses.
  const stop = new AbortController();
  const options = { timeoutMs: proxyTimeoutMs, signal: AbortSignal.any([signal, stop.signal]), verify };
  const found = mesh.pods(routing);
  const proofs = Promise.all([
    asCheck('candidate-known', () => {
      const endpoints = found.then((pods) => readyIps(pods, slot));
      return mesh.proveSubset(routing, slot, endpoints, options);
    }),
    asCheck('routes-known', () => mesh.proveSplit(routing, 'as-read', options)),
  ]);
  proofs.catch(() => undefined);
  let checks: readonly Check[];
  try {
    // A Gateway that does not exist, or that nobody serves, needs no waiting for a proof.
    const [pods, , exposure] = await Promise.all([
      found,
      mesh.gateways(routing),
      checkExposure(mesh, log, routing),
    ]);
    const own = forwardChecks(routing, slot, release, pods);
    const slots = own.find(({ name, ok }) => name === 'slots' && !ok);
    // All else follows from it, and the proxies would be waited for in vain.
    if (slots !== undefined && !skip.includes('slots')) {
      throw new PreconditionError(slots.detail, slots.remedy);
    }
    checks = [...own, ...exposure, ...(await proofs)];
  } finally {
    stop.abort(new Error('called off'));
  }
  for (const { name, ok, detail } of checks) {
    if (ok || !skip.includes(name)) log.info(`${ok ? '✓' : '✗'} ${name}: ${detail}`);
    else log.warning(`${name} does not hold and is skipped, as asked: ${detail}`);
  }
  const failed = checks.filter(({ name, ok }) => !ok && !skip.includes(name));
  if (failed.length === 0) return;
  throw new PreconditionError(
    `${slot} may not take the traffic yet:\n${failed.map(({ name, detail }) => `  ${name}: ${detail}`).join('\n')}`,
    failed.map(({ remedy }) => remedy).join('\n  '),
  );
}

const readyIps = (pods: ServicePods, slot: Slot): readonly string[] =>
  pods[slot].filter((pod) => pod.ready).map(({ ip }) => ip);

async function asCheck(name: Check['name'], prove: () => ReturnType<Mesh['proveSubset']>): Promise<Check> {
  try {
    const { proxies } = await prove();
    return { name, ok: true, detail: `by all ${String(proxies.length)} proxies`, remedy: '' };
  } catch (error) {
    if (!(error instanceof DeadlineError)) throw error;
    return { name, ok: false, detail: error.message, remedy: error.remedy };
  }
}

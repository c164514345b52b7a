import { ConnectionError, DeadlineError, PreconditionError } from '../../runtime/errors.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Proof, ProofOptions, Proxy, ProxyTiming, Rest } from '../mesh.ts';
import { formatProxy } from './podView.ts';
import type { BoundProxy } from './proxies.ts';
import type { Sample } from './sampleSidecars.ts';

/** `unrelated`: a sidecar that does not know the service, and so can send it nothing. */
export type Outcome = 'proven' | 'unrelated' | { readonly reason: string };

export interface Claim {
  /** Ends the sentence "no proof that …". */
  readonly what: string;
  readonly list: () => Promise<Sample>;
  /** Within so many milliseconds: a proxy that hangs must not hold up the deadline. */
  readonly check: (bound: BoundProxy, timeoutMs: number) => Promise<Outcome>;
  /** About those that were not asked, once all others have proven it. */
  readonly rest?: (listed: Sample, proven: readonly Proxy[], deadlineMs: number) => Promise<Rest>;
}

/** A proxy is left in peace for as long as its answer took, within these: large dumps are asked for less often. */
const pauseMs = { least: 2, most: 250 } as const;
/**
 * istiod gathers changes for 100 ms (PILOT_DEBOUNCE_AFTER) before it tells the proxies, and the telling takes some
 * more. Until then, asking takes time from those who do the work; about then few proxies are left in peace for a
 * quarter of that time.
 */
const push = { fromMs: 106, untilMs: 500, pauseBeforeMs: 50, few: 10 } as const;
const longestAskMs = 3_000;
const shortestAskMs = 250;
/** How often pods that come and go are looked for. */
const relistMs = 500;

/**
 * Asks every proxy, each for itself and all at once, until all have proven the claim. Proxies that appear
 * meanwhile have to prove it too; those that are gone need not.
 * @throws DeadlineError naming the proxies that did not, with the reason of each
 */
export async function prove(claim: Claim, options: ProofOptions, clock: Clock): Promise<Proof> {
  const sinceMs = options.sinceMs ?? clock.monotonic();
  const deadlineMs = clock.monotonic() + options.timeoutMs;
  const proven = new Map<string, ProxyTiming | null>();
  for (;;) {
    options.signal?.throwIfAborted();
    const listed = await listOrReason(claim);
    const left = 'reason' in listed ? [] : listed.asked.filter(({ proxy }) => !proven.has(proxy.uid));
    const roundEndsMs = Math.min(deadlineMs, clock.monotonic() + relistMs);
    const missing = (
      await Promise.all(
        left.map(async (bound) => {
          const times = { sinceMs, roundEndsMs, deadlineMs, isFew: left.length <= push.few };
          const outcome = await askUntil(claim, bound, times, options, clock);
          if (typeof outcome === 'object') return `${formatProxy(bound.proxy)}: ${outcome.reason}`;
          const ms = Math.max(0, clock.monotonic() - sinceMs);
          proven.set(bound.proxy.uid, outcome === 'proven' ? { proxy: bound.proxy, ms } : null);
          return null;
        }),
      )
    ).filter((reason) => reason !== null);
    if (!('reason' in listed) && missing.length === 0) {
      const proof = proofOf(listed, proven);
      if (proof !== null) return withRest(claim, listed, proof, deadlineMs);
    }
    if (clock.monotonic() >= deadlineMs) throw tooLate(claim, options, listed, missing);
    if (left.length === 0) await clock.sleep(relistMs, options.signal);
  }
}

/** A gateway without a ready pod at this moment may have one at the next. */
async function listOrReason(claim: Claim): Promise<Sample | { readonly reason: string }> {
  try {
    return await claim.list();
  } catch (error) {
    if (error instanceof PreconditionError || error instanceof ConnectionError)
      return { reason: error.message };
    throw error;
  }
}

interface Times {
  readonly sinceMs: number;
  readonly roundEndsMs: number;
  readonly deadlineMs: number;
  readonly isFew: boolean;
}

function pauseAfter(tookMs: number, sinceChangeMs: number, isFew: boolean): number {
  const untilPushMs = push.fromMs - sinceChangeMs;
  // Not once more right before it.
  if (isFew && untilPushMs > 0)
    return untilPushMs < 1.5 * push.pauseBeforeMs ? untilPushMs : push.pauseBeforeMs;
  const fairMs = isFew && sinceChangeMs < push.untilMs ? tookMs / 4 : tookMs;
  return Math.min(pauseMs.most, Math.max(pauseMs.least, fairMs));
}

async function askUntil(
  { check }: Claim,
  bound: BoundProxy,
  { sinceMs, roundEndsMs, deadlineMs, isFew }: Times,
  { signal }: ProofOptions,
  clock: Clock,
): Promise<Outcome> {
  for (;;) {
    signal?.throwIfAborted();
    const askedMs = clock.monotonic();
    const askMs = Math.min(longestAskMs, Math.max(shortestAskMs, deadlineMs - askedMs));
    const outcome = await check(bound, askMs).catch((error: unknown): Outcome => {
      if (error instanceof ConnectionError || error instanceof SyntaxError) return { reason: error.message };
      throw error;
    });
    const leftMs = roundEndsMs - clock.monotonic();
    if (typeof outcome === 'string' || leftMs <= 0) return outcome;
    const nowMs = clock.monotonic();
    await clock.sleep(Math.min(pauseAfter(nowMs - askedMs, nowMs - sinceMs, isFew), leftMs), signal);
  }
}

/** null when nobody has proven anything: no proxies is no proof. */
function proofOf(
  { asked, rest, callers }: Sample,
  proven: ReadonlyMap<string, ProxyTiming | null>,
): Proof | null {
  const proxies = asked.flatMap(({ proxy }) => proven.get(proxy.uid) ?? []);
  if (proxies.length === 0) return null;
  const worstMs = Math.max(...proxies.map(({ ms }) => ms));
  return { proxies, worstMs, unasked: rest.length, callers, rest: null };
}

async function withRest(claim: Claim, listed: Sample, proof: Proof, deadlineMs: number): Promise<Proof> {
  if (claim.rest === undefined || listed.rest.length === 0) return proof;
  const proven = proof.proxies.map(({ proxy }) => proxy);
  return { ...proof, rest: await claim.rest(listed, proven, deadlineMs) };
}

function tooLate(
  { what }: Claim,
  { timeoutMs }: ProofOptions,
  listed: Sample | { readonly reason: string },
  missing: readonly string[],
): DeadlineError {
  const seconds = String(timeoutMs / 1000);
  const proxies: readonly BoundProxy[] = 'reason' in listed ? [] : listed.asked;
  const reasons = 'reason' in listed ? [listed.reason] : missing;
  const count =
    reasons.length > 0 ? `${String(reasons.length)} of ${String(proxies.length)} proxies` : 'no proxy at all';
  return new DeadlineError(
    `no proof within ${seconds} s that ${what} (${count})${reasons.map((reason) => `\n  ${reason}`).join('')}`,
    'Look at istiod (is it running, does it reach these proxies?) and at the pods named above: istioctl proxy-status.',
  );
}

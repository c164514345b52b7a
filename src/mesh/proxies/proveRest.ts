import { DeadlineError, messageOf, PermissionError } from '../../runtime/errors.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { ProofOptions, Proxy, Rest } from '../mesh.ts';
import type { Istiods } from './istiods.ts';
import { judgeRest } from './judgeRest.ts';
import type { RestJudgement } from './judgeRest.ts';
import { formatProxy } from './podView.ts';
import type { Sample } from './sampleSidecars.ts';

type Until = Pick<ProofOptions, 'timeoutMs' | 'signal'> & { readonly deadlineMs: number };

const pauseMs = 500;
/** istiod sends to some hundred proxies at a time: who has still been sent nothing after so many looks at rest gets nothing. */
const looksAtRest = 2;
const mostNamed = 10;

/**
 * Asks every istiod about the sidecars that were not asked themselves, until none of them is behind and no more of them
 * catch up. What cannot be told is said, never taken for a proof.
 * @param proven who was asked and has proven it
 * @throws DeadlineError naming those that were sent the routes and have not taken them
 */
export async function proveRest(
  istiods: Istiods,
  { rest, istiods: pods }: Sample,
  proven: readonly Proxy[],
  { timeoutMs, deadlineMs, signal }: Until,
  clock: Clock,
): Promise<Rest> {
  if (pods.length === 0)
    return { kind: 'unasked', why: 'no pod of istiod (label app=istiod) is in this cluster' };
  let open = NaN;
  let atRest = 0;
  for (;;) {
    signal?.throwIfAborted();
    const answers = await Promise.allSettled(pods.map((pod) => istiods.status(pod)));
    const said = answers.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    const failures = answers.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
    const isLate = clock.monotonic() + pauseMs >= deadlineMs;
    const denied = failures.find((failure) => failure instanceof PermissionError);
    if (said.length === 0 && (denied !== undefined || isLate || atRest >= looksAtRest)) {
      return { kind: 'unasked', why: whyNot(denied ?? failures[0]) };
    }
    const judged = judgeRest(
      said,
      proven.map(({ pod }) => pod),
      rest.map(({ proxy }) => proxy.pod),
    );
    const stillOpen = judged.unsent.length + judged.unknown.length;
    atRest = stillOpen === open ? atRest + 1 : 0;
    open = stillOpen;
    const isSettled = judged.behind.length === 0 && (open === 0 || atRest >= looksAtRest);
    if (said.length > 0 && (isSettled || (isLate && judged.behind.length === 0))) {
      return restOf(judged, failures.map(messageOf));
    }
    if (isLate) throw tooLate(judged, timeoutMs);
    await clock.sleep(pauseMs, signal);
  }
}

const whyNot = (error: unknown): string =>
  error instanceof PermissionError ? `${error.message}. ${error.remedy}` : messageOf(error);

const restOf = ({ current, unsent, unknown }: RestJudgement, silent: readonly string[]): Rest => ({
  kind: 'told',
  current: current.length,
  unsent: unsent.length,
  unknown: unknown.length,
  silent,
});

function tooLate({ behind }: RestJudgement, timeoutMs: number): DeadlineError {
  const named = behind
    .slice(0, mostNamed)
    .map(
      (pod) =>
        `\n  ${formatProxy({ kind: 'caller', pod, uid: '' })}: it was sent the new routes and has not taken them`,
    );
  const more = behind.length > mostNamed ? `\n  and ${String(behind.length - mostNamed)} more` : '';
  return new DeadlineError(
    `no proof within ${String(timeoutMs / 1000)} s that every sidecar has the routes: by istiod, ${String(behind.length)} of those that were not asked themselves are behind${named.join('')}${more}`,
    'Look at these pods (istioctl proxy-status): a proxy that refuses its configuration, or has no connection, serves what it had before.',
  );
}

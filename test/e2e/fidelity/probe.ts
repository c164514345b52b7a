import type { HttpAnswer, PodAddress, PodHttp } from '../../../src/cluster/api/kubeApi.ts';

/** A request that the recordings were made with, and where it goes. */
export interface Probe {
  readonly pod: PodAddress;
  readonly port: number;
  /** Path, or a whole URL towards an HTTP proxy. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Asks `times` times and counts the answers as the recordings do: `200 v1.0.0`, `503 no healthy upstream`.
 * The recorded service answered every path; the lab's knows its own only, so an answer that came from a pod
 * counts as a 200 whatever its status.
 */
export async function probe(
  podHttp: PodHttp,
  { pod, port, target, headers }: Probe,
  times: number,
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (let i = 0; i < times; i++) {
    const answer = await podHttp.request(pod, port, { path: target, headers, timeoutMs: 5_000 });
    const key = keyOf(answer);
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

function keyOf({ status, headers, body }: HttpAnswer): string {
  const version = headers['x-app-version'];
  return version === undefined ? `${String(status)} ${body}` : `200 ${version}`;
}

import type { PodHttp } from '../../cluster/api/kubeApi.ts';
import { addSample, startCount } from '../../domain/verdict/counters.ts';
import type { CounterSample } from '../../domain/verdict/counters.ts';
import type { Preview } from '../../domain/routing/previewPlan.ts';
import type { ServiceRouting } from '../../domain/routing/routing.ts';
import type { Arrival, Probe } from '../../domain/verdict/smoke.ts';
import type { Entry, Mesh } from '../../mesh/mesh.ts';
import { counterName, formatProxy } from '../../mesh/proxies/podView.ts';
import { ConnectionError } from '../../runtime/errors.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import type { Inputs } from './inputs.ts';

/** The route's own timeout comes first where it has one; this one is for a gateway that never answers. */
const requestTimeoutMs = 40_000;

interface Tools {
  readonly mesh: Mesh;
  readonly podHttp: PodHttp;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** Sends the test requests through every gateway, and asks each where they went. */
export async function sendProbes(
  inputs: Inputs,
  tools: Tools,
  routing: ServiceRouting,
  preview: Preview,
): Promise<{ readonly probes: readonly Probe[]; readonly arrivals: readonly Arrival[] }> {
  const { mesh, log } = tools;
  const entries = await mesh.entries(routing);
  const before = (await mesh.counters(routing)).slots[preview.slot];
  // The gateways at once, the requests of each one after the other.
  const probes = (
    await Promise.all(entries.map((entry) => probeThrough(entry, inputs, tools, preview)))
  ).flat();
  const after = (await mesh.counters(routing)).slots[preview.slot];
  const arrivals = entries.map(({ proxy }): Arrival => {
    const via = formatProxy(proxy);
    return {
      via,
      sent: probes.filter((probe) => probe.via === via).length,
      counted: arrivedBy(counterName(proxy), before, after),
    };
  });
  const lines = probes.map(
    ({ via, path, status, ms, trouble }) =>
      `${via} ${path}: ${String(status ?? trouble)}, ${String(Math.round(ms))} ms`,
  );
  log.group(`${String(probes.length)} test requests through ${String(entries.length)} gateways`, lines);
  return { probes, arrivals };
}

async function probeThrough(
  { proxy, port, host }: Entry,
  { requests, 'smoke-paths': paths }: Inputs,
  { podHttp, clock, signal }: Tools,
  { header, value }: Preview,
): Promise<readonly Probe[]> {
  const probes: Probe[] = [];
  for (const path of paths.flatMap((one) => Array<string>(requests).fill(one))) {
    signal.throwIfAborted();
    const startMs = clock.monotonic();
    const headers = { host, [header]: value };
    const outcome = await podHttp
      .request(proxy.pod, port, { path, headers, timeoutMs: requestTimeoutMs })
      .then(({ status }) => ({ status, trouble: null }))
      .catch((error: unknown) => {
        if (error instanceof ConnectionError) return { status: null, trouble: error.message };
        throw error;
      });
    probes.push({ via: formatProxy(proxy), path, ms: clock.monotonic() - startMs, ...outcome });
  }
  return probes;
}

/** null when the gateway was silent before or after. */
function arrivedBy(counter: string, before: CounterSample, after: CounterSample): number | null {
  if (before.silent.includes(counter) || after.silent.includes(counter)) return null;
  const own = (sample: CounterSample): CounterSample => ({
    counters: sample.counters.filter((one) => one.counter === counter),
    silent: [],
  });
  return addSample(startCount(own(before)), own(after)).total.requests;
}

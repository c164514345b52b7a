import { configMaps, leases, virtualServices } from '../../src/cluster/api/resources.ts';
import type { KubeObject } from '../../src/cluster/api/kubeApi.ts';
import { formatSplit } from '../../src/domain/split.ts';
import type { Status } from '../../src/domain/status/status.ts';
import { proxyName, servesWhat } from '../../src/domain/status/text.ts';
import { api, lab, mustStep, namespace, releaseOf, routing } from './harness.ts';

/** A moment of a release that tests return to, again and again, without deploying anything anew. */
export interface Moment {
  /** Weights, routes and release record as they were; no lease. The proxies follow some 100 ms later. */
  rewind(): Promise<void>;
  /** As `rewind`, and the proxies have followed: for tests that stop what tells them. */
  rewindProxies(): Promise<void>;
}

const followWithinMs = 10_000;

/**
 * v1.0.0 live in blue, v1.1.0 verified in green.
 * @param faults of the candidate, as the sample service's environment
 */
export async function verifiedCandidate(
  service: 'order-api' | 'customer-api',
  faults: Readonly<Record<string, string>> = {},
): Promise<Moment> {
  await lab.resetService(service);
  await mustStep('deploy-green', await releaseOf(service, 'v1.1.0', faults));
  await mustStep('verify-green', { service, 'smoke-paths': '/api/v1/orders' });
  return remember(service);
}

/** What is now, to return to. */
export async function remember(service: string): Promise<Moment> {
  const places = (await routing(service)).virtualServices;
  const specs = await Promise.all(places.map(async (place) => ({ place, spec: await specOf(place) })));
  const record = await recordOf(service);
  if (record === null) throw new Error(`${service} has no release record`);
  const rewind = async (): Promise<void> => {
    for (const { place, spec } of specs) {
      await api.jsonPatch(virtualServices, place.namespace, place.name, [
        { op: 'replace', path: '/spec', value: spec },
      ]);
    }
    await putBack(service, record);
    await api.delete(leases, namespace, `${service}-release`);
  };
  return {
    rewind,
    async rewindProxies() {
      await rewind();
      const endMs = Date.now() + followWithinMs;
      for (;;) {
        const askedMs = Date.now();
        const status = await statusNow(service);
        if (status.proxiesAgree === true) return;
        // By when it was asked: on a machine that stood still, the answer is of long before.
        if (askedMs > endMs) throw new Error(whoDidNotFollow(status));
      }
    },
  };
}

async function putBack(service: string, record: KubeObject): Promise<void> {
  const present = await recordOf(service);
  if (present?.metadata.uid === record.metadata.uid) {
    const { resourceVersion = '' } = present?.metadata ?? {};
    await api.update(configMaps, { ...record, metadata: { ...record.metadata, resourceVersion } });
    return;
  }
  // A test removed it, and may have put another one in its place.
  const { name, labels = {}, annotations = {} } = record.metadata;
  await api.delete(configMaps, namespace, name);
  await api.create(configMaps, { ...record, metadata: { name, namespace, labels, annotations } });
}

async function statusNow(service: string): Promise<Status> {
  const { outputs } = await mustStep('status', { service });
  return JSON.parse(outputs['json'] ?? '') as Status;
}

/** Which proxies, and what they serve instead; why none could be asked, where none could. */
function whoDidNotFollow({ service, split, proxies, findings }: Status): string {
  const others = proxies.filter(({ difference }) => difference !== null);
  const has = split === null ? 'no single split' : formatSplit(split);
  const head = `${String(others.length)} of ${String(proxies.length)} proxies of ${service} did not follow within ${String(followWithinMs / 1000)} s; the API server has ${has}`;
  const reasons =
    proxies.length === 0
      ? findings.map(({ what }) => what)
      : others.map((proxy) => `${proxyName(proxy)} serves ${servesWhat(proxy)}: ${proxy.difference ?? ''}`);
  return [head, ...reasons].join('\n');
}

async function specOf(place: { readonly namespace: string; readonly name: string }): Promise<unknown> {
  const found = await api.get(virtualServices, place.namespace, place.name);
  if (found === null) throw new Error(`there is no VirtualService ${place.name}`);
  return found['spec'];
}

const recordOf = (service: string): Promise<KubeObject | null> =>
  api.get(configMaps, namespace, `${service}-release`);

import { configMaps, leases, virtualServices } from '../../src/cluster/api/resources.ts';
import type { KubeObject } from '../../src/cluster/api/kubeApi.ts';
import { api, lab, mustStep, namespace, releaseOf, routing } from './harness.ts';

/** A moment of a release that tests return to, again and again, without deploying anything anew. */
export interface Moment {
  /** Weights, routes and release record as they were; no lease. The proxies follow some 100 ms later. */
  rewind(): Promise<void>;
}

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
  return {
    async rewind() {
      for (const { place, spec } of specs) {
        await api.jsonPatch(virtualServices, place.namespace, place.name, [
          { op: 'replace', path: '/spec', value: spec },
        ]);
      }
      const { metadata } = await recordOf(service);
      await api.update(configMaps, {
        ...record,
        metadata: { ...record.metadata, resourceVersion: metadata.resourceVersion ?? '' },
      });
      await api.delete(leases, namespace, `${service}-release`);
    },
  };
}

async function specOf(place: { readonly namespace: string; readonly name: string }): Promise<unknown> {
  const found = await api.get(virtualServices, place.namespace, place.name);
  if (found === null) throw new Error(`there is no VirtualService ${place.name}`);
  return found['spec'];
}

async function recordOf(service: string): Promise<KubeObject> {
  const found = await api.get(configMaps, namespace, `${service}-release`);
  if (found === null) throw new Error(`${service} has no release record`);
  return found;
}

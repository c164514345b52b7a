import { readVirtualService } from '../src/domain/routing/readVirtualService.ts';
import { all } from '../src/domain/split.ts';
import { everywhere, planWeights } from '../src/domain/routing/switchPlan.ts';
import { median, round } from './stats.ts';

/** Reading a VirtualService of so many routes and planning its switch, milliseconds (median of 20). */
export function planMs(service: string, namespace: string, routes: number): number {
  const object = {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: 'large', namespace, resourceVersion: '1' },
    spec: {
      hosts: ['shop.example.com'],
      gateways: ['ecommerce-gateway'],
      http: Array.from({ length: routes }, (_, index) => ({
        name: `route-${String(index)}`,
        match: [
          { uri: { prefix: `/api/v1/${String(index)}` }, headers: { 'x-tenant': { exact: String(index) } } },
        ],
        timeout: '5s',
        retries: { attempts: 2, perTryTimeout: '1s' },
        route: [
          { destination: { host: service, subset: 'blue', port: { number: 80 } }, weight: 100 },
          { destination: { host: service, subset: 'green', port: { number: 80 } }, weight: 0 },
        ],
      })),
    },
  };
  const times = Array.from({ length: 20 }, () => {
    const startedMs = performance.now();
    const reading = readVirtualService(structuredClone(object), { service, namespace }, 'forward');
    if (reading.kind !== 'managed')
      throw new Error(`a VirtualService of ${String(routes)} routes is ${reading.kind}`);
    const { patch } = planWeights(reading.virtualService, everywhere(all('green')));
    if (patch.length < routes) throw new Error('the plan leaves routes out');
    return performance.now() - startedMs;
  });
  return round(median(times), 1);
}

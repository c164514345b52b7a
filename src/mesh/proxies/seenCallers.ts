/** A workload as Istio's metrics name it: `ecommerce/payment`. */
export type WorkloadKey = string;

/** Istio's own counter of requests in an Envoy, and nothing else of its thousands. */
export const requestsPath = '/stats/prometheus?filter=istio_requests_total';

const sample = /^istio_requests_total\{(.*)\} ([0-9.e+]+)$/;
const label = /(\w+)="((?:[^"\\]|\\.)*)"/g;

/**
 * Who has called, as the sidecar of a pod that was called says: since it started, in the text format of Prometheus.
 * Source: Istio, "Istio Standard Metrics" (istio_requests_total, reporter, source_workload).
 */
export function parseCallers(text: string): ReadonlySet<WorkloadKey> {
  const callers = new Set<WorkloadKey>();
  for (const line of text.split('\n')) {
    const [, labels = '', count = '0'] = sample.exec(line) ?? [];
    if (Number(count) <= 0) continue;
    const by = new Map([...labels.matchAll(label)].map(([, name = '', value = '']) => [name, value]));
    const [workload, namespace] = [by.get('source_workload'), by.get('source_workload_namespace')];
    if (by.get('reporter') !== 'destination' || !isNamed(workload) || !isNamed(namespace)) continue;
    callers.add(`${namespace}/${workload}`);
  }
  return callers;
}

/** A caller without a proxy has no name. */
const isNamed = (value: string | undefined): value is string =>
  value !== undefined && value !== '' && value !== 'unknown';

import { isObject, objectAt, objectsAt, textAt, textsAt } from '../domain/json.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Counter } from '../domain/verdict/counters.ts';
import type { ServiceName } from '../domain/routing/host.ts';
import type { Slot } from '../domain/slot.ts';
import { ConnectionError } from '../runtime/errors.ts';
import type { Metrics } from './metrics.ts';

/** A GET, as `fetch` does it. */
export type HttpGet = (
  url: URL,
  timeoutMs: number,
) => Promise<{ readonly status: number; readonly body: string }>;

const timeoutMs = 10_000;

/**
 * Istio's own counters, as Prometheus has scraped them: requests as callers saw them, retries inside. Series by
 * series, so that one which begins with the first error counts from 0. Errors that a gateway made itself (no
 * route, no healthy endpoint) carry no workload; those of the service count against the candidate too.
 * Source: Istio, "Standard Metrics"; Prometheus, "HTTP API", instant queries.
 */
export function prometheusMetrics(url: URL, name: ServiceName, slot: Slot, get: HttpGet = httpGet): Metrics {
  return {
    source: `Prometheus at ${url.host}`,
    sample: async () => ({ counters: await query(get, url, queryFor(name, slot)), silent: [] }),
  };
}

/** Names come in as validated Kubernetes names: nothing in them can end a PromQL string. */
export function queryFor({ service, namespace }: ServiceName, slot: Slot): string {
  const candidate = `destination_workload="${service}-${slot}",destination_workload_namespace="${namespace}"`;
  const unknown = `destination_workload="unknown",destination_service_name="${service}",destination_service_namespace="${namespace}",response_code=~"5..|0"`;
  return [candidate, unknown]
    .map((labels) => `istio_requests_total{reporter="source",${labels}}`)
    .join(' or ');
}

async function query(get: HttpGet, base: URL, promQl: string): Promise<readonly Counter[]> {
  const url = new URL(base);
  url.pathname = `${base.pathname.replace(/\/$/, '')}/api/v1/query`;
  url.searchParams.set('query', promQl);
  const answer = await get(url, timeoutMs).catch((error: unknown) => {
    throw unanswered(base, error instanceof Error ? error.message : String(error), error);
  });
  const body = parse(answer.body);
  if (answer.status !== 200 || textAt(body, 'status') !== 'success') {
    throw unanswered(
      base,
      `status ${String(answer.status)}: ${textAt(body, 'error') ?? answer.body.slice(0, 200)}`,
    );
  }
  return objectsAt(objectAt(body, 'data'), 'result').map(([, series]) => toCounter(series, base));
}

function parse(body: string): JsonObject {
  try {
    const value: unknown = JSON.parse(body);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

/** `{metric: {labels}, value: [seconds, "12"]}`. */
function toCounter(series: JsonObject, base: URL): Counter {
  const labels = textsAt(series, 'metric');
  const value: unknown = Array.isArray(series['value']) ? series['value'][1] : undefined;
  const requests = typeof value === 'string' ? Number(value) : Number.NaN;
  if (!Number.isFinite(requests)) throw unanswered(base, `a counter has the value ${String(value)}`);
  const subject = Object.entries(labels)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, text]) => `${key}=${text}`)
    .join(',');
  return { counter: base.host, subject, requests, errors: isError(labels) ? requests : 0 };
}

/** 5xx, no answer at all (0, but not for a caller that left by itself: DC), or a gRPC status of the server's fault. */
function isError(labels: Readonly<Record<string, string>>): boolean {
  const code = labels['response_code'] ?? '';
  const grpc = labels['grpc_response_status'] ?? '';
  return (
    /^5\d\d$/.test(code) ||
    (code === '0' && labels['response_flags'] !== 'DC') ||
    ['2', '4', '8', '12', '13', '14', '15'].includes(grpc)
  );
}

const unanswered = (base: URL, why: string, cause?: unknown): ConnectionError =>
  new ConnectionError(
    `Prometheus at ${base.host} gives no counters: ${why}`,
    'Check prometheus-url from where this step runs, or use metrics: envoy.',
    { cause },
  );

async function httpGet(url: URL, deadlineMs: number): ReturnType<HttpGet> {
  const response = await fetch(url, { signal: AbortSignal.timeout(deadlineMs), redirect: 'error' });
  return { status: response.status, body: await response.text() };
}

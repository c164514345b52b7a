import { isObject, numberAt, objectAt, objectsAt, textAt } from '../../domain/json.ts';
import type { JsonObject } from '../../domain/json.ts';

/** One endpoint of one cluster as an Envoy sees it now. */
export interface EnvoyHost {
  readonly ip: string;
  readonly port: number;
  /** Known as healthy by EDS, and put aside by no check of Envoy's own. */
  readonly healthy: boolean;
  /** Why not; null when healthy. */
  readonly trouble: string | null;
  /** Attempts, retries included, since this Envoy knows the endpoint. */
  readonly requests: number;
  /** Of these: 5xx answers, resets and timeouts. */
  readonly errors: number;
}

/** Every cluster of an Envoy with its endpoints. */
export const clustersPath = '/clusters?format=json';

/**
 * Reads an answer of {@link clustersPath}: endpoints by cluster name.
 * Source: envoy.admin.v3.Clusters, HostStatus, HostHealthStatus.
 * @throws SyntaxError when it is not JSON
 */
export function parseClusters(body: string): ReadonlyMap<string, readonly EnvoyHost[]> {
  const answer: unknown = JSON.parse(body);
  if (!isObject(answer)) throw new SyntaxError('the answer is not an object');
  return new Map(
    objectsAt(answer, 'cluster_statuses').map(([, cluster]) => [
      textAt(cluster, 'name') ?? '',
      objectsAt(cluster, 'host_statuses').map(([, host]) => parseHost(host)),
    ]),
  );
}

function parseHost(host: JsonObject): EnvoyHost {
  const address = objectAt(objectAt(host, 'address'), 'socket_address');
  const trouble = troubleOf(objectAt(host, 'health_status'));
  return {
    ip: textAt(address, 'address') ?? '',
    port: numberAt(address, 'port_value') ?? 0,
    healthy: trouble === null,
    trouble,
    requests: counterOf(host, 'rq_total'),
    errors: counterOf(host, 'rq_error'),
  };
}

function troubleOf(health: JsonObject): string | null {
  const eds = textAt(health, 'eds_health_status');
  if (eds !== 'HEALTHY') return `EDS says ${eds ?? 'nothing'}`;
  const failed = Object.entries(health).find(
    ([field, value]) => field.startsWith('failed_') && value === true,
  );
  return failed === undefined ? null : failed[0];
}

/** Protobuf's JSON writes 64-bit numbers as text and leaves out zeros. */
function counterOf(host: JsonObject, name: string): number {
  const stat = objectsAt(host, 'stats').find(([, item]) => textAt(item, 'name') === name)?.[1];
  const count = Number(stat?.['value'] ?? 0);
  return Number.isFinite(count) ? count : 0;
}

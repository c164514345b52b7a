import type { HttpAnswer, HttpRequest, PodAddress, PodHttp } from '../../src/cluster/api/kubeApi.ts';
import type { KubeObject } from '../../src/cluster/api/kubeApi.ts';
import { virtualServices } from '../../src/cluster/api/resources.ts';
import { isObject, listAt, numberAt, objectAt, objectsAt, textAt } from '../../src/domain/json.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import { isDelegate, readDelegation } from '../../src/domain/routing/delegates.ts';
import type { Clock } from '../../src/runtime/clock.ts';
import { ConnectionError } from '../../src/runtime/errors.ts';
import type { FakeKubeApi } from './kubeApi.ts';

interface HostCount {
  requests: number;
  errors: number;
}

/** The Envoys of every pod: each serves what the API server had `lagMs` ago, in the words of Envoy's admin. */
export class FakeEnvoys implements PodHttp {
  lagMs = 100;
  /** Names of pods whose Envoy gets nothing new, with what it serves for ever. */
  readonly #frozen = new Map<string, readonly KubeObject[]>();
  readonly gone = new Set<string>();
  /** By cluster and address, the same for every proxy unless counted for one. */
  readonly counts = new Map<string, HostCount>();
  readonly hosts: Record<'blue' | 'green', string[]> = {
    blue: ['10.244.0.21', '10.244.0.22'],
    green: ['10.244.0.31', '10.244.0.32'],
  };
  /** How requests to any other port than the admin's are answered. */
  onRequest: (pod: PodAddress, request: HttpRequest) => number = () => 200;
  readonly requests: { readonly pod: string; readonly port: number; readonly request: HttpRequest }[] = [];
  readonly #history: { readonly atMs: number; readonly objects: readonly KubeObject[] }[] = [];
  readonly #clock: Clock;

  constructor(api: FakeKubeApi, clock: Clock) {
    this.#clock = clock;
    const read = (): readonly KubeObject[] => api.all(virtualServices);
    this.#history.push({ atMs: -1_000_000, objects: read() });
    api.onWrite(() => {
      this.#history.push({ atMs: clock.monotonic(), objects: read() });
    });
  }

  freeze(pod: string): void {
    this.#frozen.set(pod, this.#served());
  }

  /** Serves for ever what an Envoy of another world does. */
  freezeAs(pod: string, other: FakeEnvoys): void {
    this.#frozen.set(pod, other.#served());
  }

  count(pod: string, slot: 'blue' | 'green', ip: string, requests: number, errors: number): void {
    this.counts.set(`${pod} ${slot} ${ip}`, { requests, errors });
  }

  async request(pod: PodAddress, port: number, request: HttpRequest): Promise<HttpAnswer> {
    await Promise.resolve();
    if (this.gone.has(pod.name)) throw new ConnectionError(`pod ${pod.name} is gone`, 'Look at it.');
    if (port !== 15000) {
      this.requests.push({ pod: pod.name, port, request });
      return { status: this.onRequest(pod, request), headers: {}, body: '' };
    }
    const body = request.path.startsWith('/clusters') ? this.#clusters(pod) : this.#routes(pod);
    return { status: 200, headers: {}, body: JSON.stringify(body) };
  }

  close(): void {
    this.gone.clear();
  }

  #served(): readonly KubeObject[] {
    const seen = this.#history.findLast(({ atMs }) => atMs <= this.#clock.monotonic() - this.lagMs);
    return seen?.objects ?? [];
  }

  #routes(pod: PodAddress): unknown {
    const isGateway = pod.namespace === 'istio-system';
    const served = this.#frozen.get(pod.name) ?? this.#served();
    const { merged } = readDelegation(served);
    const routes = served
      .filter((vs) => !isDelegate(vs))
      .map((vs) => ({ ...vs, ...merged.get(`${vs.metadata.namespace ?? ''}/${vs.metadata.name}`) }))
      .filter((vs) => binds(vs, isGateway))
      .flatMap(envoyRoutes);
    const virtual_hosts = [{ name: isGateway ? 'api.c4ang.com:80' : 'order-api:80', routes }];
    return { configs: [{ route_config: { name: isGateway ? 'http.8080' : '80', virtual_hosts } }] };
  }

  #clusters(pod: PodAddress): unknown {
    return {
      cluster_statuses: (['blue', 'green'] as const).map((slot) => ({
        name: `outbound|80|${slot}|order-api.ecommerce.svc.cluster.local`,
        host_statuses: this.hosts[slot].map((address) => {
          const count = this.counts.get(`${pod.name} ${slot} ${address}`) ?? { requests: 0, errors: 0 };
          return {
            address: { socket_address: { address, port_value: 8080 } },
            stats: [
              { name: 'rq_total', ...(count.requests > 0 ? { value: String(count.requests) } : {}) },
              { name: 'rq_error', ...(count.errors > 0 ? { value: String(count.errors) } : {}) },
            ],
            health_status: { eds_health_status: 'HEALTHY' },
          };
        }),
      })),
    };
  }
}

function binds(vs: KubeObject, gateway: boolean): boolean {
  const bound = listAt(objectAt(vs, 'spec'), 'gateways');
  return gateway ? bound.some((name) => name !== 'mesh') : bound.length === 0 || bound.includes('mesh');
}

function envoyRoutes(vs: KubeObject): readonly unknown[] {
  const { namespace = '', name } = vs.metadata;
  const config = `/apis/networking.istio.io/v1/namespaces/${namespace}/virtual-service/${name}`;
  return objectsAt(objectAt(vs, 'spec'), 'http').flatMap(([, http]) => {
    const matches = objectsAt(http, 'match').map(([, match]) => match);
    return (matches.length === 0 ? [{}] : matches).map((match) => ({
      ...(textAt(http, 'name') === null ? {} : { name: textAt(http, 'name') }),
      match: { headers: headersOf(match) },
      route: routeAction(http),
      metadata: { filter_metadata: { istio: { config } } },
    }));
  });
}

const headersOf = (match: JsonObject): readonly unknown[] =>
  Object.entries(objectAt(match, 'headers')).map(([name, value]) => ({
    name,
    string_match: isObject(value) ? value : {},
  }));

function routeAction(http: JsonObject): unknown {
  const clusters = objectsAt(http, 'route').map(([, item]) => {
    const subset = textAt(objectAt(item, 'destination'), 'subset') ?? '';
    return {
      name: `outbound|80|${subset}|order-api.ecommerce.svc.cluster.local`,
      weight: numberAt(item, 'weight') ?? 0,
    };
  });
  const [first] = clusters;
  if (clusters.length === 1) return { cluster: first?.name };
  return { weighted_clusters: { clusters: clusters.filter(({ weight }) => weight > 0) } };
}

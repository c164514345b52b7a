import type { Side } from './row.ts';

/** Body of load-agent's POST /run; see lab/programs/load-agent/plan.go for the caps. */
export interface LoadPlan {
  readonly ratePerSecond: number;
  readonly durationSeconds: number;
  readonly targets: readonly LoadTarget[];
  /** Milliseconds; as each slice of 100 ms ends when absent. */
  readonly reportEveryMs?: number;
}

/** One request to repeat; the targets of a plan take turns. */
export interface LoadTarget {
  readonly path: string;
  readonly service: string;
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly host?: string;
  readonly body?: string;
  readonly proxy?: string;
}

/** A way for requests into the services: a gateway's pod from outside, or a caller inside the mesh. */
export interface LoadPath {
  readonly side: Side;
  /** `gateway/<pod>` or `mesh/<pod>` */
  readonly name: string;
  /** Where a service is reached on this path. */
  readonly baseUrl: (service: ServiceAddress) => string;
  readonly host?: string;
  readonly proxy?: string;
}

export interface ServiceAddress {
  readonly name: string;
  readonly namespace: string;
  readonly port: number;
}

/** Three reads to each write, as the shop sees it. */
const mix = ['GET', 'GET', 'POST', 'GET'] as const;

/** The platform's convention: order-api serves /api/v1/orders. */
export function apiPath(service: string): string {
  return `/api/v1/${service.replace(/-api$/, '')}s`;
}

/** Every request of the mix to every service by every path, in turns. */
export function targetsFor(paths: readonly LoadPath[], services: readonly ServiceAddress[]): LoadTarget[] {
  return mix.flatMap((method) =>
    services.flatMap((service) =>
      paths.map((path) => ({
        path: path.name,
        service: service.name,
        method,
        url: `${path.baseUrl(service)}${apiPath(service.name)}`,
        ...(method === 'POST' ? { body: '{"item":"book","quantity":1}' } : {}),
        ...(path.host === undefined ? {} : { host: path.host }),
        ...(path.proxy === undefined ? {} : { proxy: path.proxy }),
      })),
    ),
  );
}

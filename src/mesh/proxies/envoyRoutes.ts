import { isObject, numberAt, objectAt, objectsAt, textAt } from '../../domain/json.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { ObjectName } from '../../domain/routing/routing.ts';

/** One route as an Envoy serves it now. */
export interface EnvoyRoute {
  /** Route configuration and virtual host: `http.8080 api.c4ang.com:80`. */
  readonly where: string;
  readonly name: string | null;
  /** The VirtualService that it comes from; null for Istio's own routes. */
  readonly from: ObjectName | null;
  /** Headers that must have exactly this value. */
  readonly headers: ReadonlyMap<string, string>;
  /** Where requests go: weight by cluster. Empty for redirects and direct answers. */
  readonly clusters: ReadonlyMap<string, number>;
}

/** The admin path that gives all routes of an Envoy, and nothing else. */
export const routesPath = '/config_dump?resource=dynamic_route_configs';

/**
 * Reads an answer of {@link routesPath}.
 * Source: envoy.admin.v3.RoutesConfigDump; `metadata.filter_metadata.istio.config` by istiod.
 * @throws SyntaxError when it is not JSON
 */
export function parseRoutes(body: string): readonly EnvoyRoute[] {
  const dump: unknown = JSON.parse(body);
  if (!isObject(dump)) throw new SyntaxError('the route dump is not an object');
  return objectsAt(dump, 'configs').flatMap(([, config]) => {
    const routeConfig = objectAt(config, 'route_config');
    return objectsAt(routeConfig, 'virtual_hosts').flatMap(([, host]) => {
      const where = `${textAt(routeConfig, 'name') ?? ''} ${textAt(host, 'name') ?? ''}`;
      return objectsAt(host, 'routes').map(([, route]) => parseRoute(where, route));
    });
  });
}

function parseRoute(where: string, route: JsonObject): EnvoyRoute {
  const istio = objectAt(objectAt(objectAt(route, 'metadata'), 'filter_metadata'), 'istio');
  return {
    where,
    name: textAt(route, 'name'),
    from: virtualServiceOf(textAt(istio, 'config')),
    headers: parseHeaders(objectAt(route, 'match')),
    clusters: parseClusters(objectAt(route, 'route')),
  };
}

const parseHeaders = (match: JsonObject): ReadonlyMap<string, string> =>
  new Map(
    objectsAt(match, 'headers').flatMap(([, header]) => {
      const name = textAt(header, 'name');
      const exact = textAt(objectAt(header, 'string_match'), 'exact');
      return name === null || exact === null ? [] : [[name.toLowerCase(), exact] as const];
    }),
  );

function parseClusters(action: JsonObject): ReadonlyMap<string, number> {
  const sole = textAt(action, 'cluster');
  if (sole !== null) return new Map([[sole, 100]]);
  const clusters = new Map<string, number>();
  for (const [, entry] of objectsAt(objectAt(action, 'weighted_clusters'), 'clusters')) {
    const name = textAt(entry, 'name') ?? '';
    // Protobuf's JSON leaves out a weight of 0.
    clusters.set(name, (clusters.get(name) ?? 0) + (numberAt(entry, 'weight') ?? 0));
  }
  return clusters;
}

/** From the API path that istiod writes into every route, of whatever version of the API. */
function virtualServiceOf(path: string | null): ObjectName | null {
  const [, namespace, name] =
    /^\/apis\/networking\.istio\.io\/[^/]+\/namespaces\/([^/]+)\/virtual-service\/([^/]+)$/.exec(
      path ?? '',
    ) ?? [];
  return namespace !== undefined && name !== undefined ? { namespace, name } : null;
}

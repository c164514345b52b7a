import { fqdn } from './host.ts';
import { listAt, objectAt } from '../json.ts';
import type { JsonObject } from '../json.ts';
import type { ServiceRouting } from './routing.ts';
import { all } from '../split.ts';

/**
 * The VirtualService to add so that the weights steer callers inside the mesh too (invariant 12): one
 * catch-all route for the service's own host, bound to the mesh, with the weights of now and the timeout and
 * retries of the route that users take. null when the mesh is governed already.
 */
export function meshRouteToAdd(routing: ServiceRouting): JsonObject | null {
  if (routing.meshGoverned) return null;
  const { name, port } = routing;
  const split = routing.split ?? all(routing.live ?? 'blue');
  const entry = (subset: 'blue' | 'green'): JsonObject => ({
    destination: { host: fqdn(name), port: { number: port }, subset },
    weight: split[subset],
  });
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: `${name.service}-mesh`, namespace: name.namespace },
    spec: {
      hosts: [fqdn(name)],
      gateways: ['mesh'],
      http: [{ name: 'mesh', route: [entry('blue'), entry('green')], ...policyOfUsers(routing) }],
    },
  };
}

function policyOfUsers({ virtualServices }: ServiceRouting): JsonObject {
  const [first] = virtualServices;
  const route = listAt(objectAt(first?.object ?? {}, 'spec'), 'http')[first?.routes[0]?.index ?? 0] as
    JsonObject | undefined;
  const kept = ['timeout', 'retries'].filter((field) => route?.[field] !== undefined);
  return Object.fromEntries(kept.map((field) => [field, route?.[field]]));
}

import { fqdn } from './host.ts';
import { objectsAt, objectAt } from './json.ts';
import type { JsonObject } from './json.ts';
import type { ServiceRouting } from './routing.ts';
import { slots } from './slot.ts';
import { all } from './split.ts';

/**
 * The VirtualService that makes callers inside the mesh follow the weights: the gateway's split, timeout and
 * retries on every path of the service's own host. What a reader applies before the first candidate comes up.
 */
export function meshRoute(routing: ServiceRouting): JsonObject {
  const { name, port } = routing;
  const split = routing.split ?? all('blue');
  const host = fqdn(name);
  const route = slots.map((slot) => ({
    destination: { host, port: { number: port }, subset: slot },
    weight: split[slot],
  }));
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: `${name.service}-mesh`, namespace: name.namespace },
    spec: {
      hosts: [host],
      gateways: ['mesh'],
      http: [{ name: 'main', route, ...policyOf(routing) }],
    },
  };
}

/** Timeout and retries of the first managed route, so that callers in the mesh see what users see. */
function policyOf({ virtualServices }: ServiceRouting): JsonObject {
  for (const { object, routes } of virtualServices) {
    const index = routes[0]?.index;
    const found = objectsAt(objectAt(object, 'spec'), 'http').find(([place]) => place === index)?.[1];
    if (found === undefined) continue;
    return Object.fromEntries(
      ['timeout', 'retries'].flatMap((key) => (key in found ? [[key, found[key]] as const] : [])),
    );
  }
  return {};
}

import { hostCovers } from './destination.ts';
import { reaches, reachOf } from './exportTo.ts';
import { fqdn } from './host.ts';
import type { ServiceName } from './host.ts';
import { objectAt, textAt } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { readRoutes } from './managedRoutes.ts';
import type { Problem } from '../problem.ts';
import { formatObject, metadataPlace } from './routing.ts';
import type { ManagedVirtualService, ObjectName, Purpose } from './routing.ts';
import { boundGateways, hostsOf, textsIn } from './virtualServiceSpec.ts';

export type VirtualServiceReading =
  | { readonly kind: 'unrelated' }
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] }
  | {
      readonly kind: 'managed';
      readonly virtualService: ManagedVirtualService;
      /** Never any in a reading forward. */
      readonly overlooked: readonly Problem[];
      readonly ports: readonly (number | null)[];
    };

/** What one VirtualService, as the API server gives it, means for a service. */
export function readVirtualService(
  object: JsonObject,
  service: ServiceName,
  purpose: Purpose,
): VirtualServiceReading {
  const metadata = objectAt(object, 'metadata');
  const spec = objectAt(object, 'spec');
  const vs = metadataPlace(object);
  const { routes, previews, leftAlone, ports, problems } = readRoutes(vs, spec, service);
  if (routes.length === 0 && previews.length === 0 && problems.length === 0) return { kind: 'unrelated' };
  const hosts = hostsOf(spec);
  const refused = [
    ...problems,
    ...delegateProblems(vs, hosts, service),
    ...orphanProblems(vs, routes.length, problems),
  ];
  const isUseful = purpose === 'back' && routes.length + previews.length > 0;
  if (refused.length > 0 && !isUseful) return { kind: 'refused', problems: refused };
  const bound = textsIn(spec, 'gateways');
  const mesh = bound.length === 0 || bound.includes('mesh');
  const reach = reachOf(object);
  const isForCallers = mesh && reaches(reach, service.namespace);
  return {
    kind: 'managed',
    overlooked: refused,
    ports,
    virtualService: {
      ...vs,
      resourceVersion: textAt(metadata, 'resourceVersion') ?? '',
      hosts,
      gateways: boundGateways(spec, vs.namespace),
      mesh,
      governsMesh: isForCallers && hosts.some((host) => hostCovers(host, vs.namespace, fqdn(service))),
      reach,
      routes,
      previews,
      leftAlone,
      object,
    },
  };
}

/** A VirtualService without hosts is a delegate: its routes are served under the name of its root. */
function delegateProblems(
  vs: ObjectName,
  hosts: readonly string[],
  { service }: ServiceName,
): readonly Problem[] {
  if (hosts.length > 0) return [];
  return [
    {
      what: `${formatObject('VirtualService', vs)} has no hosts: it is a delegate`,
      remedy: `Delegates are not supported yet: move its routes to ${service} into the VirtualService that names it.`,
    },
  ];
}

/** Only preview routes are left: whoever removed the real ones left the service without a route. */
function orphanProblems(vs: ObjectName, managed: number, problems: readonly Problem[]): readonly Problem[] {
  if (managed > 0 || problems.length > 0) return [];
  return [
    {
      what: `${formatObject('VirtualService', vs)} has preview routes of the service but no route that they are a copy of`,
      remedy: 'Remove the preview routes from it.',
    },
  ];
}

import { isDelegate } from './delegates.ts';
import type { ServiceName } from './host.ts';
import { objectAt, textAt } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { readRoutes } from './managedRoutes.ts';
import type { Problem } from '../problem.ts';
import { formatObject, metadataPlace } from './routing.ts';
import type { Binding, ManagedVirtualService, ObjectName, Purpose } from './routing.ts';
import { ownBinding } from './served.ts';

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

/**
 * What one VirtualService, as the API server gives it, means for a service.
 * @param inherited for a delegate: where its routes are served is said by others
 */
export function readVirtualService(
  object: JsonObject,
  service: ServiceName,
  purpose: Purpose,
  inherited: Binding | null = null,
): VirtualServiceReading {
  const metadata = objectAt(object, 'metadata');
  const spec = objectAt(object, 'spec');
  const vs = metadataPlace(object);
  const { routes, previews, leftAlone, ports, problems } = readRoutes(vs, spec, service);
  if (routes.length === 0 && previews.length === 0 && problems.length === 0) return { kind: 'unrelated' };
  const refused = [...problems, ...orphanProblems(vs, routes.length, problems)];
  const isUseful = purpose === 'back' && routes.length + previews.length > 0;
  if (refused.length > 0 && !isUseful) return { kind: 'refused', problems: refused };
  return {
    kind: 'managed',
    overlooked: refused,
    ports,
    virtualService: {
      // First: what is inherited may come from an earlier reading of the same object, whose other fields are old.
      ...(isDelegate(object) && inherited !== null ? inherited : ownBinding(object, service)),
      ...vs,
      resourceVersion: textAt(metadata, 'resourceVersion') ?? '',
      routes,
      previews,
      leftAlone,
      object,
    },
  };
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

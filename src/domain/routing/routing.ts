import type { ServiceName } from './host.ts';
import { objectAt, textAt } from '../json.ts';
import type { JsonObject } from '../json.ts';
import type { Problem } from '../problem.ts';
import type { Slot } from '../slot.ts';
import type { Split } from '../split.ts';

/** An object by its place in the cluster. */
export interface ObjectName {
  readonly namespace: string;
  readonly name: string;
}

export const formatObject = (kind: string, { namespace, name }: ObjectName): string =>
  `${kind} ${namespace}/${name}`;

/** Of any object as the API server gives it. */
export function metadataPlace(object: JsonObject): ObjectName {
  const metadata = objectAt(object, 'metadata');
  return { namespace: textAt(metadata, 'namespace') ?? '', name: textAt(metadata, 'name') ?? '' };
}

/** The namespaces whose proxies get an object (exportTo). */
export type Reach = 'all' | ReadonlySet<string>;

/**
 * What a reading is for. Forward, whatever weights cannot steer is refused. Going back needs almost nothing
 * (invariant 4): then it is overlooked, and said, as long as there are weights to write.
 */
export type Purpose = 'forward' | 'back';

/** One of the two entries of a managed route. */
export interface ManagedDestination {
  readonly slot: Slot;
  /** Place in the route's `route` list. */
  readonly index: number;
  /** As written; null where the field is absent, which Istio reads as 0. */
  readonly weight: number | null;
}

/** An http route whose destinations are the service's two slots and nothing else: what a switch changes. */
export interface ManagedRoute {
  /** Place in `spec.http`. */
  readonly index: number;
  readonly name: string | null;
  readonly destinations: Readonly<Record<Slot, ManagedDestination>>;
  /** What Envoy makes of the weights, in whole percent. */
  readonly split: Split;
}

/** Where the routes of a VirtualService are served. A delegate has it from those that hand over to it. */
export interface Binding {
  readonly hosts: readonly string[];
  /** Gateways by place; `mesh` is not among them. */
  readonly gateways: readonly ObjectName[];
  /** Whether sidecars get its routes too (`mesh` among the gateways, or no gateways at all). */
  readonly mesh: boolean;
  /** Whether the sidecars of the service's namespace get its routes under the service's own host: only then it steers callers. */
  readonly governsMesh: boolean;
  readonly reach: Reach;
}

export interface ManagedVirtualService extends ObjectName, Binding {
  readonly resourceVersion: string;
  readonly routes: readonly ManagedRoute[];
  /** Places in `spec.http` of the preview routes that verify-green opened. */
  readonly previews: readonly number[];
  /** Places in `spec.http` of routes to the service that weights cannot steer: never any in a reading forward. */
  readonly leftAlone: readonly number[];
  /** The whole object as read: what plans are made from and writes are compared with. */
  readonly object: JsonObject;
}

export interface Subset {
  /** Place in `spec.subsets`. */
  readonly index: number;
  readonly labels: Readonly<Record<string, string>>;
}

export interface ManagedDestinationRule extends ObjectName {
  readonly resourceVersion: string;
  readonly subsets: Readonly<Record<Slot, Subset>>;
  readonly reach: Reach;
  /** The whole object as read. */
  readonly object: JsonObject;
}

/** Everything about a service's routing that a release decides by, read in one go. */
export interface ServiceRouting {
  readonly name: ServiceName;
  readonly purpose: Purpose;
  /** What would have been refused forward; always empty there. */
  readonly overlooked: readonly Problem[];
  /** The Service's port that the managed routes use. */
  readonly port: number;
  /** Where the pods listen for it: a number, or the name of a container's port. */
  readonly targetPort: number | string;
  /** The Service's selector: its pods are those of both slots. */
  readonly selector: Readonly<Record<string, string>>;
  /** At least one. In the order in which they are switched: bound to a gateway first, then by name. */
  readonly virtualServices: readonly ManagedVirtualService[];
  /**
   * The same as proxies get them, and under the names they have there: the routes of a delegate in each VirtualService
   * that hands over to it. Proven in the proxies; what is written is in `virtualServices`.
   */
  readonly served: readonly ManagedVirtualService[];
  /** Names under which proxies may have a preview route. */
  readonly previewNames: ReadonlySet<string>;
  readonly destinationRule: ManagedDestinationRule;
  /** null when the managed routes disagree. */
  readonly split: Split | null;
  /** Why there is no single split; null when there is one. */
  readonly disagreement: string | null;
  /** The slot that takes everything; null while both do, or while routes disagree. */
  readonly live: Slot | null;
  /** Whether the weights steer callers inside the mesh too (invariant 12). */
  readonly meshGoverned: boolean;
}

/** Whether any managed route sends anything to the slot: such a slot is never touched (invariant 1). */
export const takesTraffic = (routing: ServiceRouting, slot: Slot): boolean =>
  routing.virtualServices.some((vs) => vs.routes.some((route) => route.split[slot] > 0));

/** Which of two VirtualServices is written first, when gateways and mesh have one each. */
export type WriteOrder = 'gateway-first' | 'mesh-first';

/** As read, those bound to a gateway come first. */
export const inWriteOrder = (routing: ServiceRouting, order: WriteOrder): ServiceRouting => ({
  ...routing,
  virtualServices:
    order === 'gateway-first'
      ? routing.virtualServices
      : routing.virtualServices.toSorted(
          (a, b) => Number(a.gateways.length > 0) - Number(b.gateways.length > 0),
        ),
});

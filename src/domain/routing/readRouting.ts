import { isDelegate, readDelegation, servedNames } from './delegates.ts';
import type { Delegation } from './delegates.ts';
import { gatewaysInDoubt, isUnseen } from './exportTo.ts';
import type { GatewayNamespaces } from './exportTo.ts';
import { usesWaypoint, waypointLabel } from './ambient.ts';
import type { ServiceName } from './host.ts';
import { numberAt, objectAt, objectsAt, textAt, textsAt } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { overlapProblems } from './overlaps.ts';
import type { Problem } from '../problem.ts';
import { readDestinationRule } from './readDestinationRule.ts';
import { delegateProblems, inheritedBinding, servedOf } from './served.ts';
import { previewName } from './managedRoutes.ts';
import { placeKey } from './virtualServiceSpec.ts';
import { readVirtualService } from './readVirtualService.ts';
import { formatObject, metadataPlace } from './routing.ts';
import type {
  ManagedDestinationRule,
  ManagedVirtualService,
  ObjectName,
  Purpose,
  ServiceRouting,
} from './routing.ts';
import { formatSplit, sameSplit, soleSlot } from '../split.ts';
import type { Split } from '../split.ts';

/** What the cluster has, as the API server gives it. */
export interface RoutingObjects {
  readonly service: JsonObject;
  /** Of all namespaces. */
  readonly virtualServices: readonly JsonObject[];
  /** Of all namespaces. */
  readonly destinationRules: readonly JsonObject[];
  /** For what is not exported to everybody; absent as long as nobody has looked. */
  readonly gatewayNamespaces?: GatewayNamespaces;
}

export type RoutingReading =
  | { readonly kind: 'managed'; readonly routing: ServiceRouting }
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] };

/**
 * Puts together what the objects say about one service, or everything that stands in the way at once. For going
 * back only what cannot be done without stands in the way: a route with weights, a subset, a Service with pods.
 */
export function readRouting(name: ServiceName, objects: RoutingObjects, purpose: Purpose): RoutingReading {
  const problems: Problem[] = [];
  const virtualServices: ManagedVirtualService[] = [];
  const ports: (number | null)[] = [];
  const known: GatewayNamespaces = objects.gatewayNamespaces ?? new Map();
  const seen = objects.virtualServices.filter((object) => !isUnseen(object, known));
  const delegation = readDelegation(seen);
  for (const object of seen) {
    const reading = readVirtualService(object, name, purpose, inheritedBinding(object, delegation, name));
    if (reading.kind !== 'unrelated' && isDelegate(object))
      problems.push(...delegateProblems(metadataPlace(object), delegation, name));
    if (reading.kind === 'refused') problems.push(...reading.problems);
    if (reading.kind !== 'managed') continue;
    problems.push(...reading.overlooked);
    virtualServices.push(reading.virtualService);
    ports.push(...reading.ports);
  }
  if (virtualServices.length === 0 && problems.length === 0) problems.push(noVirtualService(name));
  const served = servedOf(virtualServices, delegation, name);
  problems.push(...overlapProblems(served, asServed(seen, delegation), known));
  const rule = readDestinationRule(objects.destinationRules, name, purpose);
  problems.push(...(rule.kind === 'refused' ? rule.problems : rule.overlooked));
  const port = onePort(name, ports, objects.service);
  if (typeof port !== 'number') problems.push(port);
  const selector = textsAt(objectAt(objects.service, 'spec'), 'selector');
  const hasPods = Object.keys(selector).length > 0;
  if (!hasPods) problems.push(noSelector(name));
  if (usesWaypoint(textsAt(objectAt(objects.service, 'metadata'), 'labels'))) problems.push(ambient(name));
  const isUseful = purpose === 'back' && hasPods && virtualServices.some(({ routes }) => routes.length > 0);
  if (rule.kind === 'refused' || (problems.length > 0 && !isUseful)) return { kind: 'refused', problems };
  const usedPort = typeof port === 'number' ? port : anyPort(ports, objects.service);
  return {
    kind: 'managed',
    routing: {
      ...assemble(name, usedPort, objects.service, virtualServices, rule.destinationRule),
      served,
      previewNames: servedNames(previewName(name.service), delegation),
      purpose,
      overlooked: problems,
    },
  };
}

/** A delegate by itself serves nothing. */
const asServed = (objects: readonly JsonObject[], { merged }: Delegation): readonly JsonObject[] =>
  objects.filter((one) => !isDelegate(one)).map((one) => merged.get(placeKey(metadataPlace(one))) ?? one);

/**
 * Gateways to look up the pods of before a reading stands: what keeps a service from being switched may come from a
 * VirtualService that none of their proxies gets. Empty when it does not hang on that.
 */
export function inDoubt(reading: RoutingReading, objects: RoutingObjects): readonly ObjectName[] {
  const isClear = reading.kind === 'managed' && reading.routing.split !== null;
  return isClear ? [] : gatewaysInDoubt(objects.virtualServices);
}

function assemble(
  name: ServiceName,
  port: number,
  service: JsonObject,
  found: readonly ManagedVirtualService[],
  destinationRule: ManagedDestinationRule,
): Omit<ServiceRouting, 'purpose' | 'overlooked' | 'served' | 'previewNames'> {
  const virtualServices = found.toSorted(inOrder);
  const { split, disagreement } = commonSplit(virtualServices);
  return {
    name,
    port,
    targetPort: targetPortOf(port, service),
    selector: textsAt(objectAt(service, 'spec'), 'selector'),
    virtualServices,
    destinationRule,
    split,
    disagreement,
    live: split === null ? null : soleSlot(split),
    meshGoverned: virtualServices.some((vs) => vs.governsMesh),
  };
}

/** As the API server fills it in: the port itself when nothing is said. */
function targetPortOf(port: number, service: JsonObject): number | string {
  const entry = objectsAt(objectAt(service, 'spec'), 'ports').find(
    ([, one]) => numberAt(one, 'port') === port,
  )?.[1];
  return entry === undefined ? port : (numberAt(entry, 'targetPort') ?? textAt(entry, 'targetPort') ?? port);
}

/** Gateways first: users come through them, and what is behind shows first there. Then by name, so that it is always the same. */
function inOrder(a: ManagedVirtualService, b: ManagedVirtualService): number {
  const rank = (vs: ManagedVirtualService): number => (vs.gateways.length > 0 ? 0 : 1);
  const byName = `${a.namespace}/${a.name}` < `${b.namespace}/${b.name}` ? -1 : 1;
  return rank(a) - rank(b) || byName;
}

function commonSplit(virtualServices: readonly ManagedVirtualService[]): {
  readonly split: Split | null;
  readonly disagreement: string | null;
} {
  const seen = virtualServices.flatMap((vs) =>
    vs.routes.map((route) => ({
      where: `${formatObject('VirtualService', vs)} route ${route.name ?? String(route.index + 1)}`,
      split: route.split,
    })),
  );
  const [first] = seen;
  if (first === undefined) return { split: null, disagreement: 'there is no managed route' };
  const other = seen.find(({ split }) => !sameSplit(split, first.split));
  if (other !== undefined) {
    return {
      split: null,
      disagreement: `${first.where} has ${formatSplit(first.split)}, ${other.where} has ${formatSplit(other.split)}`,
    };
  }
  const empty = first.split.blue === 0 && first.split.green === 0;
  if (empty) return { split: null, disagreement: `${first.where} has no weight above 0` };
  return { split: first.split, disagreement: null };
}

/** The Service's port that all routes use; a route may leave it out when the Service has one only. */
function onePort(
  name: ServiceName,
  named: readonly (number | null)[],
  service: JsonObject,
): number | Problem {
  const offered = portsOf(service);
  const sole = offered.length === 1 ? offered[0] : undefined;
  const used = [...new Set(named.map((port) => port ?? sole))];
  const [port, second] = used.length > 0 ? used : [sole];
  const list = offered.join(', ') || 'none';
  if (second !== undefined) {
    return {
      what: `the managed routes use the ports ${used.join(' and ')} of Service ${name.namespace}/${name.service}`,
      remedy: 'Use one port in all of them: a release is judged by one.',
    };
  }
  if (port === undefined) {
    return {
      what: `the managed routes name no port, and Service ${name.namespace}/${name.service} has these: ${list}`,
      remedy: 'Add destination.port.number to both entries of every managed route.',
    };
  }
  if (offered.includes(port)) return port;
  return {
    what: `the managed routes use port ${String(port)}, and Service ${name.namespace}/${name.service} has these: ${list}`,
    remedy: 'Correct destination.port.number in the VirtualService, or the ports of the Service.',
  };
}

/** One of the ports in use, for a reading that must not fail for a second one: rather one that the Service has. */
function anyPort(named: readonly (number | null)[], service: JsonObject): number {
  const offered = portsOf(service);
  return named.find((port) => port !== null && offered.includes(port)) ?? offered[0] ?? 80;
}

const portsOf = (service: JsonObject): readonly number[] =>
  objectsAt(objectAt(service, 'spec'), 'ports').flatMap(([, port]) => numberAt(port, 'port') ?? []);

const noVirtualService = ({ service, namespace }: ServiceName): Problem => ({
  what: `no VirtualService routes to ${service}.${namespace}`,
  remedy: `Apply one whose http route has two entries for ${service}: subset blue with weight 100, subset green with weight 0.`,
});

const ambient = ({ service, namespace }: ServiceName): Problem => ({
  what: `Service ${namespace}/${service} is served by an ambient waypoint (label ${waypointLabel})`,
  remedy:
    'Ambient waypoints are not supported: their weights cannot be proven yet. Use sidecars for this service.',
});

const noSelector = ({ service, namespace }: ServiceName): Problem => ({
  what: `Service ${namespace}/${service} has no selector`,
  remedy: 'Give it the label that the pods of both slots have, for example {app: <service>}.',
});

import { resolveHost } from './destination.ts';
import { fqdn } from './host.ts';
import type { ServiceName } from './host.ts';
import { numberAt, objectAt, objectsAt, textAt } from '../json.ts';
import type { JsonObject } from '../json.ts';
import type { Problem } from '../problem.ts';
import { formatObject } from './routing.ts';
import type { ManagedDestination, ManagedRoute, ObjectName } from './routing.ts';
import { slots } from '../slot.ts';
import type { Slot } from '../slot.ts';
import { effectiveSplit } from './weights.ts';

export interface RoutesReading {
  readonly routes: readonly ManagedRoute[];
  readonly previews: readonly number[];
  /** Places of the routes to the service that weights cannot steer: what is wrong with them is among the problems. */
  readonly leftAlone: readonly number[];
  /** Ports of the Service that the routes name; null where the field is absent. */
  readonly ports: readonly (number | null)[];
  readonly problems: readonly Problem[];
}

/** The name of the routes that verify-green opens, by which a later run finds what a killed one left. */
export const previewName = (service: string): string => `${service}-preview`;

interface Entry {
  readonly index: number;
  readonly ours: boolean;
  readonly subset: string | null;
  readonly port: number | null;
  readonly weight: number | null;
}

/** Finds the http routes to a service in one VirtualService, and everything in it that weights cannot steer. */
export function readRoutes(
  vs: ObjectName,
  spec: JsonObject,
  service: ServiceName,
  previewNames: ReadonlySet<string> = new Set([previewName(service.service)]),
): RoutesReading {
  const routes: ManagedRoute[] = [];
  const previews: number[] = [];
  const leftAlone: number[] = [];
  const ports: (number | null)[] = [];
  const problems: Problem[] = [...unsupportedProtocols(vs, spec, service)];
  for (const [index, route] of objectsAt(spec, 'http')) {
    const entries = objectsAt(route, 'route').map(([place, item]) =>
      readEntry(place, item, service, vs.namespace),
    );
    const ours = entries.filter((entry) => entry.ours);
    if (ours.length === 0) continue;
    const name = textAt(route, 'name');
    if (name !== null && previewNames.has(name)) {
      previews.push(index);
      continue;
    }
    const where = `route ${name ?? `number ${String(index + 1)}`} of ${formatObject('VirtualService', vs)}`;
    const found = routeProblems(where, entries, service.service);
    problems.push(...found);
    const blue = slotEntry(ours, 'blue');
    const green = slotEntry(ours, 'green');
    if (found.length > 0 || blue === null || green === null) {
      leftAlone.push(index);
      continue;
    }
    ports.push(...ours.map((entry) => entry.port));
    const split = effectiveSplit(blue.weight, green.weight);
    routes.push({ index, name, destinations: { blue, green }, split });
  }
  return { routes, previews, leftAlone, ports, problems };
}

function readEntry(index: number, item: JsonObject, service: ServiceName, namespace: string): Entry {
  const destination = objectAt(item, 'destination');
  const host = textAt(destination, 'host');
  return {
    index,
    ours: host !== null && resolveHost(host, namespace) === fqdn(service),
    subset: textAt(destination, 'subset'),
    port: numberAt(objectAt(destination, 'port'), 'number'),
    weight: numberAt(item, 'weight'),
  };
}

function slotEntry(entries: readonly Entry[], slot: Slot): ManagedDestination | null {
  const entry = entries.find(({ subset }) => subset === slot);
  return entry === undefined ? null : { slot, index: entry.index, weight: entry.weight };
}

function routeProblems(where: string, entries: readonly Entry[], service: string): readonly Problem[] {
  const problems: Problem[] = [];
  const bothEntries = `Give it two entries for ${service}: subset blue and subset green, with weights 100 and 0.`;
  if (entries.some((entry) => !entry.ours)) {
    problems.push({
      what: `${where} splits between ${service} and another host`,
      remedy: `Give ${service} a route of its own: a switch moves whole routes between blue and green.`,
    });
  }
  for (const { subset } of entries.filter((entry) => entry.ours)) {
    if (subset === null || subset === '') {
      problems.push({ what: `${where} sends to ${service} without a subset`, remedy: bothEntries });
    } else if (subset !== 'blue' && subset !== 'green') {
      problems.push({ what: `${where} sends to subset ${subset} of ${service}`, remedy: bothEntries });
    }
  }
  if (problems.length > 0) return problems;
  for (const slot of slots) {
    const count = entries.filter(({ subset }) => subset === slot).length;
    if (count === 0) {
      problems.push({
        what: `${where} has no entry for subset ${slot}`,
        remedy: `Add to its route list: {destination: {host: ${service}, subset: ${slot}}, weight: 0}. Both entries stay, always.`,
      });
    } else if (count > 1) {
      problems.push({
        what: `${where} has ${String(count)} entries for subset ${slot}`,
        remedy: 'Keep one of them: one slot, one weight.',
      });
    }
  }
  return problems;
}

/** tcp and tls routes to the service: their traffic would stay behind when http moves. */
function unsupportedProtocols(vs: ObjectName, spec: JsonObject, service: ServiceName): readonly Problem[] {
  return ['tcp', 'tls'].flatMap((protocol) =>
    objectsAt(spec, protocol).flatMap(([index, route]) => {
      const ours = objectsAt(route, 'route').some(
        ([place, item]) => readEntry(place, item, service, vs.namespace).ours,
      );
      if (!ours) return [];
      return [
        {
          what: `${protocol} route number ${String(index + 1)} of ${formatObject('VirtualService', vs)} sends to ${service.service}`,
          remedy: 'Only http routes can be switched so far: take it out, or route it as http.',
        },
      ];
    }),
  );
}

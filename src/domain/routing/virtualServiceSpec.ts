import { listAt } from '../json.ts';
import type { JsonObject } from '../json.ts';
import type { ObjectName } from './routing.ts';

export const textsIn = (parent: JsonObject, field: string): readonly string[] =>
  listAt(parent, field).filter((item): item is string => typeof item === 'string');

export const placeKey = ({ namespace, name }: ObjectName): string => `${namespace}/${name}`;

export const hostsOf = (spec: JsonObject): readonly string[] => textsIn(spec, 'hosts');

/** By place; `mesh` is not among them. */
export const boundGateways = (spec: JsonObject, namespace: string): readonly ObjectName[] =>
  textsIn(spec, 'gateways')
    .filter((name) => name !== 'mesh')
    .map((name) => gatewayPlace(name, namespace));

/** A gateway as a match may name it, `mesh` among them, by its full name. */
export const qualifiedGateway = (text: string, namespace: string): string =>
  text === 'mesh' ? text : placeKey(gatewayPlace(text, namespace));

/** `name`, `namespace/name`, or `./name` for the VirtualService's own namespace. */
function gatewayPlace(text: string, namespace: string): ObjectName {
  const [first = '', second] = text.split('/');
  if (second === undefined) return { namespace, name: first };
  return { namespace: first === '.' ? namespace : first, name: second };
}

import { objectAt, objectsAt, textAt, textsAt } from '../json.ts';
import type { JsonObject } from '../json.ts';
import type { PlacedSetting } from './settings.ts';

/** The ConfigMaps of its namespace that a pod's environment is filled from. */
export const configMapsOf = (pod: JsonObject): readonly string[] => [
  ...new Set(references(pod).map(({ configMap }) => configMap)),
];

/** @param dataOf what a ConfigMap of the pod's namespace holds; empty for one that could not be read */
export function configMapSettings(
  pod: JsonObject,
  dataOf: (configMap: string) => Readonly<Record<string, string>>,
): readonly PlacedSetting[] {
  return references(pod).flatMap(({ configMap, key, variable, prefix }) => {
    const place = (name: string): string => `env ${name} from ConfigMap ${configMap}`;
    const data = dataOf(configMap);
    if (key !== null) {
      const value = data[key];
      return value === undefined ? [] : [{ key: variable, value, place: place(variable) }];
    }
    return Object.entries(data).map(([name, value]) => ({
      key: `${prefix}${name}`,
      value,
      place: place(`${prefix}${name}`),
    }));
  });
}

interface Reference {
  readonly configMap: string;
  /** null: all of it, each key a variable with this prefix. */
  readonly key: string | null;
  readonly variable: string;
  readonly prefix: string;
}

function references(pod: JsonObject): readonly Reference[] {
  const spec = objectAt(pod, 'spec');
  const containers = [...objectsAt(spec, 'containers'), ...objectsAt(spec, 'initContainers')];
  return containers.flatMap(([, container]) => [
    ...objectsAt(container, 'env').flatMap(([, variable]): readonly Reference[] => {
      const reference = objectAt(objectAt(variable, 'valueFrom'), 'configMapKeyRef');
      const configMap = textAt(reference, 'name');
      const key = textAt(reference, 'key');
      return configMap === null || key === null
        ? []
        : [{ configMap, key, variable: textAt(variable, 'name') ?? key, prefix: '' }];
    }),
    ...objectsAt(container, 'envFrom').flatMap(([, source]): readonly Reference[] => {
      const configMap = textAt(objectAt(source, 'configMapRef'), 'name');
      const prefix = textAt(source, 'prefix') ?? '';
      return configMap === null ? [] : [{ configMap, key: null, variable: '', prefix }];
    }),
  ]);
}

/** What a ConfigMap holds as text. */
export const dataIn = (configMap: JsonObject | null): Readonly<Record<string, string>> =>
  textsAt(configMap ?? {}, 'data');

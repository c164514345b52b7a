import { listAt, objectAt, objectsAt, textAt } from '../json.ts';
import type { JsonObject } from '../json.ts';
import type { Setting } from './hostNamed.ts';

/** A setting, and where it stands. */
export interface PlacedSetting extends Setting {
  /** For people: `env ORDER_URL of container app`. Never the value, which may hold a password. */
  readonly place: string;
}

/** What a pod's own containers are configured with, as far as the pod says it itself. */
export function settingsOf(pod: JsonObject): readonly PlacedSetting[] {
  const spec = objectAt(pod, 'spec');
  const containers = [...objectsAt(spec, 'containers'), ...objectsAt(spec, 'initContainers')];
  return containers.flatMap(([, container]) => {
    const of = `of container ${textAt(container, 'name') ?? ''}`;
    return [
      ...objectsAt(container, 'env').flatMap(([, variable]) => {
        const key = textAt(variable, 'name') ?? '';
        const value = textAt(variable, 'value');
        return value === null ? [] : [{ key, value, place: `env ${key} ${of}` }];
      }),
      ...argumentSettings(container, 'command', of),
      ...argumentSettings(container, 'args', of),
    ];
  });
}

/** `--flag=value` and `--flag value` have the flag for a key. */
function argumentSettings(
  container: JsonObject,
  field: 'command' | 'args',
  of: string,
): readonly PlacedSetting[] {
  const words = listAt(container, field).filter((word) => typeof word === 'string');
  return words.map((word, index) => {
    const [, flag, given] = /^-*([\w.-]+)=(.*)$/s.exec(word) ?? [];
    const before = words[index - 1] ?? '';
    const key = flag ?? (/^--?[a-z]/i.test(before) && !before.includes('=') ? before : '');
    return { key, value: given ?? word, place: `${field} ${of}` };
  });
}

import { objectAt, objectsAt, textAt } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { formatObject } from './routing.ts';
import type { ServiceRouting } from './routing.ts';
import { formatSplit, sameSplit } from '../split.ts';
import type { Split } from '../split.ts';

/**
 * What no longer says the split that was written: someone else wrote since, for example a GitOps tool that re-applied
 * it from Git. One line for each VirtualService.
 */
export function driftFrom(now: ServiceRouting, written: Split): readonly string[] {
  return now.virtualServices.flatMap((vs) => {
    const other = vs.routes.find(({ split }) => !sameSplit(split, written));
    if (other === undefined) return [];
    const writer = lastWriter(vs.object);
    return [
      `${formatObject('VirtualService', vs)} says ${formatSplit(other.split)}${writer === null ? '' : `, last written by ${writer}`}`,
    ];
  });
}

/** Source: Kubernetes API concepts, server-side apply, "Field management". */
function lastWriter(object: JsonObject): string | null {
  const [last] = objectsAt(objectAt(object, 'metadata'), 'managedFields')
    .map(([, field]) => ({ manager: textAt(field, 'manager'), time: textAt(field, 'time') ?? '' }))
    .toSorted((a, b) => b.time.localeCompare(a.time));
  if (last?.manager === undefined || last.manager === null) return null;
  return last.time === '' ? last.manager : `${last.manager} at ${last.time}`;
}

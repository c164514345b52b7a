import { objectAt, objectsAt, textAt } from '../json.ts';
import type { JsonObject } from '../json.ts';

/** By which the API server knows what these actions wrote. */
export const fieldManager = 'c4ang-actions';

/**
 * Who wrote the http routes of a VirtualService as they are: a list is owned as a whole, by whoever changed it last, and
 * by who has applied the same since. Empty where the API server does not tell.
 * Source: Kubernetes API concepts, server-side apply, "Field management" and "Merge strategy" (lists are atomic).
 */
export const routeWriters = (object: JsonObject): readonly string[] =>
  objectsAt(objectAt(object, 'metadata'), 'managedFields')
    .filter(([, entry]) => 'f:http' in objectAt(objectAt(entry, 'fieldsV1'), 'f:spec'))
    .map(([, entry]) => textAt(entry, 'manager') ?? '');

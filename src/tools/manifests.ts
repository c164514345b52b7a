import { parseAllDocuments } from 'yaml';
import { isObject } from '../domain/json.ts';
import type { JsonObject } from '../domain/json.ts';

/** The objects in a stream of YAML documents, as `helm template` writes it. Empty documents are left out. */
export const parseManifests = (text: string): readonly JsonObject[] =>
  [...parseAllDocuments(text)].map((document): unknown => document.toJS()).filter(isObject);

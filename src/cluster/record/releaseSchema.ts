import { phases, schemaVersion } from '../../domain/release/release.ts';
import type { Release } from '../../domain/release/release.ts';
import { isObject, numberAt } from '../../domain/json.ts';
import { slots } from '../../domain/slot.ts';
import type { Split } from '../../domain/split.ts';
import type { Verdict } from '../../domain/verdict/verdict.ts';
import { list, number, object, oneOf, orNull, text, WrongField } from './shape.ts';

const split = object({ blue: number, green: number }, {});
const content = object({ version: text, image: text }, {});
const judgement = object(
  { verdict: oneOf<Verdict>(['pass', 'fail', 'inconclusive', 'error']), reason: text },
  {},
);

const release = object(
  {
    id: text,
    service: text,
    namespace: text,
    phase: oneOf(phases),
    candidate: oneOf(slots),
    slots: object({}, { blue: content, green: content }),
    splitBefore: split,
    splitAfter: orNull(split),
    verdicts: object({}, { verify: judgement, monitor: judgement }),
    timeline: list(object({ at: text, phase: oneOf(phases), note: text }, { split })),
    runUrl: orNull(text),
    actor: orNull(text),
  },
  { commit: text, goesBackTo: split },
);

/** Why a record cannot be used; and the split before its release, which a newer schema most likely still says. */
export interface Unusable {
  readonly reason: string;
  readonly splitBefore?: Split;
}

/** Reads the record's text. Never throws: a record that cannot be read must not keep anyone from rolling back. */
export function parseRelease(json: string): { readonly release: Release } | Unusable {
  let raw: unknown;
  try {
    raw = JSON.parse(json);
  } catch {
    return { reason: 'it is not JSON' };
  }
  const reason = unusable(raw);
  if (reason === null) return { release: release(raw, '') };
  try {
    return { reason, splitBefore: object({ splitBefore: split }, {})(raw, '').splitBefore };
  } catch {
    return { reason };
  }
}

function unusable(raw: unknown): string | null {
  const version = isObject(raw) ? numberAt(raw, 'schemaVersion') : null;
  if (version === null) return 'it has no schemaVersion';
  if (version > schemaVersion) {
    return `its schema ${String(version)} is newer than the ${String(schemaVersion)} known here`;
  }
  try {
    release(raw, '');
    return null;
  } catch (error) {
    if (error instanceof WrongField) return error.message;
    throw error;
  }
}

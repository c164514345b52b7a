import { z } from 'zod';
import { phases, schemaVersion } from '../../domain/release/release.ts';
import type { Release } from '../../domain/release/release.ts';
import type { Split } from '../../domain/split.ts';

const slot = z.enum(['blue', 'green']);
const split = z.object({ blue: z.number(), green: z.number() });
const content = z.object({ version: z.string(), image: z.string() });
const judgement = z.object({
  verdict: z.enum(['pass', 'fail', 'inconclusive', 'error']),
  reason: z.string(),
});

const release = z.object({
  id: z.string(),
  service: z.string(),
  namespace: z.string(),
  phase: z.enum(phases),
  candidate: slot,
  slots: z.object({ blue: content.exactOptional(), green: content.exactOptional() }),
  splitBefore: split,
  splitAfter: split.nullable(),
  verdicts: z.object({ verify: judgement.exactOptional(), monitor: judgement.exactOptional() }),
  timeline: z.array(z.object({ at: z.string(), phase: z.enum(phases), note: z.string() })),
  runUrl: z.string().nullable(),
  actor: z.string().nullable(),
});

/** Why a record cannot be used; and the split before its release, which a newer schema most likely still says. */
export interface Unusable {
  readonly reason: string;
  readonly splitBefore?: Split;
}

/** Reads the record's text. Never throws: a record that cannot be read must not keep anyone from rolling back. */
export function parseRelease(text: string): { readonly release: Release } | Unusable {
  const parsed = parse(text);
  if ('release' in parsed) return parsed;
  const before = z.object({ splitBefore: split }).safeParse(parsed.raw);
  return { reason: parsed.reason, ...(before.success ? { splitBefore: before.data.splitBefore } : {}) };
}

function parse(
  text: string,
): { readonly release: Release } | { readonly reason: string; readonly raw?: unknown } {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return { reason: 'it is not JSON' };
  }
  const version = z.object({ schemaVersion: z.number() }).safeParse(raw);
  if (!version.success) return { reason: 'it has no schemaVersion', raw };
  if (version.data.schemaVersion > schemaVersion) {
    return {
      reason: `its schema ${String(version.data.schemaVersion)} is newer than the ${String(schemaVersion)} known here`,
      raw,
    };
  }
  const parsed = release.safeParse(raw);
  if (parsed.success) return { release: parsed.data };
  const [issue] = parsed.error.issues;
  return { reason: `its field ${issue?.path.join('.') ?? ''} is wrong: ${issue?.message ?? ''}`, raw };
}

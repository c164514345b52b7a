import type { PlatformFacts } from '../image/facts.ts';
import { hasExpired, nameOf } from './allowList.ts';
import type { GateRules } from './gate.ts';

/** A verdict is taken for as long as this, so that a job that failed can be run again at once. */
const holdsMs = 86_400_000;
/** The clock of the machine that built it may be a little ahead. */
const aheadMs = 300_000;

/** How the rules by which an image was judged are kept: as a label of it. */
export interface RulesLabel {
  readonly name: string;
  readonly value: string;
}

/**
 * Why an image that was pushed by an earlier run is judged once more. An image is scanned after it is built: so what
 * was built within the last day was scanned within the last day.
 * @returns null when it passed by these very rules, and not long ago
 */
export function whyScanAgain(
  platforms: readonly Pick<PlatformFacts, 'created' | 'labels'>[],
  label: RulesLabel,
  { allow, maxDatabaseAgeMs }: Pick<GateRules, 'allow' | 'maxDatabaseAgeMs'>,
  now: number,
): string | null {
  if (platforms.length === 0 || platforms.some(({ labels }) => labels[label.name] !== label.value)) {
    return 'it was judged by other rules than those of today';
  }
  const over = allow.find((entry) => hasExpired(entry, now));
  if (over !== undefined) return `the allow list's entry ${nameOf(over)} ended with ${over.expires}`;
  const mostMs = Math.min(holdsMs, maxDatabaseAgeMs);
  const isRecent = platforms.every(({ created }) => {
    const age = now - Date.parse(created ?? '');
    return age >= -aheadMs && age <= mostMs;
  });
  return isRecent ? null : `it was not built within the last ${String(mostMs / 3_600_000)} hours`;
}

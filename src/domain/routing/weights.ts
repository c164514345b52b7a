import type { Split } from '../split.ts';

/**
 * What Envoy makes of two weights, in whole percent. Istio leaves out a destination of weight 0, reads
 * an absent one as 0, and has no rule that they add up to 100: 30 and 30 are served 50/50. Whoever gets
 * anything shows at least 1, so that no slot ever looks idle that is not.
 */
export function effectiveSplit(blueWeight: number | null, greenWeight: number | null): Split {
  const blue = blueWeight ?? 0;
  const green = greenWeight ?? 0;
  if (blue <= 0 && green <= 0) return { blue: 0, green: 0 };
  if (green <= 0) return { blue: 100, green: 0 };
  if (blue <= 0) return { blue: 0, green: 100 };
  const share = Math.min(99, Math.max(1, Math.round((blue * 100) / (blue + green))));
  return { blue: share, green: 100 - share };
}

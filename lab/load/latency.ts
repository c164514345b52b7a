/**
 * load-agent's latency buckets: bucket i holds 0.1 ms × 1.1^i up to 0.1 ms × 1.1^(i+1). Buckets of any
 * rows can be added up, which quantiles cannot.
 */
export type LatencyBuckets = Readonly<Record<string, number>>;

const baseMs = 0.1;
const growth = 1.1;

export function addBuckets(all: readonly LatencyBuckets[]): LatencyBuckets {
  const sum: Record<string, number> = {};
  for (const buckets of all) {
    for (const [bucket, count] of Object.entries(buckets)) sum[bucket] = (sum[bucket] ?? 0) + count;
  }
  return sum;
}

/**
 * The latency that the given share of answers stayed within, right to within 10 %: the upper edge of
 * the bucket in which the share is reached.
 * @param share 0.95 for P95
 * @returns milliseconds; null when there are no answers
 */
export function quantileMs(buckets: LatencyBuckets, share: number): number | null {
  const sorted = Object.entries(buckets)
    .map(([bucket, count]) => ({ bucket: Number(bucket), count }))
    .sort((one, other) => one.bucket - other.bucket);
  const total = sorted.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return null;
  const wanted = Math.ceil(total * share);
  let seen = 0;
  const reached = sorted.find(({ count }) => (seen += count) >= wanted);
  return reached === undefined ? null : Number((baseMs * growth ** (reached.bucket + 1)).toFixed(2));
}

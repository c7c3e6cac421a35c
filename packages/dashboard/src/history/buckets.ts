import type { Bucket, HistoryRange } from '@holdline/monitor';

/** Length of an interval and of a range, ms. */
export const RANGES: Readonly<Record<HistoryRange, { bucketMs: number; rangeMs: number }>> = {
  hour: { bucketMs: 10_000, rangeMs: 3_600_000 },
  day: { bucketMs: 300_000, rangeMs: 86_400_000 },
  week: { bucketMs: 3_600_000, rangeMs: 604_800_000 },
};
export const RANGE_NAMES = Object.keys(RANGES) as HistoryRange[];

const SUMS = [
  'ok',
  'failed',
  'attempts',
  'refusals',
  'retries',
  'rejected',
  'saved',
  'tokenRefreshes',
  'waitedMs',
] as const;
const LATEST = ['p50', 'p95', 'p99'] as const;

/** Fields of a bucket in their order in the file. */
const FIELDS = ['at', ...SUMS, ...LATEST, 'quotaUse', 'queued'] as const satisfies readonly (keyof Bucket)[];
const OPTIONAL = new Set<string>([...LATEST, 'quotaUse']);

/** Adds two parts of one interval, which two processes saw one after the other. The quantiles of the larger part are kept. */
function addBuckets(a: Bucket, b: Bucket): Bucket {
  const larger = a.ok + a.failed > b.ok + b.failed ? a : b;
  const sum: Bucket = { ...b };
  for (const key of SUMS) sum[key] = a[key] + b[key];
  for (const key of LATEST) sum[key] = larger[key];
  const uses = [a.quotaUse, b.quotaUse].filter((use) => use !== undefined);
  sum.quotaUse = uses.length > 0 ? Math.max(...uses) : undefined;
  sum.queued = Math.max(a.queued, b.queued);
  return sum;
}

/**
 * Joins stored and live buckets of a range. Returns them in the order of time, without those that are too old or in the future.
 *
 * @param isSame - Whether the stored buckets come from the monitor of the live ones. Then the live bucket replaces the stored one.
 */
export function mergeBuckets(
  range: HistoryRange,
  stored: readonly Bucket[],
  live: readonly Bucket[],
  wall: number,
  isSame: boolean,
): Bucket[] {
  const { bucketMs, rangeMs } = RANGES[range];
  const merged = new Map<number, Bucket>();
  for (const bucket of stored) merged.set(Math.floor(bucket.at / bucketMs), bucket);
  for (const bucket of live) {
    const place = Math.floor(bucket.at / bucketMs);
    const before = merged.get(place);
    merged.set(place, before && !isSame ? addBuckets(before, bucket) : bucket);
  }
  return [...merged.values()]
    .filter(({ at }) => at > wall - rangeMs - bucketMs && at <= wall + bucketMs)
    .sort((a, b) => a.at - b.at);
}

/** A bucket as a row of numbers, for the file. */
export function toRow(bucket: Bucket): (number | null)[] {
  return FIELDS.map((field) => {
    const value = bucket[field];
    return value === undefined ? null : Math.round(value * 10_000) / 10_000;
  });
}

/** Reads a row. Undefined: the row is no bucket. */
export function fromRow(row: unknown): Bucket | undefined {
  if (!Array.isArray(row) || row.length !== FIELDS.length) return undefined;
  const bucket: Partial<Record<keyof Bucket, number | undefined>> = {};
  for (const [i, field] of FIELDS.entries()) {
    const value: unknown = row[i];
    if (value === null && OPTIONAL.has(field)) bucket[field] = undefined;
    else if (typeof value === 'number' && Number.isFinite(value) && value >= 0) bucket[field] = value;
    else return undefined;
  }
  return bucket as Bucket;
}

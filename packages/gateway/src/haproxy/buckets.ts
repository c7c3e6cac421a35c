import type { Zone } from '../plan/types.js';

/** How fast the requests of a zone get through. */
export interface Bucket {
  /** Requests at once. */
  readonly burst: number;
  /** Time in which one request is regained, in µs. */
  readonly intervalUs: number;
}

/** Options that the buckets depend on. */
export interface BucketOptions {
  /** Part of a quota that may leave at once. */
  readonly burstShare: number;
  /** Time by which the way to the platform may bring two requests closer together, in ms. */
  readonly jitterMs: number;
}

/**
 * The fastest bucket that keeps a zone.
 *
 * A window of any start sees the burst and one request for each further interval that begins in it. What the burst has more, the rate has
 * less, so that the limit holds in every window. Each window is taken to be longer by the jitter.
 */
export function bucketOf(zone: Omit<Zone, 'key'>, { burstShare, jitterMs }: BucketOptions): Bucket {
  const { counts, limit, windowMs } = zone;
  const slowest = Math.ceil(1_000_000 / zone.ratePerSec);
  if (counts === 'bucket') {
    // Requests that were late meet the first of those behind them, so that many fewer may leave at once.
    const late = Math.ceil((jitterMs * 1_000) / slowest);
    if (zone.burst > late) return { burst: zone.burst - late, intervalUs: slowest };
    return { burst: 1, intervalUs: slowest + Math.ceil(jitterMs * 1_000) };
  }
  const burst = Math.max(1, Math.floor(Math.min(limit * burstShare, zone.burst)));
  const interval = Math.ceil(((windowMs + jitterMs) * 1_000) / (limit - burst + 1));
  return { burst, intervalUs: Math.max(interval, slowest) };
}

/** Time by which a bucket may be ahead when it lets a request through, in µs. */
export const toleranceOf = ({ burst, intervalUs }: Bucket): number => (burst - 1) * intervalUs;

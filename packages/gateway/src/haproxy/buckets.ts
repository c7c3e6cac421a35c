import { ConfigError } from '@holdline/core';
import type { Zone } from '../plan/types.js';
import { commentOf } from './text.js';

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

/** Longest time in which a bucket may regain all of its burst, in µs: a table keeps a count for at most 2^31 ms. */
export const MAX_FULL_US = 2_000_000_000_000;

/**
 * The fastest bucket that keeps a zone.
 *
 * A window of any start sees the burst and one request for each further interval that begins in it. What the burst has more, the rate has
 * less, so that the limit holds in every window. Each window is taken to be longer by the jitter.
 *
 * @throws ConfigError for a zone that regains a request so slowly that its count would be forgotten before.
 */
export function bucketOf(zone: Omit<Zone, 'key'>, options: BucketOptions): Bucket {
  const bucket = zone.counts === 'bucket' ? bucketOfBucket(zone, options) : bucketOfWindow(zone, options);
  if (bucket.intervalUs > MAX_FULL_US)
    throw new ConfigError(
      `the quota ${commentOf(zone.label)} must have a request every 23 days or more often, got ${zone.limit} in ${zone.windowMs} ms: a gateway keeps no count for longer`,
    );
  return bucket;
}

function bucketOfWindow(zone: Omit<Zone, 'key'>, { burstShare, jitterMs }: BucketOptions): Bucket {
  const { limit } = zone;
  const windowUs = (zone.windowMs + jitterMs) * 1_000;
  // With this burst, the bucket is full again after `MAX_FULL_US`.
  const most = (MAX_FULL_US * (limit + 1)) / (windowUs + MAX_FULL_US);
  const burst = Math.max(1, Math.floor(Math.min(limit * burstShare, zone.burst, most)));
  return { burst, intervalUs: Math.max(Math.ceil(windowUs / (limit - burst + 1)), slowest(zone)) };
}

function bucketOfBucket(zone: Omit<Zone, 'key'>, { jitterMs }: BucketOptions): Bucket {
  const intervalUs = slowest(zone);
  // Requests that were late meet the first of those behind them, so that so many fewer may leave at once.
  const late = Math.ceil((jitterMs * 1_000) / intervalUs);
  const burst = Math.min(zone.burst - late, Math.floor(MAX_FULL_US / intervalUs));
  if (burst >= 1) return { burst, intervalUs };
  return { burst: 1, intervalUs: intervalUs + Math.ceil(jitterMs * 1_000) };
}

/** The interval of the rate that the configuration allows, in µs. */
const slowest = ({ ratePerSec }: Pick<Zone, 'ratePerSec'>): number => Math.ceil(1_000_000 / ratePerSec);

/** Time by which a bucket may be ahead when it lets a request through, in µs. */
export const toleranceOf = ({ burst, intervalUs }: Bucket): number => (burst - 1) * intervalUs;

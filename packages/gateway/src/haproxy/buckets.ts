import type { Zone } from '../plan/types.js';

/** How fast the requests of a zone get through. */
export interface Bucket {
  /** Requests at once. */
  readonly burst: number;
  /** Time in which one request is regained, in µs. */
  readonly intervalUs: number;
}

/** Most of the time by which the way to the platform may stretch or shorten the time between two requests, in ms. */
const MAX_JITTER_MS = 100;

/**
 * The fastest bucket that keeps a zone.
 *
 * A bucket lets at most `burst + (windowMs - 1) / interval` requests into a window. What the burst has more, the rate has less, so that
 * the limit holds in every window, wherever it starts.
 *
 * @param burstShare - Share of the limit that may leave at once.
 */
export function bucketOf(zone: Zone, burstShare: number): Bucket {
  const { counts, limit, windowMs } = zone;
  const slowest = Math.ceil(1_000_000 / zone.ratePerSec);
  if (counts === 'bucket') return { burst: zone.burst, intervalUs: slowest };
  const burst = Math.min(zone.burst, Math.max(1, Math.floor(limit * burstShare)));
  const jitterMs = Math.min(MAX_JITTER_MS, windowMs / 20);
  const interval = Math.ceil(((windowMs + jitterMs) * 1_000) / (limit - burst + 1));
  return { burst, intervalUs: Math.max(interval, slowest) };
}

/** Time by which a bucket may be ahead when it lets a request through, in µs. */
export const toleranceOf = ({ burst, intervalUs }: Bucket): number => (burst - 1) * intervalUs;

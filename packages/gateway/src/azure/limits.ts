import type { Zone } from '../plan/types.js';

/** Numbers of a `rate-limit-by-key`. */
export interface RateLimitByKey {
  readonly calls: number;
  /** Length of the sliding window, in seconds. */
  readonly renewalPeriod: number;
}

/**
 * The numbers that keep a zone in a sliding window of at most `maxPeriodSec`; undefined if not even one request fits into it.
 *
 * A window of the zone has at most `ceil(window / period)` periods, each with `calls` requests.
 */
export function limitOf(
  { counts, limit, windowMs, burst, ratePerSec }: Zone,
  maxPeriodSec: number,
): RateLimitByKey | undefined {
  const windowSec = Math.ceil(windowMs / 1_000);
  // A sliding window of `calls` lets at most `calls + rate * time` through, as a bucket of that size does.
  if (counts === 'bucket') return of(Math.min(burst, Math.floor(ratePerSec * maxPeriodSec)), maxPeriodSec);
  const periods = Math.ceil(windowSec / maxPeriodSec);
  const period = Math.ceil(windowSec / periods);
  const calls = Math.floor(limit / periods);
  return of(Math.min(calls, burst, Math.max(1, Math.floor(ratePerSec * period))), period);
}

const of = (calls: number, renewalPeriod: number): RateLimitByKey | undefined =>
  calls < 1 ? undefined : { calls, renewalPeriod };

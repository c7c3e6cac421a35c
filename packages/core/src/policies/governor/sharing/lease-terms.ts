import type { Enforcement } from '../../../contract/counting.js';
import type { SharedQuota } from '../../../contract/leases.js';

/** Ticks per window. Rounding to ticks wastes at most this part of the quota. */
const TICKS_PER_WINDOW = 250;
/** Validity of a permit, as a part of the window, and at most, ms. */
const VALIDITY = { part: 0.25, maxMs: 1_000 };
const GRACE_MS = 1_000;
/** Permits are requested this long ahead where the rate needs more than one in that time, ms. */
const HORIZON_MS = 80;

/** Returns the terms for lending permits of a quota. */
export function sharedQuotaOf(
  scope: string,
  limit: number,
  windowMs: number,
  enforcement: Enforcement = 'auto',
  burst?: number,
): SharedQuota {
  return {
    scope,
    limit,
    windowMs,
    tickMs: Math.max(1, Math.floor(windowMs / TICKS_PER_WINDOW)),
    validMs: Math.min(VALIDITY.maxMs, VALIDITY.part * windowMs),
    graceMs: GRACE_MS,
    horizonMs: HORIZON_MS,
    enforcement,
    burst,
  };
}

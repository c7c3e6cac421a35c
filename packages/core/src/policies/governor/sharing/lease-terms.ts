import type { Enforcement } from '../../../contract/counting.js';
import type { SharedQuota } from '../../../contract/leases.js';

/** Ticks of a window: what they round away is at most this part of the quota. */
const TICKS = 250;
/** How long a permit may be spent, as a part of the window, and at most, ms. */
const VALID = { part: 0.25, mostMs: 1_000 };
const GRACE_MS = 1_000;
/** Permits are asked for this long ahead, where the rate makes that more than one, ms. */
const HORIZON_MS = 80;

/** How permits of a quota are lent. */
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
    tickMs: Math.max(1, Math.floor(windowMs / TICKS)),
    validMs: Math.min(VALID.mostMs, VALID.part * windowMs),
    graceMs: GRACE_MS,
    horizonMs: HORIZON_MS,
    enforcement,
    burst,
  };
}

import type { Counting } from '../../../contract/counting.js';
import type { QuotaLease, SharedTerms } from '../../../contract/leases.js';
import { AdaptiveQuota } from '../learning/adaptive-quota.js';
import { NO_TRIAL } from '../learning/refusal-tolerance.js';
import type { SharedCounting, QuotaTerms } from '../learning/types.js';
import type { Quota } from '../options.js';
import { TokenBucket } from './token-bucket.js';

/** Rounding of a reset in whole seconds, ms. */
const RESET_ROUNDING_MS = 1_000;

function termsOf({
  limit,
  windowMs,
  enforcement = 'auto',
  shape,
  burst,
}: Quota): QuotaTerms & { burst: number | undefined } {
  return {
    limit: limit === 'discover' ? Infinity : limit,
    windowMs,
    enforcement,
    // A smoothing bucket is local; the platform does not have it.
    burst: shape === 'smooth' ? undefined : burst,
  };
}

/**
 * Returns the shared numbers of a quota, and its name for all processes. The name contains the window, because ledgers with
 * different windows count in different ticks.
 */
export function sharedTermsOf(scopeName: string, quota: Quota): SharedTerms {
  const { name, windowMs } = quota;
  const quotaName = name === undefined ? String(windowMs) : `${name}|${windowMs}`;
  return { scope: `${scopeName}|${quotaName}`, ...termsOf(quota) };
}

const sharedCounting = new WeakMap<Quota, SharedCounting>();

function sharedCountingOf(quota: Quota): SharedCounting {
  let shared = sharedCounting.get(quota);
  if (!shared) sharedCounting.set(quota, (shared = { counts: undefined }));
  return shared;
}

/** A quota in one scope. */
export class ScopedQuota {
  readonly adaptive: AdaptiveQuota;
  /** Smooths the attempts, where configured. */
  bucket: TokenBucket | undefined = undefined;
  /** Lease of a shared quota. The local count continues beside the lease, for the time without a store. */
  lease: QuotaLease | undefined = undefined;

  constructor(
    public quota: Quota,
    now: number,
  ) {
    this.adaptive = new AdaptiveQuota(termsOf(quota), sharedCountingOf(quota));
    this.reconfigure(quota, now);
  }

  /** Applies new numbers. Permits in use stay in use. */
  reconfigure(quota: Quota, now: number): void {
    this.quota = quota;
    this.adaptive.reconfigure(termsOf(quota), now);
    const { limit, windowMs, shape } = quota;
    if (shape !== 'smooth' || limit === 'discover') {
      this.bucket = undefined;
      return;
    }
    const burst = Math.min(quota.burst ?? limit, limit);
    const ratePerSec = quota.ratePerSec ?? (limit / windowMs) * 1000;
    if (this.bucket) this.bucket.reconfigure(burst, ratePerSec, now);
    else this.bucket = new TokenBucket(burst, ratePerSec, now);
  }

  freeAt(now: number, weight: number, refusalToleranceMs: number): number {
    // The ledger counts lent permits for all processes; the local count adds no information.
    const { lent } = this;
    let at = (lent ?? this.adaptive).freeAt(now, weight, refusalToleranceMs);
    if (this.bucket) at = Math.max(at, this.bucket.freeAt(now, weight));
    return this.lease && !lent && at < Infinity ? Math.max(at, this.lease.freeAt(now, weight)) : at;
  }

  /** The lease, while the store is not lost. */
  get lent(): QuotaLease | undefined {
    return this.lease?.isLost ? undefined : this.lease;
  }

  /** How the platform counts, as far as known. */
  get counts(): Counting | undefined {
    return (this.lent?.sharedEstimate ?? this.adaptive).counts;
  }

  /** Records that an answer names a reset in `resetMs`. */
  recordReset(now: number, resetMs: number): void {
    const at = now + resetMs;
    const reset = { from: at - RESET_ROUNDING_MS - this.adaptive.roundTripMs, to: at + RESET_ROUNDING_MS };
    (this.lent ?? this.adaptive).recordReset(now, reset);
  }

  /** Returns when the `n`th permit is free, if no attempt leaves before `from`. */
  estimate(now: number, n: number, from: number, takenAt?: (i: number) => number): number {
    const own = this.adaptive.estimate(now, n, from, takenAt);
    return this.lease ? Math.max(own, this.lease.estimate(now, n, from)) : own;
  }

  /** Whether the quota is used up, as far as known: by this process, or by all processes together. */
  isSpent(now: number): boolean {
    if (this.lease?.isContended) return true;
    return this.adaptive.freeAt(now, 1, NO_TRIAL) > now || (this.bucket?.freeAt(now, 1) ?? now) > now;
  }

  /** Maximum number of permits that the quota ever grants at once. */
  get maxPermits(): number {
    const { limit, burst = 0 } = termsOf(this.quota);
    return Math.max(limit, burst);
  }
}

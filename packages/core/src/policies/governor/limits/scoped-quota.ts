import type { Counting } from '../../../contract/counting.js';
import type { QuotaLease, SharedTerms } from '../../../contract/leases.js';
import { AdaptiveQuota } from '../learning/adaptive-quota.js';
import { NO_TRIAL } from '../learning/refusal-tolerance.js';
import type { SharedCounting, QuotaTerms } from '../learning/types.js';
import type { Quota } from '../options.js';
import { TokenBucket } from './token-bucket.js';

/** A reset in whole seconds may be rounded up or down, ms. */
const RESET_ROUNDED_MS = 1_000;

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
    // What smooths is ours, and no business of the platform's.
    burst: shape === 'bucket' ? undefined : burst,
  };
}

/**
 * What all processes share of a quota, and what they call it. The window is part of the name: a ledger counts in its ticks, and cannot
 * read those of another.
 */
export function sharedTermsOf(scopeName: string, quota: Quota): SharedTerms {
  const { name, windowMs } = quota;
  const own = name === undefined ? String(windowMs) : `${name}|${windowMs}`;
  return { scope: `${scopeName}|${own}`, ...termsOf(quota) };
}

const sharedCounting = new WeakMap<Quota, SharedCounting>();

function sharedCountingOf(quota: Quota): SharedCounting {
  let shared = sharedCounting.get(quota);
  if (!shared) sharedCounting.set(quota, (shared = { counts: undefined }));
  return shared;
}

/** A quota at work in one scope. */
export class ScopedQuota {
  readonly adaptive: AdaptiveQuota;
  /** Smooths. */
  bucket: TokenBucket | undefined = undefined;
  /** The part of this process in a quota that many spend. Its own count goes on beside it, for when the store is lost. */
  lease: QuotaLease | undefined = undefined;

  constructor(
    public quota: Quota,
    now: number,
  ) {
    this.adaptive = new AdaptiveQuota(termsOf(quota), sharedCountingOf(quota));
    this.reconfigure(quota, now);
  }

  /** Takes new numbers; what is in use stays in use. */
  reconfigure(quota: Quota, now: number): void {
    this.quota = quota;
    this.adaptive.reconfigure(termsOf(quota), now);
    const { limit, windowMs, shape } = quota;
    if (shape !== 'bucket' || limit === 'discover') {
      this.bucket = undefined;
      return;
    }
    const burst = Math.min(quota.burst ?? limit, limit);
    const ratePerSec = quota.ratePerSec ?? (limit / windowMs) * 1000;
    if (this.bucket) this.bucket.reconfigure(burst, ratePerSec, now);
    else this.bucket = new TokenBucket(burst, ratePerSec, now);
  }

  freeAt(now: number, weight: number, refusalToleranceMs: number): number {
    // What the ledger lends it has counted for all; the count of one tells nothing more.
    const { lent } = this;
    let at = lent
      ? lent.freeAt(now, weight, refusalToleranceMs)
      : this.adaptive.freeAt(now, weight, refusalToleranceMs);
    if (this.bucket) at = Math.max(at, this.bucket.freeAt(now, weight));
    return this.lease && !lent && at < Infinity ? Math.max(at, this.lease.freeAt(now, weight)) : at;
  }

  /** The lease, as long as the ledger decides. */
  get lent(): QuotaLease | undefined {
    return this.lease?.isLost ? undefined : this.lease;
  }

  /** How the platform is thought to count it. */
  get counts(): Counting | undefined {
    return (this.lent?.sharedEstimate ?? this.adaptive).counts;
  }

  /** An answer said in how long the quota will be whole again, ms. */
  tellReset(now: number, resetMs: number): void {
    const at = now + resetMs;
    const moment = { from: at - RESET_ROUNDED_MS - this.adaptive.roundTripMs, to: at + RESET_ROUNDED_MS };
    if (this.lent) this.lent.recordReset(now, moment);
    else this.adaptive.recordReset(now, moment);
  }

  /** When the `n`th permit from now on can be had, nothing leaving before `from`. */
  estimate(now: number, n: number, from: number, takenAt?: (i: number) => number): number {
    const own = this.adaptive.estimate(now, n, from, takenAt);
    return this.lease ? Math.max(own, this.lease.estimate(now, n, from)) : own;
  }

  /** Whether it is used up, as far as known: by this process, or by all of them together. */
  isSpent(now: number): boolean {
    if (this.lease?.isContended) return true;
    return this.adaptive.freeAt(now, 1, NO_TRIAL) > now || (this.bucket !== undefined && this.bucket.freeAt(now, 1) > now);
  }

  /** The most permits it can ever grant at once. */
  get most(): number {
    const { limit, burst = 0 } = termsOf(this.quota);
    return Math.max(limit, burst);
  }
}

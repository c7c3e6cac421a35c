import type { QuotaHeaders } from '../options/simulator-options.js';
import type { AppliedLimit } from './limiter.js';
import { toWholeSeconds } from './retry-after.js';

/** Builds the quota headers in one dialect, for the limits that applied to a request. */
export function buildQuotaHeaders(
  dialect: QuotaHeaders,
  applied: readonly AppliedLimit[],
  now: number,
  wallMs: number,
): Record<string, string> {
  if (dialect === 'none' || applied.length === 0) return {};
  const levels = applied.map(({ limit, meter }) => {
    const { remaining, resetMs } = meter.readQuota(now);
    return { name: limit.name, limit: limit.limit, windowMs: limit.windowMs, remaining, resetMs };
  });
  if (dialect === 'ratelimit-policy') {
    return {
      'RateLimit-Policy': levels
        .map(({ name, limit, windowMs }) => `"${name}";q=${limit};w=${toWholeSeconds(windowMs)}`)
        .join(', '),
      RateLimit: levels
        .map(({ name, remaining, resetMs }) => `"${name}";r=${remaining};t=${Math.ceil(resetMs / 1000)}`)
        .join(', '),
    };
  }
  const tightest = levels.reduce((least, level) => (level.remaining < least.remaining ? level : least));
  const { limit, remaining } = tightest;
  const resetSeconds = Math.ceil(tightest.resetMs / 1000);
  if (dialect === 'inin') {
    return {
      'inin-ratelimit-count': String(Math.max(0, limit - remaining)),
      'inin-ratelimit-allowed': String(limit),
      'inin-ratelimit-reset': String(resetSeconds),
    };
  }
  const prefix = { ratelimit: 'RateLimit', 'x-ratelimit': 'X-RateLimit', 'x-rate-limit': 'X-Rate-Limit' }[dialect];
  const reset = dialect === 'x-ratelimit' ? Math.ceil((wallMs + tightest.resetMs) / 1000) : resetSeconds;
  return {
    [`${prefix}-Limit`]: String(limit),
    [`${prefix}-Remaining`]: String(remaining),
    [`${prefix}-Reset`]: String(reset),
  };
}

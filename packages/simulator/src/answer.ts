import type { AppliedLimit } from './limiter.js';
import type { QuotaHeaders } from './options.js';

/** What goes back over the wire. A string body is sent as it is, any other as JSON, none as no body at all. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** A 200 with a body; without one, what is answered instead. */
export function ok(body: unknown, otherwise?: Answer): Answer {
  return body === undefined && otherwise !== undefined ? otherwise : { status: 200, body };
}

/** The Retry-After of a refusal, as the header it is sent in; empty where the form says that there is none. */
export function retryAfterHeader(waitMs: number, form: string, wallMs: number): Record<string, string> {
  const value = writeRetryAfter(waitMs, form, wallMs);
  return value === undefined ? {} : { 'Retry-After': value };
}

/** Retry-After for a wait, in one of the forms; never earlier than the wait. */
export function writeRetryAfter(waitMs: number, form: string, wallMs: number): string | undefined {
  switch (form) {
    case 'seconds':
      return String(wholeSeconds(waitMs));
    case 'float':
      return (Math.max(1, Math.ceil(waitMs)) / 1000).toFixed(3);
    case 'date':
      return new Date(Math.ceil((wallMs + waitMs) / 1000) * 1000).toUTCString();
    case 'none':
      return undefined;
    default:
      return form;
  }
}

/** A time as whole seconds, never early, at least one. */
export function wholeSeconds(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1000));
}

/** Quota hints in one of the dialects, for the limits that applied to a request. */
export function quotaHeaders(
  dialect: QuotaHeaders,
  applied: readonly AppliedLimit[],
  now: number,
  wallMs: number,
): Record<string, string> {
  if (dialect === 'none' || applied.length === 0) return {};
  const levels = applied.map(({ limit, meter }) => {
    const { remaining, resetMs } = meter.level(now);
    return { name: limit.name, limit: limit.limit, windowMs: limit.windowMs, remaining, resetMs };
  });
  if (dialect === 'ratelimit-policy') {
    return {
      'RateLimit-Policy': levels
        .map(({ name, limit, windowMs }) => `"${name}";q=${limit};w=${wholeSeconds(windowMs)}`)
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

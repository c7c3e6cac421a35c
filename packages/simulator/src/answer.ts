import type { AppliedLimit } from './limiter.js';
import type { LimitSettings, QuotaHeaders, Settings } from './options.js';

/** What goes back over the wire. A string body is sent as it is, any other as JSON, none as no body at all. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** The platform's body of every error of the API. */
export function errorBody(status: number, code: string, message: string, contextId: string): Record<string, unknown> {
  return { message, code, status, contextId, details: [], errors: [] };
}

export function errorAnswer(status: number, code: string, message: string, contextId: string): Answer {
  return { status, body: errorBody(status, code, message, contextId) };
}

const PLAIN_ERRORS: Readonly<Record<number, readonly [code: string, message: string]>> = {
  400: ['bad.request', 'The request could not be understood by the server due to malformed syntax.'],
  401: ['bad.credentials', 'Invalid login credentials.'],
  403: ['not.authorized', 'You are not authorized to perform the requested action.'],
  404: ['not.found', 'The requested resource was not found.'],
  408: ['request.timeout', 'The server timed out waiting for the request.'],
  409: ['general.conflict', 'The request conflicts with the current state of the resource.'],
  429: ['too.many.requests', 'Rate limit exceeded the maximum.'],
  500: ['internal.server.error', 'The server encountered an unexpected condition.'],
  502: ['bad.gateway', 'The gateway received an invalid response from an upstream service.'],
  503: ['service.unavailable', 'Service Unavailable - The server is currently unavailable (overloaded or down).'],
  504: ['gateway.timeout', 'The request timed out.'],
};

/**
 * The body of an answer whose status alone was given (a fault, a script). A 429 says the same seconds in its message
 * as in its Retry-After, as the platform does.
 */
export function plainErrorBody(
  status: number,
  headers: Readonly<Record<string, string>> | undefined,
  contextId: string,
): Record<string, unknown> {
  const entry = Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === 'retry-after');
  if (status === 429 && entry !== undefined && /^\d+$/.test(entry[1])) return refusalBody(entry[1], contextId);
  const [code, message] = PLAIN_ERRORS[status] ?? ['general.error', `The request failed with status ${status}.`];
  return errorBody(status, code, message, contextId);
}

function refusalBody(seconds: number | string, contextId: string): Record<string, unknown> {
  const message = `Rate limit exceeded the maximum. Retry the request in [${seconds}] seconds`;
  return errorBody(429, 'too.many.requests.retry.after', message, contextId);
}

/** The refusal of a limit: the vendor's normalised 429. `wallMs` is the server's own wall clock, skew included. */
export function refusalAnswer(
  refusal: { limit: LimitSettings; waitMs: number },
  settings: Pick<Settings, 'retryAfter' | 'limitKeyInBody'>,
  wallMs: number,
  contextId: string,
): Answer {
  const retryAfter = writeRetryAfter(refusal.waitMs, settings.retryAfter, wallMs);
  const { name, limit } = refusal.limit;
  return {
    status: 429,
    headers: retryAfter === undefined ? {} : { 'Retry-After': retryAfter },
    body: {
      ...refusalBody(wholeSeconds(refusal.waitMs), contextId),
      ...(settings.limitKeyInBody && { limit: { key: name, namespace: 'platform.api', value: limit } }),
    },
  };
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

function wholeSeconds(ms: number): number {
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

import type { Answer } from '../http/answer.js';
import type { Refusal } from '../limits/limiter.js';
import { retryAfterHeader, wholeSeconds } from '../limits/retry-after.js';
import type { Errors } from '../platform/platform.js';
import { bearerOf } from '../tokens/authorization-header.js';
import { oauthError } from '../tokens/oauth-error.js';

/** The platform's body of every error of the API. */
function errorBody(status: number, code: string, message: string, contextId: string): Record<string, unknown> {
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

/** The vendor's normalised 429, which says the same seconds in its message as in its Retry-After. */
function refusalBody(seconds: number | string, contextId: string): Record<string, unknown> {
  const message = `Rate limit exceeded the maximum. Retry the request in [${seconds}] seconds`;
  return errorBody(429, 'too.many.requests.retry.after', message, contextId);
}

/** Errors as Genesys Cloud words them. */
export const genesysErrors: Errors = {
  plain(kind, status, headers, contextId) {
    if (kind === 'token') return oauthError(status, status < 500 ? 'invalid_request' : 'server_error', 'failed');
    const entry = Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === 'retry-after');
    if (status === 429 && entry !== undefined && /^\d+$/.test(entry[1])) {
      return { status, body: refusalBody(entry[1], contextId) };
    }
    const [code, message] = PLAIN_ERRORS[status] ?? ['general.error', `The request failed with status ${status}.`];
    return errorAnswer(status, code, message, contextId);
  },

  unauthorized(authorization, contextId) {
    if (bearerOf(authorization) === undefined) {
      const message = 'No authentication bearer token specified in authorization header.';
      return errorAnswer(401, 'authentication.required', message, contextId);
    }
    return errorAnswer(401, 'bad.credentials', 'Invalid login credentials.', contextId);
  },

  tooLarge(kind, maxBytes, contextId) {
    if (kind === 'token') return oauthError(413, 'invalid_request', 'The body is too large.');
    const message = `The request is larger than the maximum of ${maxBytes} bytes.`;
    return errorAnswer(413, 'request.bytes.max', message, contextId);
  },

  refused({ limit, waitMs }: Refusal, settings, wallMs, contextId) {
    return {
      status: 429,
      headers: retryAfterHeader(waitMs, settings.retryAfter, wallMs),
      body: {
        ...refusalBody(wholeSeconds(waitMs), contextId),
        ...(settings.limitKeyInBody && {
          limit: { key: limit.name, namespace: 'platform.api', value: limit.limit },
        }),
      },
    };
  },

  failed: (message, contextId) => errorAnswer(500, 'simulator.failed', message, contextId),
};

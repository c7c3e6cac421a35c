import { STATUS_CODES } from 'node:http';
import type { Answer } from '../http/answer.js';
import { retryAfterHeader } from '../limits/retry-after.js';
import type { Errors } from '../platform/platform.js';
import { bearerOf } from '../tokens/authorization-header.js';
import { oauthError } from '../tokens/oauth-error.js';

/**
 * An error of the API. The vendor documents no body; what clients rely on is the header, in which the description may
 * be all that there is.
 */
export function cxoneError(status: number, description: string): Answer {
  const error = (STATUS_CODES[status] ?? 'error').toLowerCase().replaceAll(/\W+/g, '_');
  return {
    status,
    headers: { icStatusDescription: description },
    body: { error, error_description: description },
  };
}

/** Errors in CXone's form. */
export const cxoneErrors: Errors = {
  plain(kind, status) {
    if (kind === 'token') return oauthError(status, status < 500 ? 'invalid_request' : 'server_error', 'failed');
    return cxoneError(status, STATUS_CODES[status] ?? `The request failed with status ${status}.`);
  },

  unauthorized(authorization) {
    const isMissing = bearerOf(authorization) === undefined;
    const answer = cxoneError(401, isMissing ? 'No bearer token' : 'The token is invalid or has expired');
    const challenge = isMissing ? 'Bearer' : 'Bearer error="invalid_token"';
    return { ...answer, headers: { ...answer.headers, 'WWW-Authenticate': challenge } };
  },

  tooLarge(kind, maxBytes) {
    if (kind === 'token') return oauthError(413, 'invalid_request', 'The body is too large.');
    return cxoneError(413, `The request is larger than ${maxBytes} bytes`);
  },

  refused({ limit, waitMs }, settings, wallMs) {
    const { status, headers, body } = cxoneError(429, 'Rate limit exceeded');
    return {
      status,
      headers: { ...headers, ...retryAfterHeader(waitMs, settings.retryAfter, wallMs) },
      body: {
        ...(body as object),
        ...(settings.limitKeyInBody && { limit: { key: limit.name, value: limit.limit } }),
      },
    };
  },

  failed: (message) => cxoneError(500, message),
};

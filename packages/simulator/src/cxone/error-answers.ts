import { STATUS_CODES } from 'node:http';
import type { Answer } from '../http/answer.js';
import { buildRetryAfterHeader } from '../limits/retry-after.js';
import type { ErrorAnswers } from '../platform/platform.js';
import { parseBearer } from '../tokens/authorization-header.js';
import { buildOAuthError } from '../tokens/oauth-error.js';

/**
 * Builds an error of the API. The vendor documents no body. Clients rely on the header, which may hold the only
 * description.
 */
export function buildErrorAnswer(status: number, description: string): Answer {
  const error = (STATUS_CODES[status] ?? 'error').toLowerCase().replaceAll(/\W+/g, '_');
  return {
    status,
    headers: { icStatusDescription: description },
    body: { error, error_description: description },
  };
}

/** Error answers in CXone's form. */
export const cxoneErrors: ErrorAnswers = {
  forStatus(kind, status) {
    if (kind === 'token') return buildOAuthError(status, status < 500 ? 'invalid_request' : 'server_error', 'failed');
    return buildErrorAnswer(status, STATUS_CODES[status] ?? `The request failed with status ${status}.`);
  },

  forInvalidToken(authorization) {
    const isMissing = parseBearer(authorization) === undefined;
    const answer = buildErrorAnswer(401, isMissing ? 'No bearer token' : 'The token is invalid or has expired');
    const challenge = isMissing ? 'Bearer' : 'Bearer error="invalid_token"';
    return { ...answer, headers: { ...answer.headers, 'WWW-Authenticate': challenge } };
  },

  forLargeBody(kind, maxBytes) {
    if (kind === 'token') return buildOAuthError(413, 'invalid_request', 'The body is too large.');
    return buildErrorAnswer(413, `The request is larger than ${maxBytes} bytes`);
  },

  forRefusal({ limit, waitMs }, settings, wallMs) {
    const { status, headers, body } = buildErrorAnswer(429, 'Rate limit exceeded');
    return {
      status,
      headers: { ...headers, ...buildRetryAfterHeader(waitMs, settings.retryAfter, wallMs) },
      body: {
        ...(body as object),
        ...(settings.limitKeyInBody && { limit: { key: limit.name, value: limit.limit } }),
      },
    };
  },

  forSimulatorError: (message) => buildErrorAnswer(500, message),
};

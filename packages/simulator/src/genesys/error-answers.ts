import type { Answer } from '../http/answer.js';
import type { Refusal } from '../limits/limiter.js';
import { buildRetryAfterHeader, toWholeSeconds } from '../limits/retry-after.js';
import type { ErrorAnswers } from '../platform/platform.js';
import { parseBearer } from '../tokens/authorization-header.js';
import { buildOAuthError } from '../tokens/oauth-error.js';

/** The platform's body for every API error. */
function buildErrorBody(status: number, code: string, message: string, contextId: string): Record<string, unknown> {
  return { message, code, status, contextId, details: [], errors: [] };
}

export function buildErrorAnswer(status: number, code: string, message: string, contextId: string): Answer {
  return { status, body: buildErrorBody(status, code, message, contextId) };
}

const STATUS_ERRORS: Readonly<Record<number, readonly [code: string, message: string]>> = {
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

/** The vendor's normalised 429. Its message and its Retry-After name the same seconds. */
function buildRefusalBody(seconds: number | string, contextId: string): Record<string, unknown> {
  const message = `Rate limit exceeded the maximum. Retry the request in [${seconds}] seconds`;
  return buildErrorBody(429, 'too.many.requests.retry.after', message, contextId);
}

/** Error answers in Genesys Cloud's form. */
export const genesysErrors: ErrorAnswers = {
  forStatus(kind, status, headers, contextId) {
    if (kind === 'token') return buildOAuthError(status, status < 500 ? 'invalid_request' : 'server_error', 'failed');
    const entry = Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === 'retry-after');
    if (status === 429 && entry !== undefined && /^\d+$/.test(entry[1])) {
      return { status, body: buildRefusalBody(entry[1], contextId) };
    }
    const [code, message] = STATUS_ERRORS[status] ?? ['general.error', `The request failed with status ${status}.`];
    return buildErrorAnswer(status, code, message, contextId);
  },

  forInvalidToken(authorization, contextId) {
    if (parseBearer(authorization) === undefined) {
      const message = 'No authentication bearer token specified in authorization header.';
      return buildErrorAnswer(401, 'authentication.required', message, contextId);
    }
    return buildErrorAnswer(401, 'bad.credentials', 'Invalid login credentials.', contextId);
  },

  forLargeBody(kind, maxBytes, contextId) {
    if (kind === 'token') return buildOAuthError(413, 'invalid_request', 'The body is too large.');
    const message = `The request is larger than the maximum of ${maxBytes} bytes.`;
    return buildErrorAnswer(413, 'request.bytes.max', message, contextId);
  },

  forRefusal({ limit, waitMs }: Refusal, settings, wallMs, contextId) {
    return {
      status: 429,
      headers: buildRetryAfterHeader(waitMs, settings.retryAfter, wallMs),
      body: {
        ...buildRefusalBody(toWholeSeconds(waitMs), contextId),
        ...(settings.limitKeyInBody && {
          limit: { key: limit.name, namespace: 'platform.api', value: limit.limit },
        }),
      },
    };
  },

  forSimulatorError: (message, contextId) => buildErrorAnswer(500, 'simulator.failed', message, contextId),
};

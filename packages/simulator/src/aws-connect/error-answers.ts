import { STATUS_CODES } from 'node:http';
import type { Answer } from '../http/answer.js';
import { buildRetryAfterHeader } from '../limits/retry-after.js';
import type { ErrorAnswers } from '../platform/platform.js';

/** Builds an error of the REST API: the name is in a header, and the body has the message. */
export function buildErrorAnswer(status: number, name: string, message: string): Answer {
  return { status, headers: { 'x-amzn-ErrorType': name }, body: { message } };
}

/** Names of errors of which only the status is known (pages of the operations in the API reference, and "Common errors"). */
const NAMES: Readonly<Record<number, string>> = {
  400: 'InvalidRequestException',
  403: 'AccessDeniedException',
  404: 'ResourceNotFoundException',
  409: 'ResourceConflictException',
  429: 'TooManyRequestsException',
  500: 'InternalServiceException',
  503: 'ServiceUnavailable',
};

/** Errors about the credential, from "Common errors" of the API reference. */
export const CREDENTIAL_ERRORS = {
  missing: () => buildErrorAnswer(403, 'MissingAuthenticationTokenException', 'Missing Authentication Token'),
  unknown: () =>
    buildErrorAnswer(403, 'UnrecognizedClientException', 'The security token included in the request is invalid.'),
  expired: () =>
    buildErrorAnswer(403, 'ExpiredTokenException', 'The security token included in the request is expired'),
  wrong: () =>
    buildErrorAnswer(403, 'InvalidSignatureException', 'The request signature does not match the calculated one.'),
  skewed: (date: string, now: string, isEarly: boolean) =>
    buildErrorAnswer(
      403,
      'InvalidSignatureException',
      isEarly
        ? `Signature not yet current: ${date} is still later than ${now}`
        : `Signature expired: ${date} is now earlier than ${now}`,
    ),
  used: () => buildErrorAnswer(403, 'InvalidSignatureException', 'This signature was used before.'),
} as const;

/** Error answers in the form of Amazon Connect. */
export const awsConnectErrors: ErrorAnswers = {
  forStatus: (_kind, status, headers) => {
    const name = headers?.['x-amzn-ErrorType'] ?? NAMES[status] ?? 'ServiceException';
    return buildErrorAnswer(status, name, STATUS_CODES[status] ?? `Status ${status}`);
  },
  forInvalidToken: (authorization) =>
    authorization === undefined ? CREDENTIAL_ERRORS.missing() : CREDENTIAL_ERRORS.unknown(),
  forLargeBody: (_kind, maxBytes) =>
    buildErrorAnswer(413, 'RequestEntityTooLargeException', `The request is larger than ${maxBytes} bytes`),
  forRefusal: ({ waitMs }, settings, wallMs) => {
    const { status, headers, body } = buildErrorAnswer(429, 'TooManyRequestsException', 'Too Many Requests');
    return { status, headers: { ...headers, ...buildRetryAfterHeader(waitMs, settings.retryAfter, wallMs) }, body };
  },
  forSimulatorError: (message) => buildErrorAnswer(500, 'InternalServiceException', message),
};

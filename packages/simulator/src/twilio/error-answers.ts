import { STATUS_CODES } from 'node:http';
import type { Answer } from '../http/answer.js';
import { buildRetryAfterHeader } from '../limits/retry-after.js';
import type { ErrorAnswers } from '../platform/platform.js';

/** Builds an error in the form of the API. The general codes are 20,000 plus the status. */
export function buildErrorAnswer(status: number, message: string, code = 20_000 + status): Answer {
  return { status, body: { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status } };
}

/** The page of this code says that the credential is wrong. */
const AUTHENTICATION_ERROR = 20_003;

export const TOO_MANY_REQUESTS: Answer = buildErrorAnswer(429, 'Too Many Requests');

/** Error answers in Twilio's form. */
export const twilioErrors: ErrorAnswers = {
  forStatus: (_kind, status) => buildErrorAnswer(status, STATUS_CODES[status] ?? `Status ${status}`),
  forInvalidToken(authorization) {
    const message = authorization === undefined ? 'Authentication Error - No credentials provided' : 'Authenticate';
    const answer = buildErrorAnswer(401, message, AUTHENTICATION_ERROR);
    return { ...answer, headers: { 'WWW-Authenticate': 'Basic realm="Twilio API"' } };
  },
  forLargeBody: (_kind, maxBytes) => buildErrorAnswer(413, `The request is larger than ${maxBytes} bytes`),
  forRefusal: ({ waitMs }, settings, wallMs) => ({
    ...TOO_MANY_REQUESTS,
    headers: buildRetryAfterHeader(waitMs, settings.retryAfter, wallMs),
  }),
  forSimulatorError: (message) => buildErrorAnswer(500, message),
};

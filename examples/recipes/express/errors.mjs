// Answers of the service for calls that failed.
import axios from 'axios';
import { callInfo, isHoldlineError } from '@holdline/core';

const STATUS = {
  HOLDLINE_THROTTLED: 429, // the platform said "not before", and the call does not wait that long
  HOLDLINE_QUEUE_FULL: 429,
  HOLDLINE_CIRCUIT_OPEN: 503,
  HOLDLINE_TOKEN_REFRESH: 503,
  HOLDLINE_STORE_LOST: 503,
  HOLDLINE_CLOSED: 503,
  HOLDLINE_DEADLINE: 504,
  HOLDLINE_ATTEMPT_TIMEOUT: 504,
  HOLDLINE_OUTCOME_UNKNOWN: 504,
};

/** These end a call also when its request is on the wire. */
const CUT_OFF = new Set(['HOLDLINE_DEADLINE', 'HOLDLINE_CLOSED']);

/** Returns `{ status, code, retryAt, mayBeExecuted }` for an error of a guarded call. Undefined for other errors. */
export function describeFailure(error) {
  if (isHoldlineError(error)) {
    const { code, retryAt, attempts } = error;
    const mayBeExecuted = code === 'HOLDLINE_OUTCOME_UNKNOWN' || (CUT_OFF.has(code) && attempts > 0);
    // Nothing was sent, because the quota has no permit within the time budget.
    const isTooEarly = code === 'HOLDLINE_DEADLINE' && attempts === 0 && retryAt !== undefined;
    return { status: isTooEarly ? 429 : (STATUS[code] ?? 500), code, retryAt, mayBeExecuted };
  }
  if (!axios.isAxiosError(error)) return undefined;
  const status = error.response?.status;
  const passedOn = status === 404 || status === 409 || status === 429;
  const retryAt = callInfo(error)?.retryAt;
  return { status: passedOn ? status : 502, code: 'PLATFORM', retryAt, mayBeExecuted: false };
}

/** Express calls this for every error of a route. */
export function answerFailure(error, request, response, next) {
  if (request.socket.destroyed) return; // the client left, and the call ended with it
  const failure = error.status === 503 ? { status: 503, code: 'BUSY' } : describeFailure(error);
  if (!failure || response.headersSent) return next(error);
  const { status, code, retryAt, mayBeExecuted } = failure;
  if (retryAt !== undefined) response.set('Retry-After', String(Math.max(1, Math.ceil((retryAt - Date.now()) / 1000))));
  response.status(status).json({ code, mayBeExecuted });
}

import { callInfo, isHoldlineError, networkFailure } from '@holdline/core';
import { errorStatus } from '../sdk/error-status.js';

/**
 * What a failed batch means for its items. `split`: the platform refused the batch as a whole, perhaps because of one item. `failed`:
 * nothing was written. `unknown`: the items may have been written.
 */
export type BatchOutcome = 'split' | 'failed' | 'unknown';

/**
 * Decides by the error of a batch. Only what is certain counts as not written.
 *
 * @param isAborted - Whether the caller ended the request, perhaps while it was on the wire.
 */
export function batchOutcome(error: unknown, isAborted: boolean): BatchOutcome {
  if (isHoldlineError(error)) return errorOutcome(error.code, error.attempts);
  const status = errorStatus(error);
  if (status === undefined) {
    // A call that the line ended before its first attempt was not sent.
    if (callInfo(error)?.attempts === 0) return 'failed';
    return !isAborted && networkFailure(error) === 'not-sent' ? 'failed' : 'unknown';
  }
  // 408 says that the answer took too long.
  if (status === 408 || status >= 500 || status < 400) return 'unknown';
  return status === 400 || status === 413 ? 'split' : 'failed';
}

function errorOutcome(code: string, attempts: number): BatchOutcome {
  switch (code) {
    // The line refused the call, or the platform refused all its attempts.
    case 'HOLDLINE_CONFIG':
    case 'HOLDLINE_CIRCUIT_OPEN':
    case 'HOLDLINE_THROTTLED':
    case 'HOLDLINE_QUEUE_FULL':
    case 'HOLDLINE_TOKEN_REFRESH':
    case 'HOLDLINE_NOT_SENT':
      return 'failed';
    default:
      return attempts === 0 && code !== 'HOLDLINE_OUTCOME_UNKNOWN' ? 'failed' : 'unknown';
  }
}

import { callInfo, noteInfo } from '@holdline/core';

/**
 * Makes the error with which the SDK rejects an aborted call. The line rejects with the reason of the signal, before the SDK would.
 */
export function abortErrorOf(reason: unknown): unknown {
  const error = new Error(reason instanceof Error || reason === undefined ? 'Request aborted' : String(reason));
  error.name = 'AbortError';
  if (reason !== undefined) error.cause = reason;
  const info = callInfo(reason);
  if (info) noteInfo(error, info);
  return error;
}

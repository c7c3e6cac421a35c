import { answered, failed, networkFailure, readSafely, recordHeaders, type Outcome } from '@holdline/core';

/** Errors that an interceptor below makes of an answer: `responseError`, `throwOnError` of undici 6, and `retry`. */
const ANSWER_CODES: ReadonlySet<unknown> = new Set([
  'UND_ERR_RESPONSE',
  'UND_ERR_RESPONSE_STATUS_CODE',
  'UND_ERR_REQ_RETRY',
]);

/** Builds the outcome of an attempt that ended with an error. */
export function outcomeOfError(error: unknown): Outcome {
  const status = readSafely(error, 'statusCode');
  if (typeof status === 'number' && ANSWER_CODES.has(readSafely(error, 'code'))) {
    const headers = readSafely(error, 'headers');
    const read = recordHeaders((typeof headers === 'object' && headers !== null ? headers : {}) as never);
    return answered(error, { status, threw: true, header: (name) => read.get(name) });
  }
  return failed(error, networkFailure(error));
}

/** Whether the request was ended without a reason, as undici does if the source of a body is closed early. */
export function isAbortError(error: unknown): boolean {
  return readSafely(error, 'code') === 'UND_ERR_ABORTED';
}

/** The error of undici for a request that was aborted without a reason. */
export class RequestAbortedError extends Error {
  override readonly name = 'AbortError';
  readonly code = 'UND_ERR_ABORTED';

  constructor() {
    super('Request aborted');
  }
}

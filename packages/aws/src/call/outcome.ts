import {
  answered,
  failed,
  networkFailure,
  readSafely,
  type Answer,
  type BodySource,
  type Outcome,
  type ReadHeader,
} from '@holdline/core';
import type { Attempt, HandlerResult, SdkResponse } from '../types.js';
import { CLOCK_SKEW, RESOURCE_LIMITS, THROTTLING, TRANSIENT } from './error-names.js';

/** Builds the outcome of an attempt that the client accepts. */
export function outcomeOfResult({ output, response }: HandlerResult): Outcome {
  const { statusCode = 200 } = (response ?? {}) as Partial<SdkResponse>;
  return answered(output, { status: statusCode, header: headerReader(response) });
}

/** What an error needs besides itself. */
export interface FailedAttempt {
  readonly attempt: Attempt;
  readonly clientName: string | undefined;
  readonly source: BodySource | undefined;
  /** Whether a signal ended the attempt. */
  readonly isAborted: boolean;
  /** Whether the SDK corrected its clock in this call before. */
  readonly wasSkewed: boolean;
  /** Whether the clock of the client was corrected while the attempt was on its way, because of this or another call. */
  readonly isClockCorrected: boolean;
}

/** Builds the outcome of an attempt that threw. Never throws. */
export async function outcomeOfError(error: unknown, facts: FailedAttempt): Promise<Outcome> {
  const { attempt, source, isAborted } = facts;
  const response = (readSafely(error, '$response') ?? attempt.response) as SdkResponse | undefined;
  const status = readSafely(response, 'statusCode');
  if (typeof status === 'number' && status >= 400) {
    return answered(error, {
      status,
      threw: true,
      header: headerReader(response),
      retryAfterMs: readRetryAfterMs(response),
      kind: classify(error, status, facts),
    });
  }
  if (isAborted) return failed(error, 'cancelled');
  // The platform accepted the request, and its answer is incomplete or not understood.
  if (typeof status === 'number') return failed(error, isParseError(error) ? 'rejected' : 'unknown');
  const broken = await source?.brokenBy();
  if (broken) return failed(error, 'local', source?.isUntouched);
  // Credentials that cannot be read, or a middleware of the user.
  if (!attempt.isSent) return failed(error, 'local', true);
  return failed(error, isConnectTimeout(error) ? 'not-sent' : networkFailure(error));
}

/** Whether the SDK corrected its clock because of this error, so that the next signature has another date. */
export function isSkewError(error: unknown, isClockCorrected = false): boolean {
  const name = nameOf(error);
  if (!CLOCK_SKEW.has(name)) return false;
  // An older SDK reports the correction to the first of several calls only (aws/aws-sdk-js-v3#8005).
  if (isClockCorrected) return true;
  if (readSafely(readSafely(error, '$metadata'), 'clockSkewCorrected') === true) return true;
  // The signature waited too long on its way. The next one has a new date.
  return name === 'InvalidSignatureException' && String(readSafely(error, 'message')).includes('Signature expired');
}

function classify(
  error: unknown,
  status: number,
  { clientName, wasSkewed, isClockCorrected }: FailedAttempt,
): Answer['kind'] {
  const name = nameOf(error);
  if (RESOURCE_LIMITS.get(clientName ?? '')?.has(name)) return 'rejected';
  const retryable = readSafely(error, '$retryable');
  if (THROTTLING.has(name) || readSafely(retryable, 'throttling') === true) return 'refused';
  // The SDK reports a corrected clock for each answer after a large correction. A second attempt is enough to learn that.
  if (isSkewError(error, isClockCorrected)) return wasSkewed ? 'rejected' : 'not-sent';
  if (status < 500 && (TRANSIENT.has(name) || retryable !== undefined)) return 'unknown';
  return undefined;
}

/** The code of an error. The SDK makes it the name; clients of the query protocol also had it as `Code`. */
function nameOf(error: unknown): string {
  const name = readSafely(error, 'name');
  const code = readSafely(error, 'Code');
  return name === 'Error' && typeof code === 'string' ? code : String(name);
}

function isParseError(error: unknown): boolean {
  return readSafely(error, 'name') === 'SyntaxError';
}

/** The request handler of the SDK in Node reports a connection that was never established without a code. */
function isConnectTimeout(error: unknown): boolean {
  return (
    readSafely(error, 'name') === 'TimeoutError' &&
    String(readSafely(error, 'message')).includes('did not establish a connection')
  );
}

function headerReader(response: unknown): ReadHeader {
  const headers = (readSafely(response, 'headers') ?? {}) as SdkResponse['headers'];
  // The request handlers of the SDK give lower-case names.
  return (name) => headers[name];
}

/** Reads `x-amz-retry-after`: milliseconds, as the SDK reads it. */
function readRetryAfterMs(response: SdkResponse | undefined): number | undefined {
  const ms = Number(headerReader(response)('x-amz-retry-after') ?? NaN);
  return ms > 0 ? ms : undefined;
}

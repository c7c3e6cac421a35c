import { answered, failed, networkFailure, type Outcome } from '@holdline/core';
import { headerReader, type NativeResponse } from './native.js';

/** What the body of a refusal tells. */
export interface Refusal {
  /** Name of the quota that refused. */
  limitKey?: string | undefined;
  /** Milliseconds to wait, where no header says so. */
  retryAfterMs?: number | undefined;
}

/** Looks for a vendor's words in the text of a 429. */
export type ReadRefusal = (body: string) => Refusal;

// Would end the same way again, and says nothing about the platform.
const HOPELESS = new Set([
  'ERR_INVALID_URL',
  'ERR_BAD_OPTION',
  'ERR_BAD_OPTION_VALUE',
  'ERR_BAD_REQUEST',
  'ERR_BAD_RESPONSE',
  'ERR_NOT_SUPPORT',
  'ERR_FORM_DATA_DEPTH_EXCEEDED',
  'ERR_FR_TOO_MANY_REDIRECTS',
  'ERR_FR_MAX_BODY_LENGTH_EXCEEDED',
  'ERR_INVALID_CHAR',
  'ERR_INVALID_HTTP_TOKEN',
  'ERR_INVALID_PROTOCOL',
  'ERR_UNESCAPED_CHARACTERS',
]);

interface AxiosErrorLike {
  code?: unknown;
  response?: NativeResponse;
  __CANCEL__?: unknown;
}

/** The outcome of an attempt that resolved. */
export function outcomeOfResponse(response: NativeResponse, readRefusal: ReadRefusal | undefined): Outcome {
  return outcomeOf(response, response, false, readRefusal);
}

/** The outcome of an attempt that rejected. */
export function outcomeOfError(error: unknown, readRefusal: ReadRefusal | undefined): Outcome {
  const { response, code, __CANCEL__: cancelled } = (error ?? {}) as AxiosErrorLike;
  if (response && typeof response.status === 'number') return outcomeOf(error, response, true, readRefusal);
  if (cancelled === true || code === 'ERR_CANCELED') return failed(error, 'cancelled');
  return failed(error, HOPELESS.has(String(code)) ? 'rejected' : networkFailure(error));
}

function outcomeOf(value: unknown, response: NativeResponse, threw: boolean, readRefusal: ReadRefusal | undefined): Outcome {
  const { status, data, headers } = response;
  // Only the text of a refusal is looked at, and it is not parsed.
  const refusal = status === 429 && readRefusal && typeof data === 'string' ? readRefusal(data.slice(0, 4096)) : undefined;
  return answered(value, { status, header: headerReader(headers), threw, ...refusal });
}

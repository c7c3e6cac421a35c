import { answered, failed, networkFailure, type Outcome, type ReadRefusal } from '@holdline/core';
import { headerReader, type NativeResponse } from './native.js';

// Codes of axios, follow-redirects and Node for what would end the same way again, and says nothing about the platform.
const HOPELESS =
  /^ERR_(BAD_OPTION|BAD_REQUEST|NOT_SUPPORT|FORM_DATA_|FR_|INVALID_|HTTP_INVALID_|UNESCAPED_CHARACTERS|SOCKET_BAD_PORT)/;

interface AxiosErrorLike {
  code?: unknown;
  message?: unknown;
  cause?: unknown;
  response?: NativeResponse;
  config?: { maxContentLength?: number };
  /** Set by axios where the query could not be built. */
  exists?: unknown;
  __CANCEL__?: unknown;
}

/** The outcome of an attempt that resolved. */
export function outcomeOfResponse(response: NativeResponse, readRefusal: ReadRefusal | undefined): Outcome {
  return outcomeOf(response, response, false, readRefusal);
}

/** The outcome of an attempt that rejected. */
export function outcomeOfError(error: unknown, readRefusal: ReadRefusal | undefined): Outcome {
  const { response, code, __CANCEL__: cancelled } = (error ?? {}) as AxiosErrorLike;
  if (cancelled === true || code === 'ERR_CANCELED') return failed(error, 'cancelled');
  if (response && typeof response.status === 'number') {
    // axios rejects with the head of an answer that broke off: a good status, and no data at all.
    if (response.status < 400 && response.data === undefined) return failed(error, 'unknown');
    return outcomeOf(error, response, true, readRefusal);
  }
  return failed(error, isHopeless(error) ? 'rejected' : networkFailure(error));
}

function isHopeless(error: unknown): boolean {
  let cause = error;
  for (let depth = 0; depth < 4 && typeof cause === 'object' && cause !== null; depth++) {
    const { code, exists, config, message } = cause as AxiosErrorLike;
    // The fetch of Node has no code for it.
    if (exists === true || HOPELESS.test(String(code)) || message === 'unknown scheme') return true;
    // Too long an answer. axios 1.7 says the same of every answer that breaks off, whether its length is limited or not.
    if (code === 'ERR_BAD_RESPONSE' && (config?.maxContentLength ?? -1) > -1) return true;
    cause = (cause as AxiosErrorLike).cause;
  }
  return false;
}

function outcomeOf(
  value: unknown,
  response: NativeResponse,
  threw: boolean,
  readRefusal: ReadRefusal | undefined,
): Outcome {
  const { status, data, headers } = response;
  // Only the text of a refusal is looked at, and it is not parsed.
  const refusal =
    status === 429 && readRefusal && typeof data === 'string' ? readRefusal(data.slice(0, 4096)) : undefined;
  return answered(value, { status, header: headerReader(headers), threw, ...refusal });
}

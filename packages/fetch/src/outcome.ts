import {
  answered,
  failed,
  isReplayable,
  networkFailure,
  type Clock,
  type Outcome,
  type ReadRefusal,
} from '@holdline/core';
import { readRefusalText } from './refusal-text.js';
import { isRequest } from './request.js';
import type { NativeInit, NativeRequest, NativeResponse } from './types.js';

/** Builds the outcome of an attempt with a response. Only the body of a 429 is read, from a clone. */
export async function outcomeOfResponse(
  response: NativeResponse,
  readRefusal: ReadRefusal | undefined,
  clock: Clock,
): Promise<Outcome> {
  const { status, headers } = response;
  const refusal = status === 429 && readRefusal ? readRefusal(await readRefusalText(response, clock)) : undefined;
  return answered(response, { status, header: (name) => headers.get(name) ?? undefined, ...refusal });
}

/** Builds the outcome of an attempt that rejected. */
export function outcomeOfError(error: unknown, input: string | NativeRequest, init: NativeInit): Outcome {
  const failure = networkFailure(error);
  if (failure !== 'unknown') return failed(error, failure);
  if (isRejectedResponse(error)) return failed(error, 'rejected');
  return isInvalidRequest(error, input, init) ? failed(error, 'local', true) : failed(error, 'unknown');
}

/** Tells whether the function refused the response. In Node, network errors have a code and refusals of fetch do not. */
function isRejectedResponse(error: unknown): boolean {
  const { cause, type } = (error ?? {}) as { cause?: { code?: unknown } | null; type?: unknown };
  // node-fetch names its refusals in `type`.
  if (typeof type === 'string') return /redirect|max-size/.test(type);
  // The network error of msw has a `Response` as its cause.
  return error instanceof TypeError && cause instanceof Error && cause.code === undefined;
}

/** Tells whether the arguments are no valid request. Browsers give one error for everything, so this function tries. */
function isInvalidRequest(error: unknown, input: string | NativeRequest, init: NativeInit): boolean {
  const { cause } = (error ?? {}) as { cause?: unknown };
  if (!(error instanceof TypeError) || cause || isRequest(input)) return false;
  const { body } = init;
  // A substitute body, because the real one may be used already.
  const substitute =
    body === undefined || body === null ? undefined : { body: isReplayable(body) ? '' : new ReadableStream() };
  try {
    new Request(input, { ...(init as RequestInit), ...substitute });
    return false;
  } catch {
    return true;
  }
}

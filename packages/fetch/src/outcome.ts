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

/** The outcome of an attempt that was answered. Only of a refusal is anything read, and of a copy of it. */
export async function outcomeOfResponse(
  response: NativeResponse,
  readRefusal: ReadRefusal | undefined,
  clock: Clock,
): Promise<Outcome> {
  const { status, headers } = response;
  const refusal = status === 429 && readRefusal ? readRefusal(await readRefusalText(response, clock)) : undefined;
  return answered(response, { status, header: (name) => headers.get(name) ?? undefined, ...refusal });
}

/** The outcome of an attempt that rejected. */
export function outcomeOfError(error: unknown, input: string | NativeRequest, init: NativeInit): Outcome {
  const failure = networkFailure(error);
  if (failure !== 'unknown') return failed(error, failure);
  if (isRejectedResponse(error)) return failed(error, 'rejected');
  return isInvalidRequest(error, input, init) ? failed(error, 'local', true) : failed(error, 'unknown');
}

/** Whether the function refuses what was answered. Node gives the network's errors a code, and its own refusals none. */
function isRejectedResponse(error: unknown): boolean {
  const { cause, type } = (error ?? {}) as { cause?: { code?: unknown } | null; type?: unknown };
  // As node-fetch says it.
  if (typeof type === 'string') return /redirect|max-size/.test(type);
  return error instanceof TypeError && typeof cause === 'object' && cause !== null && cause.code === undefined;
}

/** Whether no request can be made of the arguments. A browser says the same of everything, so it is tried. */
function isInvalidRequest(error: unknown, input: string | NativeRequest, init: NativeInit): boolean {
  const { cause } = (error ?? {}) as { cause?: unknown };
  if (!(error instanceof TypeError) || cause || isRequest(input)) return false;
  const { body } = init;
  // Not the body itself, which may be used by now.
  const substitute =
    body === undefined || body === null ? undefined : { body: isReplayable(body) ? '' : new ReadableStream() };
  try {
    new Request(input, { ...(init as RequestInit), ...substitute });
    return false;
  } catch {
    return true;
  }
}

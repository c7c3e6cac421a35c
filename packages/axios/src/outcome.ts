import {
  answered,
  answeredByRedirect,
  failed,
  networkFailure,
  readSafely,
  type BodySource,
  type Failure,
  type Outcome,
  type ReadRefusal,
} from '@holdline/core';
import { createHeaderReader, readHeader } from './headers.js';
import type { NativeConfig, NativeResponse } from './types.js';

/**
 * Builds the outcome of an attempt that resolved.
 * @public
 */
export function outcomeOfResponse(response: NativeResponse, readRefusal: ReadRefusal | undefined): Outcome {
  return buildOutcome(response, response, false, readRefusal);
}

/**
 * Builds the outcome of a rejected attempt whose body can be sent again. This function never throws.
 * @public
 */
export function outcomeOfError(error: unknown, readRefusal: ReadRefusal | undefined): Outcome {
  const response = readSafely(error, 'response') as NativeResponse | undefined;
  if (readSafely(error, '__CANCEL__') === true || readSafely(error, 'code') === 'ERR_CANCELED')
    return failed(error, 'cancelled');
  if (typeof readSafely(response, 'status') === 'number') {
    const received = response as NativeResponse;
    return isTruncated(received) ? failed(error, 'unknown') : buildOutcome(error, received, true, readRefusal);
  }
  const kind = classifyFailure(error);
  // axios reports ERR_BAD_REQUEST before it sends anything.
  return kind === 'local' && readSafely(error, 'code') === 'ERR_BAD_REQUEST'
    ? failed(error, kind, true)
    : throughRedirects(error, failed(error, kind));
}

/**
 * Builds the outcome of a rejected attempt whose body can be sent once. A failed body is a local failure.
 * @public
 */
export async function outcomeOfUpload(
  error: unknown,
  readRefusal: ReadRefusal | undefined,
  source: BodySource,
): Promise<Outcome> {
  const failure = await source.brokenBy();
  const outcome = outcomeOfError(error, readRefusal);
  if (readSafely(error, 'response') !== undefined) return outcome;
  const isLocal = failure && (failure.error === undefined ? isCloseError(error) : isCausedBy(error, failure.error));
  if (isLocal || outcome.kind === 'local') return failed(error, 'local', source.isUntouched);
  return outcome.kind === 'unknown' && isBodyTooShort(readSafely(error, 'request')) ? failed(error, 'local') : outcome;
}

/**
 * Tells whether a body ended before the length that its header announced. The platform then waits for the rest. The request of
 * follow-redirects counts the bytes sent.
 */
function isBodyTooShort(request: unknown): boolean {
  const sent = readSafely(request, '_requestBodyLength');
  const announced = readHeader(readSafely(readSafely(request, '_options'), 'headers'), 'content-length');
  return readSafely(request, '_ended') === true && typeof sent === 'number' && Number(announced) > sent;
}

/**
 * Tells whether an attempt ended because its body was closed. axios then rejects as for a cancelled request; the fetch of Node
 * reports a premature close. A transport that fails for another reason may also close a body.
 */
function isCloseError(error: unknown): boolean {
  return readSafely(error, '__CANCEL__') === true || listCauses(error).some(isPrematureClose);
}

function isPrematureClose(error: unknown): boolean {
  return readSafely(error, 'code') === 'ERR_STREAM_PREMATURE_CLOSE';
}

/** Longest chain of causes that is read. A chain may be circular. */
const MAX_CAUSES = 8;

/** Lists an error and its causes, down to the root. */
function listCauses(error: unknown): unknown[] {
  const chain: unknown[] = [];
  for (let inner = error; inner !== undefined && chain.length < MAX_CAUSES; inner = readSafely(inner, 'cause'))
    chain.push(inner);
  return chain;
}

function isCausedBy(error: unknown, cause: unknown): boolean {
  return listCauses(error).includes(cause);
}

function classifyFailure(error: unknown): Failure {
  // axios sets `exists` if it cannot build the query.
  if (readSafely(error, 'exists') === true) return 'local';
  // The response is longer than `maxContentLength`. axios 1.7 gives the same code to every truncated response, even without a limit.
  const limit = readSafely(readSafely(error, 'config'), 'maxContentLength');
  if (readSafely(error, 'code') === 'ERR_BAD_RESPONSE' && typeof limit === 'number' && limit > -1) return 'rejected';
  const failure = networkFailure(error);
  if (failure !== 'unknown' && failure !== 'not-sent') return failure;
  // The socket is more reliable than an error code. Before the handshake ends nothing is sent; after it, an alert proves nothing.
  const isConnecting = readSafely(findSocket(readSafely(error, 'request')), 'secureConnecting');
  if (isConnecting === true) return 'not-sent';
  return isConnecting === false ? 'unknown' : failure;
}

/** Finds the socket of a Node request or of a follow-redirects request. */
function findSocket(request: unknown): unknown {
  return readSafely(request, 'socket') ?? readSafely(readSafely(request, '_currentRequest'), 'socket');
}

/** Statuses of responses without a body (RFC 9110 §6.4.1). */
const BODILESS_STATUSES: ReadonlySet<number> = new Set([204, 205, 304]);

/**
 * Tells whether a response was truncated. axios rejects a truncated response with its head and without data. A complete response
 * below 400 that `validateStatus` refuses may also have no data.
 */
function isTruncated({ status, data, config }: NativeResponse): boolean {
  if (status >= 400 || data !== undefined || BODILESS_STATUSES.has(status)) return false;
  const { method, validateStatus } = ((config as NativeConfig | undefined) ?? {}) as Partial<NativeConfig>;
  if (String(method).toUpperCase() === 'HEAD') return false;
  try {
    return typeof validateStatus !== 'function' || validateStatus(status);
  } catch {
    return false;
  }
}

function buildOutcome(
  value: unknown,
  response: NativeResponse,
  threw: boolean,
  readRefusal: ReadRefusal | undefined,
): Outcome {
  const { status, data, headers } = response;
  // Only a 429 response in text form is read. Its text is not parsed here.
  const refusal =
    status === 429 && readRefusal && typeof data === 'string' ? readRefusal(data.slice(0, 4096)) : undefined;
  const outcome = answered(value, { status, header: createHeaderReader(headers), threw, ...refusal });
  return throughRedirects(response, outcome);
}

/** Corrects the outcome of a write that a redirect turned into a GET. In Node, the request of follow-redirects knows its last method. */
function throughRedirects(native: unknown, outcome: Outcome): Outcome {
  const request = readSafely(native, 'request');
  const redirectable = readSafely(request, '_redirectable') ?? request;
  const last = readSafely(readSafely(redirectable, '_options'), 'method');
  const asked = String(readSafely(readSafely(native, 'config'), 'method') ?? 'get').toUpperCase();
  return last === 'GET' && asked !== 'GET' && asked !== 'HEAD' ? answeredByRedirect(outcome) : outcome;
}

import {
  answered,
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

/** The outcome of an attempt that resolved. */
export function outcomeOfResponse(response: NativeResponse, readRefusal: ReadRefusal | undefined): Outcome {
  return buildOutcome(response, response, false, readRefusal);
}

/** The outcome of an attempt that rejected, of a request whose body can be sent again. Never throws. */
export function outcomeOfError(error: unknown, readRefusal: ReadRefusal | undefined): Outcome {
  const response = readSafely(error, 'response') as NativeResponse | undefined;
  if (readSafely(error, '__CANCEL__') === true || readSafely(error, 'code') === 'ERR_CANCELED')
    return failed(error, 'cancelled');
  if (typeof readSafely(response, 'status') === 'number') {
    const received = response as NativeResponse;
    return isTruncated(received) ? failed(error, 'unknown') : buildOutcome(error, received, true, readRefusal);
  }
  const kind = classifyFailure(error);
  // What axios refuses in a request it refuses before it sends it.
  return kind === 'local' && readSafely(error, 'code') === 'ERR_BAD_REQUEST'
    ? failed(error, kind, true)
    : failed(error, kind);
}

/** The same for a body that can be sent once: where that broke, the failure is the caller's own. */
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
 * Whether a body was over before the length that its header promised. The platform waits for the rest, until somebody gives up.
 * Told by the request of follow-redirects, which counts.
 */
function isBodyTooShort(request: unknown): boolean {
  const sent = readSafely(request, '_requestBodyLength');
  const announced = readHeader(readSafely(readSafely(request, '_options'), 'headers'), 'content-length');
  return readSafely(request, '_ended') === true && typeof sent === 'number' && Number(announced) > sent;
}

/**
 * Whether an attempt ended because its body was closed. axios rejects then as if somebody had cancelled the request; the fetch of
 * Node says that it came to a premature end. A transport that fails for another reason may close a body, too.
 */
function isCloseError(error: unknown): boolean {
  return readSafely(error, '__CANCEL__') === true || listCauses(error).some(isPrematureClose);
}

function isPrematureClose(error: unknown): boolean {
  return readSafely(error, 'code') === 'ERR_STREAM_PREMATURE_CLOSE';
}

/** How far causes are followed; they may go round in a circle. */
const MAX_CAUSES = 8;

/** An error and its causes, down to the root. */
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
  // Set by axios where the query could not be built.
  if (readSafely(error, 'exists') === true) return 'local';
  // Too long an answer. axios 1.7 says the same of every answer that breaks off, whether its length is limited or not.
  const limit = readSafely(readSafely(error, 'config'), 'maxContentLength');
  if (readSafely(error, 'code') === 'ERR_BAD_RESPONSE' && typeof limit === 'number' && limit > -1) return 'rejected';
  const failure = networkFailure(error);
  if (failure !== 'unknown' && failure !== 'not-sent') return failure;
  // The socket knows better than any code: before the handshake is over nothing is sent, and after it an alert proves nothing.
  const isConnecting = readSafely(findSocket(readSafely(error, 'request')), 'secureConnecting');
  if (isConnecting === true) return 'not-sent';
  return isConnecting === false ? 'unknown' : failure;
}

/** The socket of a request of Node, or of one that follows redirects. */
function findSocket(request: unknown): unknown {
  return readSafely(request, 'socket') ?? readSafely(readSafely(request, '_currentRequest'), 'socket');
}

/** Answers that have no body (RFC 9110 §6.4.1). */
const BODILESS_STATUSES: ReadonlySet<number> = new Set([204, 205, 304]);

/**
 * Whether an answer broke off. axios rejects with the head of such an answer and no data at all; but an answer below 400 that
 * `validateStatus` refuses may have no data either.
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
  // Only the text of a refusal is looked at, and it is not parsed.
  const refusal =
    status === 429 && readRefusal && typeof data === 'string' ? readRefusal(data.slice(0, 4096)) : undefined;
  return answered(value, { status, header: createHeaderReader(headers), threw, ...refusal });
}

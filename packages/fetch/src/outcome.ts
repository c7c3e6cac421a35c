import {
  answered,
  failed,
  isReplayable,
  networkFailure,
  type Clock,
  type Outcome,
  type ReadRefusal,
  type Undo,
} from '@holdline/core';
import { isRequest, type NativeInit, type NativeRequest, type NativeResponse } from './native.js';

/** How much of a refusal is read. */
const MOST_BYTES = 4096;
/** For how long, ms: it is small and comes with its head, and until it is read no gate is closed. */
const LONGEST_READ_MS = 1_000;

/** The outcome of an attempt that was answered. Only of a refusal is anything read, and of a copy of it. */
export async function outcomeOfResponse(
  response: NativeResponse,
  readRefusal: ReadRefusal | undefined,
  clock: Clock,
): Promise<Outcome> {
  const { status, headers } = response;
  const refusal = status === 429 && readRefusal ? readRefusal(await beginningOf(response, clock)) : undefined;
  return answered(response, { status, header: (name) => headers.get(name) ?? undefined, ...refusal });
}

/** The outcome of an attempt that rejected. */
export function outcomeOfError(error: unknown, input: string | NativeRequest, init: NativeInit): Outcome {
  const failure = networkFailure(error);
  if (failure !== 'unknown') return failed(error, failure);
  if (isRefusedAnswer(error)) return failed(error, 'rejected');
  return isNoRequest(error, input, init) ? failed(error, 'local', true) : failed(error, 'unknown');
}

/** Whether the function refuses what was answered. Node gives the network's errors a code, and its own refusals none. */
function isRefusedAnswer(error: unknown): boolean {
  const { cause, type } = (error ?? {}) as { cause?: { code?: unknown } | null; type?: unknown };
  // As node-fetch says it.
  if (typeof type === 'string') return /redirect|max-size/.test(type);
  return error instanceof TypeError && typeof cause === 'object' && cause !== null && cause.code === undefined;
}

/** Whether no request can be made of the arguments. A browser says the same of everything, so it is tried. */
function isNoRequest(error: unknown, input: string | NativeRequest, init: NativeInit): boolean {
  const { cause } = (error ?? {}) as { cause?: unknown };
  if (!(error instanceof TypeError) || cause || isRequest(input)) return false;
  const { body } = init;
  // Not the body itself, which may be used by now.
  const like =
    body === undefined || body === null ? undefined : { body: isReplayable(body) ? '' : new ReadableStream() };
  try {
    new Request(input, { ...(init as RequestInit), ...like });
    return false;
  } catch {
    return true;
  }
}

/** Text at the beginning of a body. */
async function beginningOf(response: NativeResponse, clock: Clock): Promise<string> {
  const body = response.clone().body as ReadableStream<Uint8Array> | null | undefined;
  // That of node-fetch waits until the original is read too.
  if (typeof body?.getReader !== 'function') return '';
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  let stop: Undo = () => undefined;
  const late = new Promise<{ done: true; value?: undefined }>((resolve) => {
    stop = clock.setTimer(LONGEST_READ_MS, () => resolve({ done: true }));
  });
  try {
    for (let bytes = 0; bytes < MOST_BYTES;) {
      const { done, value } = await Promise.race([reader.read(), late]);
      if (done) break;
      bytes += value.length;
      text += decoder.decode(value, { stream: true });
    }
  } catch {
    // It broke off. What was read counts.
  }
  stop();
  void reader.cancel().catch(() => undefined);
  return text.slice(0, MOST_BYTES);
}

/** Lets go of a body that nobody will read: it keeps its connection, or what it is made of. */
export function letGo(owner: { readonly body?: unknown } | undefined, reason?: unknown): void {
  const body = owner?.body as { cancel?(reason?: unknown): Promise<void>; resume?(): void } | null | undefined;
  if (typeof body?.cancel === 'function') body.cancel(reason).catch(() => undefined);
  // To destroy that of node-fetch would leave its connection half read.
  else if (typeof body?.resume === 'function') body.resume();
}

/** For how long an answer that comes with an error waits to be read, ms. */
const UNREAD_MS = 10_000;

/** Lets go of an answer that is not read for some time. */
export function letGoUnread(response: NativeResponse, clock: Clock, letGo: () => void): void {
  const end = (): void => {
    if (response.bodyUsed !== true) letGo();
  };
  const stop = clock.setBackgroundTimer?.(UNREAD_MS, end);
  if (!stop) clock.setTimer(UNREAD_MS, end);
}

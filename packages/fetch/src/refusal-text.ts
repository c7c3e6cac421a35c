import type { Clock, Undo } from '@holdline/core';
import type { NativeResponse } from './types.js';

/** Longest part of a 429 body that is read, in bytes. */
const MAX_BYTES = 4096;
/** Longest time to read a body, ms. A body is small and arrives with its head. No gate closes before the read of a 429 ends. */
const MAX_READ_MS = 1_000;

/** Reads the text at the beginning of a response body. */
export async function readRefusalText(response: NativeResponse, clock: Clock): Promise<string> {
  const { bytes, reader } = await readStart(response, clock, MAX_BYTES);
  void reader?.cancel().catch(() => undefined);
  return new TextDecoder().decode(bytes.subarray(0, MAX_BYTES));
}

/** Reads a whole response body of at most `maxBytes`. Undefined: the body is longer, a stream of events, or slow. */
export async function readShortBody(
  response: NativeResponse,
  clock: Clock,
  maxBytes: number,
): Promise<Uint8Array | undefined> {
  const { headers } = response;
  const isEndless = headers.get('content-type')?.startsWith('text/event-stream');
  if (isEndless || Number(headers.get('content-length')) > maxBytes) return undefined;
  // The reader is not cancelled. In Node 20, a response whose clone is cancelled causes an unhandled rejection when it is aborted.
  const { bytes, isWhole } = await readStart(response, clock, maxBytes);
  return isWhole && bytes.length <= maxBytes ? bytes : undefined;
}

/** Reads the beginning of a response body from a clone, and tells whether it is the whole body. */
async function readStart(
  response: NativeResponse,
  clock: Clock,
  maxBytes: number,
): Promise<{ bytes: Uint8Array; isWhole: boolean; reader?: ReadableStreamDefaultReader }> {
  const { body } = response;
  if (body === null) return { bytes: new Uint8Array(), isWhole: true };
  // A node-fetch clone waits until the original is read, so its body is skipped.
  const isReadable = typeof (body as Partial<ReadableStream> | undefined)?.getReader === 'function';
  if (!isReadable) return { bytes: new Uint8Array(), isWhole: false };
  const reader = (response.clone().body as ReadableStream<Uint8Array>).getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  let isWhole = false;
  let stopTimer: Undo = () => undefined;
  const timedOut = new Promise<undefined>((resolve) => {
    stopTimer = clock.setTimer(MAX_READ_MS, () => resolve(undefined));
  });
  try {
    while (size <= maxBytes) {
      const part = await Promise.race([reader.read(), timedOut]);
      isWhole = part?.done === true;
      if (!part?.value) break;
      chunks.push(part.value);
      size += part.value.length;
    }
  } catch {
    // The body was truncated. The part so far is used.
  }
  stopTimer();
  const bytes = new Uint8Array(size);
  chunks.reduce((at, chunk) => {
    bytes.set(chunk, at);
    return at + chunk.length;
  }, 0);
  return { bytes, isWhole, reader };
}

import type { Clock, Undo } from '@holdline/core';
import type { NativeResponse } from './types.js';

/** Longest part of a 429 body that is read, in bytes. */
const MAX_BYTES = 4096;
/** Longest time to read it, ms. The body is small and arrives with its head. No gate closes before the read ends. */
const MAX_READ_MS = 1_000;

/** Reads the text at the beginning of a response body. */
export async function readRefusalText(response: NativeResponse, clock: Clock): Promise<string> {
  const body = response.clone().body as ReadableStream<Uint8Array> | null | undefined;
  // A node-fetch clone waits until the original is read, so its body is skipped.
  if (typeof body?.getReader !== 'function') return '';
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  let stopTimer: Undo = () => undefined;
  const timedOut = new Promise<{ done: true; value?: undefined }>((resolve) => {
    stopTimer = clock.setTimer(MAX_READ_MS, () => resolve({ done: true }));
  });
  try {
    for (let bytes = 0; bytes < MAX_BYTES;) {
      const { done, value } = await Promise.race([reader.read(), timedOut]);
      if (done) break;
      bytes += value.length;
      text += decoder.decode(value.subarray(0, MAX_BYTES), { stream: true });
    }
  } catch {
    // The body was truncated. The text so far is used.
  }
  stopTimer();
  void reader.cancel().catch(() => undefined);
  return text.slice(0, MAX_BYTES);
}

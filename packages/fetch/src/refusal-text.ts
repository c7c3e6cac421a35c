import type { Clock, Undo } from '@holdline/core';
import type { NativeResponse } from './types.js';

/** How much of a refusal is read. */
const MAX_BYTES = 4096;
/** For how long, ms: it is small and comes with its head, and until it is read no gate is closed. */
const MAX_READ_MS = 1_000;

/** Text at the beginning of a body. */
export async function readRefusalText(response: NativeResponse, clock: Clock): Promise<string> {
  const body = response.clone().body as ReadableStream<Uint8Array> | null | undefined;
  // That of node-fetch waits until the original is read too.
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
      text += decoder.decode(value, { stream: true });
    }
  } catch {
    // It broke off. What was read counts.
  }
  stopTimer();
  void reader.cancel().catch(() => undefined);
  return text.slice(0, MAX_BYTES);
}

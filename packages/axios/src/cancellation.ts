import { OpenStream, type Call } from '@holdline/core';
import type { NativeConfig } from './types.js';

/** Combines `signal` and `cancelToken` into one signal. `stop` removes the listeners. */
export function createCallerSignal({ signal, cancelToken }: NativeConfig): {
  signal: AbortSignal | undefined;
  stop?: () => void;
} {
  if (!cancelToken) return { signal };
  const controller = new AbortController();
  const cancel = (reason: unknown): void => controller.abort(reason);
  const abort = (): void => controller.abort(signal?.reason);
  cancelToken.subscribe(cancel);
  if (signal?.aborted) abort();
  signal?.addEventListener('abort', abort);
  return {
    signal: controller.signal,
    stop() {
      cancelToken.unsubscribe(cancel);
      signal?.removeEventListener('abort', abort);
    },
  };
}

/**
 * Chooses the signal that replaces the configuration's in an attempt. Undefined if the attempt needs none. A built-in adapter
 * always gets a signal: closing the line aborts attempts on the wire, so that a dead server does not keep the process alive.
 */
export function chooseAttemptSignal(call: Call, isBuiltIn: boolean): AbortSignal | undefined {
  return isBuiltIn || call.cancellation ? call.attemptSignal : undefined;
}

/** Binds a response stream to the caller's signals. The time budget covers only the head, as the timeout of axios does. */
export function limitStream({ cancellation }: Call, { responseType }: NativeConfig, data: unknown): void {
  if (cancellation && responseType === 'stream' && typeof data === 'object' && data !== null)
    cancellation.openAnswer = new OpenStream(data, true);
}

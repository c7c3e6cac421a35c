import type { Call } from '@holdline/core';
import type { NativeConfig } from './native.js';

/** One signal for the two ways in which axios lets a caller give up, and how to stop listening to them. */
export function callerSignal({ signal, cancelToken }: NativeConfig): {
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

/** The signal an attempt needs besides what its configuration has already; undefined where it needs none. */
export function attemptSignal(
  call: Call,
  { signal, cancelToken, responseType }: NativeConfig,
): AbortSignal | undefined {
  // The fetch adapter of axios 1.7 does not listen to a cancel token.
  if (!call.cancellation || (call.deadlineAt === Infinity && !call.context?.signal && !cancelToken)) return undefined;
  const own = call.cancellation.signal;
  // The call ends with the head of the answer; the caller may still abort the stream that follows.
  return responseType === 'stream' && signal instanceof AbortSignal ? AbortSignal.any([own, signal]) : own;
}

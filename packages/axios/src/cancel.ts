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

/**
 * The signal an attempt needs besides what its configuration has already; undefined where it needs none. An adapter of axios always gets one,
 * aborted also when a line that is being closed waits no longer: a dead server would keep the socket, and the process, for as long as it likes.
 */
export function attemptSignal(
  call: Call,
  { signal, cancelToken, responseType }: NativeConfig,
  isOfAxios: boolean,
): AbortSignal | undefined {
  // The fetch adapter of axios 1.7 does not listen to a cancel token.
  const hasOthers = call.cancellation && (call.deadlineAt < Infinity || call.context?.signal || cancelToken);
  const isStream = responseType === 'stream' && signal instanceof AbortSignal;
  // The call ends with the head of the answer; the caller may still abort the stream that follows.
  if (isStream) return hasOthers ? AbortSignal.any([call.signal, signal]) : undefined;
  return hasOthers || isOfAxios ? call.signal : undefined;
}

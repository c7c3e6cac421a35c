import { OpenStream, type Call } from '@holdline/core';
import type { NativeConfig } from './types.js';

/** One signal for the two ways in which axios lets a caller give up, and how to stop listening to them. */
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
 * The signal an attempt needs in place of what its configuration has; undefined where it needs none. An adapter of axios always gets one:
 * a line that is being closed ends what is on the wire, or a dead server would keep the socket, and the process.
 */
export function chooseAttemptSignal(
  call: Call,
  { cancelToken, responseType }: NativeConfig,
  isBuiltIn: boolean,
): AbortSignal | undefined {
  const signal = isBuiltIn || call.cancellation ? call.attemptSignal : undefined;
  if (signal) return signal;
  // The answer is whole when the call ends, unless it is a stream. The fetch adapter of axios 1.7 does not listen to a cancel token.
  const isWhole = isBuiltIn && responseType !== 'stream';
  return isWhole || cancelToken ? call.cancellation?.signal : undefined;
}

/** A stream is read after its call has ended. As with the timeout of axios, the budget was for its head; signals still end it. */
export function limitStream({ cancellation }: Call, { responseType }: NativeConfig, data: unknown): void {
  if (cancellation && responseType === 'stream' && typeof data === 'object' && data !== null)
    cancellation.openAnswer = new OpenStream(data, true);
}

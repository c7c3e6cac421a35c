import type { Holdline } from '@holdline/core';

/** A `RetryHandler` of undici 6 to 8, which `RetryAgent` and the `retry` interceptor create for each request. */
interface RetryHandler {
  retryCount: number;
  retryOpts: { retry: (error: unknown, context: unknown, callback: (error: unknown) => void) => void };
}

/** Maximal number of handlers around a `RetryHandler`, such as that of `redirect`. */
const MAX_DEPTH = 8;

/** Returns the name of the retry layer of undici above a dispatch, if it keeps the retries. Two layers would multiply the attempts. */
export function findRetryLayer(handler: object, line: Holdline): string | undefined {
  let inner: unknown = handler;
  for (let depth = 0; typeof inner === 'object' && inner !== null && depth < MAX_DEPTH; depth++) {
    if (isRetryHandler(inner)) {
      if (!line.replacesOtherRetries) return 'undici RetryHandler';
      inner.retryOpts.retry = (error, _, callback) => callback(error);
      return undefined;
    }
    ({ handler: inner } = inner as { handler?: unknown });
  }
  return undefined;
}

function isRetryHandler(handler: object): handler is RetryHandler {
  const { retryCount, retryOpts } = handler as Partial<RetryHandler>;
  return typeof retryCount === 'number' && typeof retryOpts?.retry === 'function';
}

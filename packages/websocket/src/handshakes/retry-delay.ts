import type { ResolvedHandshakes } from './options.js';

/** Delay before the `retry`th retry, in ms: exponential back-off plus jitter. */
export function computeRetryDelay(retry: number, options: ResolvedHandshakes, randomFraction: number): number {
  const { baseDelayMs, maxDelayMs, jitter } = options;
  const delay = Math.min(maxDelayMs, baseDelayMs * 2 ** Math.min(retry - 1, 52));
  return delay * (1 + jitter * randomFraction);
}

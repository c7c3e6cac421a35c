import { startBackgroundTimer, type Clock } from '@holdline/core';
import type { NativeResponse } from './types.js';

/** Releases a body that nobody reads. An unread body keeps its connection or its source open. */
export function releaseBody(owner: { readonly body?: unknown } | undefined, reason?: unknown): void {
  const body = owner?.body as { cancel?(reason?: unknown): Promise<void>; resume?(): void } | null | undefined;
  if (typeof body?.cancel === 'function') body.cancel(reason).catch(() => undefined);
  // Destroying a node-fetch body would leave its connection half read.
  else if (typeof body?.resume === 'function') body.resume();
}

/** Time for a caller to read a response from `error.response`, ms. */
const UNREAD_MS = 10_000;

/** Releases a response that nobody starts to read within `UNREAD_MS`. */
export function releaseUnreadBody(response: NativeResponse, clock: Clock, release: () => void): void {
  startBackgroundTimer(clock, UNREAD_MS, () => {
    if (response.bodyUsed !== true) release();
  });
}

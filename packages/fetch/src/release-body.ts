import type { Clock } from '@holdline/core';
import type { NativeResponse } from './types.js';

/** Lets go of a body that nobody will read: it keeps its connection, or what it is made of. */
export function releaseBody(owner: { readonly body?: unknown } | undefined, reason?: unknown): void {
  const body = owner?.body as { cancel?(reason?: unknown): Promise<void>; resume?(): void } | null | undefined;
  if (typeof body?.cancel === 'function') body.cancel(reason).catch(() => undefined);
  // To destroy that of node-fetch would leave its connection half read.
  else if (typeof body?.resume === 'function') body.resume();
}

/** For how long an answer that comes with an error waits to be read, ms. */
const UNREAD_MS = 10_000;

/** Lets go of an answer that is not read for some time. */
export function releaseUnreadBody(response: NativeResponse, clock: Clock, release: () => void): void {
  const releaseUnread = (): void => {
    if (response.bodyUsed !== true) release();
  };
  const stop = clock.setBackgroundTimer?.(UNREAD_MS, releaseUnread);
  if (!stop) clock.setTimer(UNREAD_MS, releaseUnread);
}

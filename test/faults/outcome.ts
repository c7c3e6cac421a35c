import { callInfo, isHoldlineError } from '@holdline/core';

/** Waits for the end of a call, and names it. */
export async function settle(call: Promise<unknown>): Promise<string> {
  const [end] = await Promise.allSettled([call]);
  return end?.status === 'fulfilled' ? 'answer' : nameOf(end?.reason);
}

/** The inbox refused an event, also when its sender repeated it. */
export class RefusedEvent extends Error {}

/** Names an error as the table does. */
export function nameOf(error: unknown): string {
  if (isHoldlineError(error)) return error.name;
  if (error instanceof RefusedEvent) return 'refused by the inbox';
  const status = callInfo(error)?.status;
  // After a broken body, the status alone says nothing.
  return status === undefined || status < 400 ? 'client error' : `status ${status}`;
}

import { type HoldlineErrorCode, isHoldlineError } from '@holdline/core';
import type { Running } from '../scene/caller.js';

/** The name of the error that a call rejected with; undefined if it succeeded. */
export function nameOf({ isRejected, error }: Running): string | undefined {
  return isRejected ? String((error as Error | undefined)?.name) : undefined;
}

/** Describes the end of a call for a message. */
export function describeEnd({ isSettled, isRejected, error }: Running): string {
  if (!isSettled) return 'nothing yet';
  return isRejected ? `the error '${String(error)}'` : 'a result';
}

/** The message of an error with those of its causes. */
export function messageOf(error: unknown): string {
  const { message, cause } = (error ?? {}) as { message?: unknown; cause?: unknown };
  return cause === undefined ? String(message) : `${String(message)}: ${messageOf(cause)}`;
}

/** Whether a call failed with an error of the line that has this code. */
export function failedWith({ isRejected, error }: Running, code: HoldlineErrorCode): boolean {
  return isRejected && isHoldlineError(error) && error.code === code;
}

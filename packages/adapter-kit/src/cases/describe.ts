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

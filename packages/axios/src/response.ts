import { readSafely, type Outcome } from '@holdline/core';
import type { NativeResponse } from './types.js';

/**
 * Picks the response from a result or an error, for `response` of a HoldlineError. The copy has the shape of axios but neither
 * `config` nor `request`, which hold credentials.
 * @public
 */
export function answerIn(value: unknown): Partial<NativeResponse> | undefined {
  const answer = isResponse(value) ? value : readSafely(value, 'response');
  if (!isResponse(answer)) return undefined;
  const { status, statusText, headers, data } = answer;
  return { status, ...(statusText !== undefined && { statusText }), headers, data };
}

/** Tells whether `value` is an axios response and not an error. */
export function isResponse(value: unknown): value is NativeResponse {
  return typeof value === 'object' && value !== null && 'data' in value && !(value instanceof Error);
}

/** Reads the data of a response, of an error's response, or of the response on a HoldlineError. */
export function readData(value: unknown): unknown {
  return readSafely(readSafely(value, 'response') ?? value, 'data');
}

/** Releases a response that nobody reads. An unread stream keeps its connection. */
export function releaseResponse(outcome: Outcome | undefined): void {
  const data = readData(outcome?.value) as
    | {
        destroy?(): unknown;
        on?(event: string, listener: () => void): unknown;
        cancel?(): Promise<unknown>;
      }
    | undefined
    | null;
  if (typeof data !== 'object' || data === null) return;
  const ignore = (): undefined => undefined;
  if (typeof data.destroy === 'function') {
    data.on?.('error', ignore);
    data.destroy();
  } else if (typeof data.cancel === 'function') {
    data.cancel().catch(ignore);
  }
}

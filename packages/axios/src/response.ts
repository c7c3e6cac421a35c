import { readSafely, type Outcome } from '@holdline/core';
import type { NativeResponse } from './types.js';

/**
 * The answer in what an attempt came to, for `response` of an error of ours. In the shape of axios, without the configuration and
 * the request: they hold credentials.
 */
export function answerIn(value: unknown): Partial<NativeResponse> | undefined {
  const answer = isResponse(value) ? value : readSafely(value, 'response');
  if (!isResponse(answer)) return undefined;
  const { status, statusText, headers, data } = answer;
  return { status, ...(statusText !== undefined && { statusText }), headers, data };
}

/** Whether it is a response of axios, and no error. */
export function isResponse(value: unknown): value is NativeResponse {
  return typeof value === 'object' && value !== null && 'data' in value && !(value instanceof Error);
}

/** The data in a response, in an error that has one, or in what hangs on an error of ours. */
export function readData(value: unknown): unknown {
  return readSafely(readSafely(value, 'response') ?? value, 'data');
}

/** Lets go of an answer that nobody will read: an unread stream keeps its connection. */
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

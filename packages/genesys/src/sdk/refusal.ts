import type { Refusal } from '@holdline/core';

const LIMIT_KEY = /"limit"\s*:\s*\{[^{}]{0,500}?"key"\s*:\s*"([^"\\]{1,200})"/;
const SECONDS = /\[(\d{1,9})\] seconds/;

/**
 * Reads the body of a Genesys Cloud 429: the key of the limit, and the wait that the message names in seconds. The wait is for
 * responses without Retry-After.
 * @internal
 */
export function readRefusal(body: string): Refusal {
  const seconds = SECONDS.exec(body)?.[1];
  return {
    limitKey: LIMIT_KEY.exec(body)?.[1],
    retryAfterMs: seconds === undefined ? undefined : Number(seconds) * 1000,
  };
}

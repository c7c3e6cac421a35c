import type { ReadHeader } from '../contract/outcome.js';
import { parseHttpDate } from './date.js';

const SECONDS = /^\d{1,300}(\.\d{1,9})?$/;
/** A hundred years: for ever, and yet every date that is computed with it is one. */
const LONGEST_MS = 3_155_760_000_000;

/**
 * How long a `Retry-After` asks to wait, in ms from the arrival of the answer.
 *
 * Takes seconds (fractions too, rounded up to the ms) and HTTP dates. A date is measured against the answer's own
 * `Date` header, so that a skewed clock on either side does not matter. Zero, negative values, dates in the past of the server
 * and garbage are undefined: they name no time to wait for, and a wait of zero would make a hot loop. What is longer than a
 * century is one.
 */
export function parseRetryAfter(read: ReadHeader, nowWall: number): number | undefined {
  const value = read('retry-after')?.trim();
  if (value === undefined || value === '') return undefined;
  if (SECONDS.test(value)) return Math.min(LONGEST_MS, Math.ceil(Number(value) * 1000)) || undefined;
  const until = parseHttpDate(value, nowWall);
  if (until === undefined) return undefined;
  const serverNow = serverTime(read, nowWall);
  return until > serverNow ? Math.min(LONGEST_MS, until - serverNow) : undefined;
}

/** The platform's clock as its answer tells it, else ours. */
export function serverTime(read: ReadHeader, nowWall: number): number {
  const date = read('date');
  return (date === undefined ? undefined : parseHttpDate(date, nowWall)) ?? nowWall;
}

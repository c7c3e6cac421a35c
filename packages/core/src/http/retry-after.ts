import type { ReadHeader } from '../contract/outcome.js';
import { parseHttpDate } from './date.js';

const SECONDS = /^\d{1,300}(\.\d{1,9})?$/;
/** A hundred years. Dates computed with this wait are still valid. */
const MAX_MS = 3_155_760_000_000;

/**
 * Reads the wait that `Retry-After` requests, in ms from the arrival of the answer.
 *
 * The value is a number of seconds (fractions are rounded up to the ms) or an HTTP date. A date is compared with the `Date` header of
 * the answer, so that a wrong clock on either side does not matter. Zero, negative numbers, dates in the past of the server and
 * malformed values give undefined, because a wait of zero would cause a hot loop. The maximum is one century.
 * @public
 */
export function parseRetryAfter(read: ReadHeader, nowWall: number): number | undefined {
  const value = read('retry-after')?.trim();
  if (value === undefined || value === '') return undefined;
  if (SECONDS.test(value)) return Math.min(MAX_MS, Math.ceil(Number(value) * 1000)) || undefined;
  const until = parseHttpDate(value, nowWall);
  if (until === undefined) return undefined;
  const serverNow = serverTime(read, nowWall);
  return until > serverNow ? Math.min(MAX_MS, until - serverNow) : undefined;
}

/** The time on the platform according to the `Date` header, or the local time. */
export function serverTime(read: ReadHeader, nowWall: number): number {
  const date = read('date');
  return (date === undefined ? undefined : parseHttpDate(date, nowWall)) ?? nowWall;
}

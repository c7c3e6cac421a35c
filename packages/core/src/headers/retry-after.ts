import { parseHttpDate } from './date.js';

/** Reads one header by its lower-case name. */
export type ReadHeader = (name: string) => string | undefined;

const SECONDS = /^\d{1,15}(\.\d{1,9})?$/;

/**
 * How long a `Retry-After` asks to wait, in ms from the arrival of the answer.
 *
 * Takes seconds (fractions too, rounded up to the ms) and HTTP dates. A date is measured against the answer's own
 * `Date` header, so that a skewed clock on either side does not matter. Negative values, dates in the past of the server and
 * garbage are undefined, never zero: zero would make a hot loop of a broken header.
 */
export function parseRetryAfter(read: ReadHeader, nowWall: number): number | undefined {
  const value = read('retry-after')?.trim();
  if (value === undefined || value === '') return undefined;
  if (SECONDS.test(value)) return Math.ceil(Number(value) * 1000);
  const until = parseHttpDate(value, nowWall);
  if (until === undefined) return undefined;
  const date = read('date');
  const serverNow = (date === undefined ? undefined : parseHttpDate(date, nowWall)) ?? nowWall;
  return until > serverNow ? until - serverNow : undefined;
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRetryAfter } from '../index.js';
import { headers } from '../line/transport.fixture.js';
import { parseHttpDate } from './date.js';

const NOW = Date.UTC(2026, 0, 1, 12);
const CENTURY = 3_155_760_000_000;
const http = (ms: number): string => new Date(ms).toUTCString();

describe('Retry-After in ms', () => {
  it.each<[string, string | undefined, string | undefined, number | undefined]>([
    ['seconds', '3', undefined, 3_000],
    ['zero names no wait (issue 13, a03)', '0', undefined, undefined],
    ['zero with fractions', '0.000', undefined, undefined],
    ['fractions, rounded up', '0.0001', undefined, 1],
    ['spaces around', ' 7 ', undefined, 7_000],
    ['library-lab §6: 3e6 s', '3000000', undefined, 3_000_000_000],
    ['many digits: a century', '9'.repeat(200), undefined, CENTURY],
    ['1e15 s: a century', '1000000000000000', undefined, CENTURY],
    ['negative', '-1', undefined, undefined],
    ['an exponent', '1e3', undefined, undefined],
    ['hexadecimal', '0x10', undefined, undefined],
    ['a unit', '5s', undefined, undefined],
    ['a list', '5, 6', undefined, undefined],
    ['empty', '', undefined, undefined],
    ['missing', undefined, undefined, undefined],
    ['words', 'soon', undefined, undefined],
    ['megabytes of digits', '1'.repeat(1e6), undefined, undefined],
    ['IMF-fixdate', http(NOW + 60_000), undefined, 60_000],
    ['RFC 850', 'Thursday, 01-Jan-26 12:01:00 GMT', undefined, 60_000],
    ['asctime', 'Thu Jan  1 12:01:00 2026', undefined, 60_000],
    ['any case', http(NOW + 60_000).toUpperCase(), undefined, 60_000],
    ['a date against the server, whose clock is an hour ahead', http(NOW + 3_660_000), http(NOW + 3_600_000), 60_000],
    ['a date against the server, whose clock is an hour behind', http(NOW - 3_540_000), http(NOW - 3_600_000), 60_000],
    ['seconds do not depend on the Date header', '60', http(NOW + 3_600_000), 60_000],
    ['a malformed Date: the local clock', http(NOW + 60_000), 'yesterday', 60_000],
    ['a past date', http(NOW - 1_000), undefined, undefined],
    ['a date in the past of the server, but not of the local clock', http(NOW + 60_000), http(NOW + 61_000), undefined],
    ['now', http(NOW), undefined, undefined],
    ['a date in the year 9999: a century', 'Fri, 31 Dec 9999 23:59:59 GMT', undefined, CENTURY],
    ['ISO 8601', '2026-01-01T12:01:00Z', undefined, undefined],
    ['31 February', 'Tue, 31 Feb 2026 12:00:00 GMT', undefined, undefined],
    ['hour 24', 'Thu, 01 Jan 2026 24:00:00 GMT', undefined, undefined],
    ['another zone', 'Thu, 01 Jan 2026 12:01:00 CET', undefined, undefined],
  ])('%s', (_, retryAfter, date, ms) => {
    expect(parseRetryAfter(headers({ 'retry-after': retryAfter, date }), NOW)).toBe(ms);
  });

  it('a two-digit year more than 50 years ahead is in the past', () => {
    expect(parseHttpDate('Sunday, 06-Nov-94 08:49:37 GMT', NOW)).toBe(Date.UTC(1994, 10, 6, 8, 49, 37));
    expect(parseHttpDate('Sunday, 06-Nov-70 08:49:37 GMT', NOW)).toBe(Date.UTC(2070, 10, 6, 8, 49, 37));
  });

  it('any value gives undefined or a positive wait whose end is a valid date', () => {
    const value = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.double().map(String),
      fc.bigInt().map(String),
      fc.date().map((date) => (Number.isNaN(date.getTime()) ? 'Invalid Date' : date.toUTCString())),
      fc.stringMatching(/^[0-9.eE+: -]{0,20}$/),
    );
    fc.assert(
      fc.property(value, fc.option(value, { nil: undefined }), (retryAfter, date) => {
        const ms = parseRetryAfter(headers({ 'retry-after': retryAfter, date }), NOW);
        if (ms === undefined) return;
        expect(ms).toBeGreaterThan(0);
        expect(() => new Date(NOW + ms).toISOString()).not.toThrow();
      }),
      { numRuns: 2_000 },
    );
  });

  it('reads every date that `toUTCString` writes', () => {
    const whole = fc.integer({ min: 0, max: 253_402_300_799 }).map((s) => s * 1000);
    fc.assert(fc.property(whole, (ms) => parseHttpDate(http(ms), NOW) === ms));
  });
});

import { describe, expect, it } from 'vitest';
import { answered, plainError } from '../index.js';
import { seededRandom } from '../testing.js';
import { parseHttpDate } from './date.js';
import { parseQuotaHeaders, readQuotaReset } from './quota-headers.js';
import { readRequestedWait } from './requested-wait.js';
import { parseRetryAfter } from './retry-after.js';

const MEGABYTE = 1_000_000;
/** A century: the longest wait that any header can request. */
const MAX_MS = 3_155_760_000_000;
const NOW = Date.UTC(2026, 10, 28);

/** Every header that the line reads. */
const NAMES = [
  'retry-after',
  'date',
  'ratelimit',
  ...['x-ratelimit-', 'x-rate-limit-', 'ratelimit-'].flatMap((prefix) =>
    ['remaining', 'reset', 'reset-after', 'limit'].map((name) => prefix + name),
  ),
  ...['count', 'allowed', 'reset'].map((name) => `inin-ratelimit-${name}`),
];

/** Pieces that make a pattern backtrack, and pieces of valid values. */
const PIECES = [
  ' ',
  '\t',
  ',',
  ';',
  '=',
  '"',
  '9',
  '1.',
  '-',
  '.',
  'remaining=',
  ', reset=',
  'r=5;',
  't=30;',
  'Sun, ',
  'a',
  '\u00e9',
  ':',
  '\n',
];

/** Values of a megabyte: one piece repeated, valid beginnings with a long rest, and random pieces. */
function makeValues(): string[] {
  const random = seededRandom(20_261_128);
  const repeated = PIECES.map((piece) => piece.repeat(MEGABYTE / piece.length));
  const begun = PIECES.flatMap((piece) =>
    ['5', 'remaining=1', '"a";r=1', 'Sun, 06 Nov 1994'].map((begin) => begin + piece.repeat(MEGABYTE / piece.length)),
  );
  const mixed = Array.from({ length: 20 }, () => {
    let value = '';
    while (value.length < MEGABYTE)
      value += (PIECES[Math.floor(random.next() * PIECES.length)] as string).repeat(
        1 + Math.floor(random.next() * 200),
      );
    return value;
  });
  return [...repeated, ...begun, ...mixed];
}

// Issue 16, 4: limits on what a server sends. Node limits all headers together to 16 kB; other transports do not.
describe('headers of a megabyte', () => {
  const values = makeValues();

  it('cost no more than reading them once, and give no wait beyond a century', () => {
    const started = performance.now();
    let reads = 0;
    for (const value of values) {
      // All headers have the same value, so that no combination is left out.
      const header = (name: string): string | undefined => (reads++, NAMES.includes(name) ? value : undefined);
      const outcome = answered({}, { status: 503, header });
      expect(outcome.kind).toBe('refused');
      const waits = [
        parseRetryAfter(header, NOW),
        parseHttpDate(value, NOW),
        parseQuotaHeaders(header, NOW)?.resetMs,
        readQuotaReset(header, { wall: () => NOW })?.ms,
        readRequestedWait({ status: 429, header, bodyRetryAfterMs: undefined }, { wall: () => NOW })?.ms,
      ];
      for (const wait of waits) if (wait !== undefined) expect(wait >= 0 && wait <= MAX_MS).toBe(true);
    }
    expect(reads).toBeGreaterThan(500);
    // 115 values of a megabyte take about a second on a slow machine. One quadratic pattern takes minutes for a single value.
    expect(performance.now() - started).toBeLessThan(30_000);
  });

  it('are cut in the message of an error', () => {
    for (const value of values.slice(0, 20)) {
      const error = plainError(new Error(`refused: ${value}`));
      expect(error.message.length).toBeLessThanOrEqual(500);
    }
  });
});

describe('random values of headers', () => {
  it('give a wait that is finite, positive and at most a century, or none', () => {
    const random = seededRandom(7);
    const number = (): string => {
      const kinds = [
        () => String(Math.floor(random.next() * 1e3)),
        () => String(random.next() * 1e3),
        () => `${Math.floor(random.next() * 9)}e${Math.floor(random.next() * 400)}`,
        () => '9'.repeat(1 + Math.floor(random.next() * 400)),
        () => `-${Math.floor(random.next() * 1e6)}`,
        () => ['NaN', 'Infinity', '0x10', '', ' ', 'null', '1_000', '٣'][Math.floor(random.next() * 8)] as string,
        () => new Date(random.next() * 8e15).toUTCString(),
      ];
      return (kinds[Math.floor(random.next() * kinds.length)] as () => string)();
    };
    for (let i = 0; i < 20_000; i++) {
      const headers = new Map(NAMES.map((name) => [name, random.next() < 0.5 ? number() : undefined]));
      const wait = readRequestedWait(
        { status: 429, header: (name) => headers.get(name), bodyRetryAfterMs: undefined },
        { wall: () => NOW },
      );
      if (wait !== undefined) expect([...headers, wait.ms > 0 && wait.ms <= MAX_MS].at(-1)).toBe(true);
    }
  });
});

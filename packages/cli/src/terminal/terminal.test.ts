import { describe, expect, test } from 'vitest';
import { exitCodeOf, lineOf, usageError } from './errors.js';
import { parseSpan } from './span.js';
import { styleOf, table, wrap } from './style.js';
import { counted, duration, listed, percent, utc } from './words.js';

test.each<[number, string]>([
  [0, '0 ms'],
  [350, '350 ms'],
  [4_230, '4.2 s'],
  [60_000, '60 s'],
  [180_000, '3 min'],
  [12 * 3_600_000, '12 h'],
  [7 * 86_400_000, '7 days'],
  [Infinity, 'any time'],
])('a span of %d ms is %s', (ms, text) => {
  expect(duration(ms)).toBe(text);
});

test.each<[string, number | undefined]>([
  ['500', 500],
  ['500ms', 500],
  ['60s', 60_000],
  ['1.5min', 90_000],
  ['2h', 7_200_000],
  ['7d', 604_800_000],
  ['7 days', undefined],
  ['-1s', undefined],
  ['', undefined],
])('parses the span %j', (text, ms) => {
  expect(parseSpan(text)).toBe(ms);
});

test('numbers, shares, lists and times in sentences', () => {
  expect([counted(1, 'call'), counted(1_234, 'call'), counted(2, 'retry', 'retries')]).toEqual([
    '1 call',
    '1,234 calls',
    '2 retries',
  ]);
  expect([percent(0), percent(0.0123), percent(0.5), percent(1)]).toEqual(['0 %', '1.2 %', '50 %', '100 %']);
  expect([listed([]), listed(['a']), listed(['a', 'b']), listed(['a', 'b', 'c'], 'or')]).toEqual([
    '',
    'a',
    'a and b',
    'a, b or c',
  ]);
  expect(utc(0)).toBe('1970-01-01 00:00:00Z');
});

test('a table has aligned columns', () => {
  expect(
    table(
      ['id', 'route'],
      [
        ['1', 'GET /a'],
        ['200', 'GET /b'],
      ],
    ),
  ).toBe('id   route\n1    GET /a\n200  GET /b\n');
});

test('long sentences are broken between words', () => {
  expect(wrap('one two three', '  ', 9)).toBe('  one two\n  three\n');
  expect(wrap('unbreakable-word', '', 5)).toBe('unbreakable-word\n');
});

test('colours are left out where there are none', () => {
  expect(styleOf({ colour: false })('red', 'x')).toBe('x');
  expect(styleOf({ colour: true })('red', 'x')).toBe('\u001B[31mx\u001B[0m');
});

describe('errors', () => {
  test('fit in one line', () => {
    expect(lineOf(new Error('a\n  b'))).toBe('a b');
    expect(lineOf(new Error(''))).toBe('unknown error');
    expect(lineOf('text')).toBe('text');
  });

  test('have the exit code 2 for wrong options and configurations, and 1 otherwise', () => {
    expect(exitCodeOf(usageError('x'))).toBe(2);
    expect(exitCodeOf(Object.assign(new Error('x'), { name: 'ConfigError' }))).toBe(2);
    expect(exitCodeOf(Object.assign(new Error('x'), { exitCode: 127 }))).toBe(127);
    expect([exitCodeOf(new Error('x')), exitCodeOf(undefined), exitCodeOf({ exitCode: 0 })]).toEqual([1, 1, 1]);
  });
});

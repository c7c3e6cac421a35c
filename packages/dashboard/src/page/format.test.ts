import { expect, it } from 'vitest';
import { count, duration, percent, plural, rest, shortDuration, utc, windowName } from './format.js';
import { readRoute, linkTo, linkToCalls, setCurrentLine } from './router.js';

it.each([
  [undefined, '–'],
  [0, '0 ms'],
  [0.4, '0.4 ms'],
  [38.4, '38 ms'],
  [999, '999 ms'],
  [4_200, '4.2 s'],
  [99_960, '1 min 40 s'],
  [200_000, '3 min 20 s'],
  [7_500_000, '2 h 5 min'],
  [90_000_000, '1 d 1 h'],
])('the duration of %s ms is %s', (ms, text) => {
  expect(duration(ms)).toBe(text);
});

it.each([
  [undefined, '–'],
  [1, '100 %'],
  [0, '0 %'],
  [0.9999, '> 99.9 %'],
  [0.9995, '> 99.9 %'],
  [0.998, '99.8 %'],
  [0.924, '92.4 %'],
  [0.5, '50 %'],
  [0.012, '1.2 %'],
  [0.0001, '< 0.1 %'],
])('the part %s is %s, and only everything is 100 %%', (part, text) => {
  expect(percent(part)).toBe(text);
});

it('counts, windows, countdowns and times have their units', () => {
  expect([count(12_345), plural(1, 'call'), plural(2, 'call'), count(undefined)]).toEqual([
    '12,345',
    '1 call',
    '2 calls',
    '–',
  ]);
  expect([1_000, 60_000, 3_600_000, 10_000, 500].map(windowName)).toEqual(['s', 'min', 'h', '10 s', '500 ms']);
  expect([rest(-5), rest(3_140), rest(200_000)]).toEqual(['now', '3.1 s', '3 min 20 s']);
  expect([0, 500, 1_500, 90_000, 120_000, 7_200_000].map(shortDuration)).toEqual([
    '0 ms',
    '500 ms',
    '1.5 s',
    '90 s',
    '2 min',
    '2 h',
  ]);
  expect(utc(Date.UTC(2026, 10, 29, 10, 14, 7, 5))).toBe('2026-11-29 10:14:07.005 UTC');
});

it('an address keeps its filter, and names the line only if there are several', () => {
  const link = linkToCalls({ route: 'GET /a?b=c&d', status: 429, retried: true });
  const { view, query } = readRoute(link);
  expect([view, query.get('route'), query.get('status'), query.get('retried')]).toEqual([
    'calls',
    'GET /a?b=c&d',
    '429',
    'true',
  ]);
  expect(readRoute('#/call/12?line=3')).toMatchObject({ view: 'call', callId: '12' });
  for (const hash of ['', '#', '#/', '#/unknown', '#/call/x', '#tokens']) expect(readRoute(hash).view).toBe('overview');
  setCurrentLine(3);
  expect(linkTo('alerts')).toBe('#/alerts?line=3');
  setCurrentLine(undefined);
  expect(linkTo('')).toBe('#/');
});

import { describe, expect, test } from 'vitest';
import { BucketMeter, FixedMeter, SlidingMeter, type Meter } from './meters.js';

/** Sends a request at each time. Returns 0 for an accepted one, otherwise the wait. */
const ask = (meter: Meter, times: number[]): number[] =>
  times.map((at) => {
    const waitMs = meter.waitMs(at);
    if (waitMs === 0) meter.take(at);
    return Math.round(waitMs * 1_000) / 1_000;
  });

describe('a limit of 2 in 1,000 ms', () => {
  test('in fixed windows that begin at 0', () => {
    // Two are accepted per window [0, 1000), [1000, 2000), also two at its end and two at the start of the next.
    expect(ask(new FixedMeter(2, 1_000, 0), [0, 900, 999, 1_000, 1_001, 1_002, 3_500])).toEqual([
      0, 0, 1, 0, 0, 998, 0,
    ]);
  });

  test('in fixed windows that begin at 300', () => {
    expect(ask(new FixedMeter(2, 1_000, 300), [0, 1, 2, 300, 301, 302, 1_299, 1_300])).toEqual([
      0, 0, 298, 0, 0, 998, 1, 0,
    ]);
  });

  test('in a sliding window', () => {
    // A request is accepted when the last but one accepted request is 1,000 ms ago.
    expect(ask(new SlidingMeter(2, 1_000), [0, 900, 950, 1_000, 1_001, 1_899, 1_900, 2_100])).toEqual([
      0, 0, 50, 0, 899, 1, 0, 0,
    ]);
  });

  test('by a bucket of 2 that regains one permit each 500 ms', () => {
    // Levels before each request: 2, 1, 0.2, 1, 0.5, 1.
    expect(ask(new BucketMeter(2, 1_000, 2), [0, 0, 100, 500, 750, 1_000])).toEqual([0, 0, 400, 0, 250, 0]);
  });

  test('by a bucket of 4, which never holds more', () => {
    expect(ask(new BucketMeter(2, 1_000, 4), [9_000, 9_000, 9_000, 9_000, 9_000])).toEqual([0, 0, 0, 0, 500]);
  });
});

test('a meter that is asked twice counts only what it accepted', () => {
  const meter = new SlidingMeter(1, 100);
  expect([meter.waitMs(0), meter.waitMs(0)]).toEqual([0, 0]);
  meter.take(0);
  expect(meter.waitMs(40)).toBe(60);
});

import { describe, expect, it } from 'vitest';
import { Counter } from './counter.js';
import { WindowMeter } from './window-meter.js';

interface Seen {
  /** Current window length. */
  windowMs?: number;
  roundTripMs?: number;
  /** Answer times of the counted attempts. */
  answeredAt?: number[];
}

function counterOf({ windowMs = 60_000, roundTripMs = 0, answeredAt = [] }: Seen): Counter {
  const counter = new Counter(Infinity, windowMs);
  counter.roundTripMs = roundTripMs;
  for (const at of answeredAt) {
    counter.take(1);
    counter.end(at, 1);
  }
  return counter;
}

const SECOND = 1_000;

describe('the first refusal', () => {
  it.each<[string, Seen, until: number, roundedMs: number, found: number]>([
    ['shows the window that began with the oldest answer', { answeredAt: [0, 4_000] }, 10_000, SECOND, 10_000],
    ['may be shorter than a common window by the rounding at both ends', { answeredAt: [0] }, 8_000, SECOND, 10_000],
    ['but not by more', { answeredAt: [0] }, 7_999, SECOND, 7_999],
    ['may not be shorter by more than 30 %', { answeredAt: [0] }, 1_500, SECOND, 1_500],
    ['may be shorter by 30 %', { answeredAt: [0] }, 1_540, SECOND, 2_000],
    ['may be shorter by the round trip too', { answeredAt: [0], roundTripMs: 250 }, 12_500, SECOND, 15_000],
    ['is exact without a stated rounding', { answeredAt: [0] }, 9_999, Infinity, 9_999],
    ['counts from itself where nothing was answered', {}, 14_000, SECOND, 10_000],
    ['makes no window longer than assumed', { answeredAt: [-30_000] }, 40_000, SECOND, 60_000],
    ['makes a window longer where it asks for a longer wait', { answeredAt: [-30_000] }, 84_000, SECOND, 80_000],
    [
      'belongs to the next common window, and not to a longer assumed one',
      { windowMs: 11_000, answeredAt: [0] },
      9_000,
      SECOND,
      10_000,
    ],
    ['belongs to a common window that it names exactly', { windowMs: 11_000, answeredAt: [0] }, 10_000, SECOND, 10_000],
    ['finds an unusual window that was assumed', { windowMs: 7_000 }, 10_500, SECOND, 7_000],
  ])('%s', (_, seen, until, roundedMs, found) => {
    const length = new WindowMeter(seen.windowMs ?? 60_000);
    expect(length.measureFirst(4_000, { until, roundedMs }, counterOf(seen))).toBe(found);
  });
});

describe('a refusal that asks for a wait', () => {
  it.each<[string, ms: number, found: number, windowMs?: number]>([
    ['of one window shows nothing new', 10_000, 10_000],
    ['of one unusual window shows nothing new either', 13_500, 13_500, 13_500],
    ['of less than a window shows nothing new', 3_000, 10_000],
    ['of more than a window shows the next common window', 13_500, 15_000],
    ['of more than any common window shows a window of that length', 20_000, 20_000],
  ])('%s', (_, ms, found, windowMs = 10_000) => {
    const length = new WindowMeter(10_000);
    expect(length.measureWait(500, { until: 500 + ms, roundedMs: SECOND }, counterOf({ windowMs }))).toBe(found);
  });
});

describe('two refusals', () => {
  interface Two {
    thoughtMs?: number;
    windowMs?: number;
    roundTripMs?: number;
    /** Distance between the resets of the two refusals. */
    apart?: number;
    expected?: boolean;
    full?: boolean;
  }
  it.each<[string, Two, found: number]>([
    ['are needed', {}, 10_000],
    ['one window apart show nothing new', { apart: 10_000 }, 10_000],
    ['a common longer window apart show that window', { apart: 15_000 }, 15_000],
    ['may be off by the rounding', { apart: 14_000 }, 15_000],
    ['may be off by the round trip too', { apart: 16_200, roundTripMs: 200 }, 15_000],
    ['but not by more', { apart: 13_999 }, 10_000],
    ['show no window where the second was a trial', { apart: 15_000, expected: true }, 10_000],
    ['show windows of at most twice the length', { apart: 30_000 }, 10_000],
    ['show a window twice as long', { apart: 10_000, windowMs: 5_000, thoughtMs: 5_000 }, 10_000],
    ['show a window twice as long within the rounding too', { apart: 2_000, windowMs: 1_000, thoughtMs: 1_000 }, 2_000],
    ['show the initial window', { apart: 60_000, thoughtMs: 60_000 }, 60_000],
    ['closer together show shorter windows, in whole seconds', { apart: 4_200 }, 5_000],
    ['show shorter windows by a trial too', { apart: 4_200, expected: true }, 5_000],
    ['show nothing with too few attempts between them', { apart: 4_200, full: false }, 10_000],
    ['show nothing where they are too close', { apart: 499 }, 10_000],
    ['show a window from half a second on', { apart: 500 }, 1_000],
    ['nearly one window apart show nothing', { apart: 8_000 }, 10_000],
    ['slightly closer show a shorter window', { apart: 7_999 }, 8_000],
  ])('%s', (_, two, found) => {
    const { thoughtMs = 10_000, windowMs = 10_000, roundTripMs = 0, apart, expected = false, full = true } = two;
    const length = new WindowMeter(thoughtMs);
    if (apart !== undefined) length.recordReset({ from: 29_000, to: 30_000 });
    const second = { until: 30_000 + (apart ?? 0), roundedMs: SECOND };
    expect(length.measureNext(second, counterOf({ windowMs, roundTripMs }), expected, full)).toBe(found);
  });
});

describe('unusual windows', () => {
  const NEXT = { expected: false, full: true, roundedMs: SECOND };
  it.each<[string, untils: number[], found: number, last?: Partial<typeof NEXT>]>([
    ['need three resets', [30_000, 42_300], 10_000],
    ['are shown by evenly spaced resets', [30_000, 42_300, 54_300], 12_000],
    ['are shown within the rounding and the round trip', [30_000, 42_300, 55_650], 13_000],
    ['are not shown beyond that', [30_000, 42_300, 55_651], 10_000],
    ['are rounded to near whole seconds', [30_000, 42_040, 54_100], 12_000],
    ['are exact where named exactly', [30_000, 42_340, 54_640], 12_320, { roundedMs: 0 }],
    ['are rounded to whole seconds within the round trip', [30_000, 42_010, 54_040], 12_000, { roundedMs: 0 }],
    ['are shown despite several refusals at one edge', [30_000, 30_400, 42_300, 43_000, 54_300], 12_000],
    ['are shown despite a refusal half a window later', [30_000, 42_300, 47_300, 54_300], 12_000],
    ['are shown after any earlier resets', [30_000, 45_000, 57_300, 69_300], 12_000],
    ['are not rounded beyond the round trip', [30_000, 42_040, 54_080], 12_040, { roundedMs: 0 }],
    ['are at most twice the assumed length', [30_000, 50_000, 70_000], 20_000],
    ['are not longer', [30_000, 51_000, 72_000], 10_000],
    ['are not shorter than assumed', [30_000, 39_500, 49_000], 10_000],
    ['are not shown by a trial', [30_000, 42_300, 54_300], 10_000, { expected: true }],
    ['are not shown with too few attempts', [30_000, 42_300, 54_300], 10_000, { full: false }],
  ])('%s', (_, untils, found, last = {}) => {
    const { expected, full, roundedMs } = { ...NEXT, ...last };
    const length = new WindowMeter(10_000);
    const counter = counterOf({ windowMs: 10_000, roundTripMs: 50 });
    const next = (until: number, is = NEXT): number => {
      const measured = length.measureNext({ until, roundedMs }, counter, is.expected, is.full);
      length.recordReset({ from: until - roundedMs, to: until });
      return measured;
    };
    for (const until of untils.slice(0, -1)) next(until);
    expect(next(untils.at(-1) as number, { ...NEXT, expected, full })).toBe(found);
  });

  it('are not shortened by early refusals of a sliding window', () => {
    const found = (counts?: 'sliding'): number => {
      const length = new WindowMeter(10_000);
      const counter = counterOf({ windowMs: 10_000 });
      counter.setCounting(counts);
      length.recordReset({ from: 29_000, to: 30_000 });
      return length.measureNext({ until: 34_000, roundedMs: SECOND }, counter, false, true);
    };
    expect([found(), found('sliding')]).toEqual([4_000, 10_000]);
  });
});

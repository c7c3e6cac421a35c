import { describe, expect, it } from 'vitest';
import { Counter } from './counter.js';
import { WindowMeter } from './window-meter.js';

interface Seen {
  /** What it is held to be by now. */
  windowMs?: number;
  roundTripMs?: number;
  /** When the attempts that count were answered. */
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
    ['tells the window that began with the oldest answer', { answeredAt: [0, 4_000] }, 10_000, SECOND, 10_000],
    ['may fall short of a likely window by what is rounded, at both ends', { answeredAt: [0] }, 8_000, SECOND, 10_000],
    ['but not by more', { answeredAt: [0] }, 7_999, SECOND, 7_999],
    ['nor by more than 30 % of what it says', { answeredAt: [0] }, 1_500, SECOND, 1_500],
    ['and by as much', { answeredAt: [0] }, 1_540, SECOND, 2_000],
    ['and by what the way takes, there and back', { answeredAt: [0], roundTripMs: 250 }, 12_500, SECOND, 15_000],
    ['is exact where nothing says that it was rounded', { answeredAt: [0] }, 9_999, Infinity, 9_999],
    ['tells from itself on where nothing was answered', {}, 14_000, SECOND, 10_000],
    ['makes no window longer than it was thought', { answeredAt: [-30_000] }, 40_000, SECOND, 60_000],
    ['unless it asks for more', { answeredAt: [-30_000] }, 84_000, SECOND, 80_000],
    [
      'is of the next likely window, and not of one thought longer',
      { windowMs: 11_000, answeredAt: [0] },
      9_000,
      SECOND,
      10_000,
    ],
    ['is of a likely window that it names exactly', { windowMs: 11_000, answeredAt: [0] }, 10_000, SECOND, 10_000],
    ['finds one that nobody else would choose where it was thought so', { windowMs: 7_000 }, 10_500, SECOND, 7_000],
  ])('%s', (_, seen, until, roundedMs, found) => {
    const length = new WindowMeter(seen.windowMs ?? 60_000);
    expect(length.measureFirst(4_000, { until, roundedMs }, counterOf(seen))).toBe(found);
  });
});

describe('a refusal that asks for a wait', () => {
  it.each<[string, ms: number, found: number, windowMs?: number]>([
    ['of a window says nothing', 10_000, 10_000],
    ['of a window that nobody would choose says nothing either', 13_500, 13_500, 13_500],
    ['of less says nothing', 3_000, 10_000],
    ['of more is of a longer window, the next that is likely', 13_500, 15_000],
    ['of more than anybody would choose is of one as long as that', 20_000, 20_000],
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
    /** How far what the second one says is from what the first one said. */
    apart?: number;
    expected?: boolean;
    full?: boolean;
  }
  it.each<[string, Two, found: number]>([
    ['are needed', {}, 10_000],
    ['a window apart say nothing new', { apart: 10_000 }, 10_000],
    ['a likely longer window apart are of that', { apart: 15_000 }, 15_000],
    ['may be off by what is rounded', { apart: 14_000 }, 15_000],
    ['and by what the way takes', { apart: 16_200, roundTripMs: 200 }, 15_000],
    ['but not by more', { apart: 13_999 }, 10_000],
    ['say nothing of windows where the second was expected', { apart: 15_000, expected: true }, 10_000],
    ['are of windows twice as long at most', { apart: 30_000 }, 10_000],
    ['twice as long too', { apart: 10_000, windowMs: 5_000, thoughtMs: 5_000 }, 10_000],
    ['though that is no more than is rounded', { apart: 2_000, windowMs: 1_000, thoughtMs: 1_000 }, 2_000],
    ['or as long as they were thought at first', { apart: 60_000, thoughtMs: 60_000 }, 60_000],
    ['closer together are of shorter windows, in whole seconds', { apart: 4_200 }, 5_000],
    ['expected or not', { apart: 4_200, expected: true }, 5_000],
    ['unless too few passed between them', { apart: 4_200, full: false }, 10_000],
    ['or they are too close to say anything', { apart: 499 }, 10_000],
    ['as close as half a second is enough', { apart: 500 }, 1_000],
    ['nearly a window apart say nothing', { apart: 8_000 }, 10_000],
    ['and less than nearly say it', { apart: 7_999 }, 8_000],
  ])('%s', (_, two, found) => {
    const { thoughtMs = 10_000, windowMs = 10_000, roundTripMs = 0, apart, expected = false, full = true } = two;
    const length = new WindowMeter(thoughtMs);
    if (apart !== undefined) length.recordReset({ from: 29_000, to: 30_000 });
    const second = { until: 30_000 + (apart ?? 0), roundedMs: SECOND };
    expect(length.measureNext(second, counterOf({ windowMs, roundTripMs }), expected, full)).toBe(found);
  });
});

describe('windows that nobody would choose', () => {
  const NEXT = { expected: false, full: true, roundedMs: SECOND };
  it.each<[string, untils: number[], found: number, last?: Partial<typeof NEXT>]>([
    ['need three moments', [30_000, 42_300], 10_000],
    ['evenly apart', [30_000, 42_300, 54_300], 12_000],
    ['as far as what is rounded, and the way, let one tell', [30_000, 42_300, 55_650], 13_000],
    ['and no further', [30_000, 42_300, 55_651], 10_000],
    ['are of whole seconds where those are as near as that', [30_000, 42_040, 54_100], 12_000],
    ['or as they are, told exactly', [30_000, 42_340, 54_640], 12_320, { roundedMs: 0 }],
    ['in whole seconds if they are as near as the way takes', [30_000, 42_010, 54_040], 12_000, { roundedMs: 0 }],
    ['though several are refused at one edge', [30_000, 30_400, 42_300, 43_000, 54_300], 12_000],
    ['also half a window after it', [30_000, 42_300, 47_300, 54_300], 12_000],
    ['whatever was said before them', [30_000, 45_000, 57_300, 69_300], 12_000],
    ['not in whole seconds that are farther than the way takes', [30_000, 42_040, 54_080], 12_040, { roundedMs: 0 }],
    ['no longer than twice what they were thought', [30_000, 50_000, 70_000], 20_000],
    ['but no longer', [30_000, 51_000, 72_000], 10_000],
    ['nor shorter', [30_000, 39_500, 49_000], 10_000],
    ['are not told by one that was expected', [30_000, 42_300, 54_300], 10_000, { expected: true }],
    ['nor where too little passed', [30_000, 42_300, 54_300], 10_000, { full: false }],
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

  it('are not shorter than thought because refusals of a sliding one come sooner: they point wherever its oldest attempt leaves', () => {
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

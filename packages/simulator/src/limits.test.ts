import { describe, expect, it } from 'vitest';
import { FixedWindow, SlidingWindow, TokenBucket, type Meter } from './limits.js';

/** One row: a request at `at` ms, and the wait the meter must name; 0 is accepted and counted. */
type Table = readonly (readonly [at: number, waitMs: number])[];

function replay(meter: Meter, table: Table): void {
  for (const [at, waitMs] of table) {
    expect([at, meter.waitMs(at)]).toEqual([at, waitMs]);
    if (waitMs === 0) meter.take(at);
  }
}

describe('FixedWindow', () => {
  it('counts windows from zero', () => {
    replay(new FixedWindow(2, 1000, 0), [
      [0, 0],
      [10, 0],
      [10, 990],
      [999, 1],
      [1000, 0],
      [1500, 0],
      [1999, 1],
      [2000, 0],
    ]);
  });

  it('lets two bursts meet at the edge of a window, as platforms do', () => {
    replay(new FixedWindow(2, 1000, 0), [
      [999, 0],
      [999, 0],
      [1000, 0],
      [1000, 0],
      [1001, 999],
    ]);
  });

  it('moves the edges by the phase', () => {
    replay(new FixedWindow(1, 1000, 300), [
      [0, 0],
      [299, 1],
      [300, 0],
      [301, 999],
      [1299, 1],
      [1300, 0],
    ]);
  });

  it('keeps its count when the limit is raised or cut', () => {
    const meter = new FixedWindow(2, 1000, 0);
    replay(meter, [
      [0, 0],
      [0, 0],
      [0, 1000],
    ]);
    meter.retune(3);
    replay(meter, [
      [1, 0],
      [1, 999],
    ]);
    meter.retune(1);
    replay(meter, [
      [2, 998],
      [1000, 0],
      [1000, 1000],
    ]);
  });

  it('says what is left and when the window ends', () => {
    const meter = new FixedWindow(3, 1000, 0);
    replay(meter, [[250, 0]]);
    expect(meter.level(400)).toEqual({ remaining: 2, resetMs: 600 });
    meter.retune(1);
    replay(meter, [[500, 500]]);
    expect(meter.level(500)).toEqual({ remaining: 0, resetMs: 500 });
  });
});

describe('SlidingWindow', () => {
  it('allows the limit in any window, wherever it starts', () => {
    replay(new SlidingWindow(2, 1000), [
      [0, 0],
      [600, 0],
      [600, 400],
      [999, 1],
      [1000, 0],
      [1001, 599],
      [1599, 1],
      [1600, 0],
      [1600, 400],
    ]);
  });

  it('names the entry that must leave after the limit was cut', () => {
    const meter = new SlidingWindow(3, 1000);
    replay(meter, [
      [0, 0],
      [100, 0],
      [200, 0],
      [300, 700],
    ]);
    meter.retune(1);
    replay(meter, [
      [300, 900],
      [1199, 1],
      [1200, 0],
    ]);
  });

  it('stays exact over many windows', () => {
    const meter = new SlidingWindow(100, 1000);
    const accepted: number[] = [];
    for (let at = 0; at < 60_000; at += 3) {
      if (meter.waitMs(at) > 0) continue;
      meter.take(at);
      accepted.push(at);
    }
    accepted.forEach((at, index) => {
      const hundredLater = accepted[index + 100];
      if (hundredLater !== undefined) expect(hundredLater - at).toBeGreaterThanOrEqual(1000);
    });
    // Bursts of 100 in steps of 3 ms take 300 ms; the next starts with the first step at or after 1000 ms: 1002.
    expect(accepted.length).toBe(60 * 100);
  });

  it('says what is left and when the oldest entry leaves', () => {
    const meter = new SlidingWindow(3, 1000);
    expect(meter.level(0)).toEqual({ remaining: 3, resetMs: 0 });
    replay(meter, [
      [100, 0],
      [200, 0],
    ]);
    expect(meter.level(300)).toEqual({ remaining: 1, resetMs: 800 });
  });
});

describe('TokenBucket', () => {
  it('starts full, then refills evenly', () => {
    // 4 per 1000 ms: one each 250 ms.
    replay(new TokenBucket(4, 1000, 2), [
      [0, 0],
      [0, 0],
      [0, 250],
      [100, 150],
      [250, 0],
      [250, 250],
      [375, 125],
      [500, 0],
    ]);
  });

  it('never holds more than its burst', () => {
    replay(new TokenBucket(4, 1000, 2), [
      [60_000, 0],
      [60_000, 0],
      [60_000, 250],
    ]);
  });

  it('accepts after exactly the wait it named, also when the rate does not divide', () => {
    const meter = new TokenBucket(7, 1000, 3);
    let now = 0;
    for (let turn = 0; turn < 1000; turn += 1) {
      const waitMs = meter.waitMs(now);
      now += waitMs;
      expect(meter.waitMs(now)).toBe(0);
      meter.take(now);
    }
    // 3 from the burst, the rest at 7 per second.
    expect(now).toBeCloseTo((997 / 7) * 1000, 3);
  });

  it('follows a new rate and a smaller burst', () => {
    const meter = new TokenBucket(1, 1000, 5);
    meter.retune(2, 1);
    replay(meter, [
      [0, 0],
      [0, 500],
      [500, 0],
    ]);
    expect(meter.level(500)).toEqual({ remaining: 0, resetMs: 500 });
  });
});

import { describe, expect, it } from 'vitest';
import { replayTable } from '../testing/meter-table.js';
import { SlidingWindow } from './sliding-window.js';

describe('SlidingWindow', () => {
  it('allows the limit in any window, wherever it starts', () => {
    replayTable(new SlidingWindow(2, 1000), [
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

  it('waits for the right entry to expire after the limit was reduced', () => {
    const meter = new SlidingWindow(3, 1000);
    replayTable(meter, [
      [0, 0],
      [100, 0],
      [200, 0],
      [300, 700],
    ]);
    meter.changeLimit(1);
    replayTable(meter, [
      [300, 900],
      [1199, 1],
      [1200, 0],
    ]);
  });

  it('is exact over many windows', () => {
    const meter = new SlidingWindow(100, 1000);
    const accepted: number[] = [];
    for (let at = 0; at < 60_000; at += 3) {
      if (meter.waitMs(at) > 0) continue;
      meter.takePermit(at);
      accepted.push(at);
    }
    accepted.forEach((at, index) => {
      const hundredLater = accepted[index + 100];
      if (hundredLater !== undefined) expect(hundredLater - at).toBeGreaterThanOrEqual(1000);
    });
    // A burst of 100 in steps of 3 ms takes 300 ms. The next burst starts with the first step at or after 1000 ms:
    // 1002.
    expect(accepted.length).toBe(60 * 100);
  });

  it('reports the remaining permits and when the oldest entry expires', () => {
    const meter = new SlidingWindow(3, 1000);
    expect(meter.readQuota(0)).toEqual({ remaining: 3, resetMs: 0 });
    replayTable(meter, [
      [100, 0],
      [200, 0],
    ]);
    expect(meter.readQuota(300)).toEqual({ remaining: 1, resetMs: 800 });
  });
});

import { describe, expect, it } from 'vitest';
import { replayTable } from '../testing/meter-table.js';
import { TokenBucket } from './token-bucket.js';

describe('TokenBucket', () => {
  it('starts full and refills evenly', () => {
    // 4 per 1000 ms: one each 250 ms.
    replayTable(new TokenBucket(4, 1000, 2), [
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
    replayTable(new TokenBucket(4, 1000, 2), [
      [60_000, 0],
      [60_000, 0],
      [60_000, 250],
    ]);
  });

  it('accepts after exactly the reported wait, also when the rate does not divide evenly', () => {
    const meter = new TokenBucket(7, 1000, 3);
    let now = 0;
    for (let turn = 0; turn < 1000; turn += 1) {
      const waitMs = meter.waitMs(now);
      now += waitMs;
      expect(meter.waitMs(now)).toBe(0);
      meter.takePermit(now);
    }
    // 3 from the burst, the rest at 7 per second.
    expect(now).toBeCloseTo((997 / 7) * 1000, 3);
  });

  it('applies a new rate and a smaller burst', () => {
    const meter = new TokenBucket(1, 1000, 5);
    meter.changeLimit(2, 1);
    replayTable(meter, [
      [0, 0],
      [0, 500],
      [500, 0],
    ]);
    expect(meter.readQuota(500)).toEqual({ remaining: 0, resetMs: 500 });
  });
});

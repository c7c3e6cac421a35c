import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RateWindows } from './rate-windows.js';

describe('the inbound quota', () => {
  it('holds in every window, names the earliest time, and refuses no event that would fit', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 50 }),
        fc.array(fc.tuple(fc.integer({ min: 0, max: 20 }), fc.constantFrom('a', 'b')), { maxLength: 80 }),
        (limit, windowMs, arrivals) => {
          const windows = new RateWindows(limit, windowMs);
          const taken: Record<string, number[]> = { a: [], b: [] };
          let now = 0;
          for (const [gapMs, source] of arrivals) {
            now += gapMs;
            const times = taken[source] as number[];
            const inWindow = times.filter((at) => at > now - windowMs);
            const waitMs = windows.take(source, now);
            expect(waitMs).toBe(inWindow.length < limit ? 0 : (inWindow.at(-limit) as number) + windowMs - now);
            if (waitMs === 0) times.push(now);
          }
        },
      ),
    );
  });

  it('forgets idle sources', () => {
    const windows = new RateWindows(1, 1_000);
    for (let n = 0; n < 5_000; n++) windows.take(`${n}`, n);
    expect(windows.sources).toBeLessThanOrEqual(1_001);
    expect(windows.take('4999', 5_000)).toBe(999);
  });
});

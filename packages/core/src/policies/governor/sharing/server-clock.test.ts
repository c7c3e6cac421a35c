import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ServerClock } from './server-clock.js';

/** A clock with one reply: asked at 100, answered at 140, showing 1,120. The offset is 980 to 1,020. */
function known(): ServerClock {
  const time = new ServerClock();
  time.update(1_120, 100, 140);
  return time;
}

describe('the time of the ledger', () => {
  it('lies between the request and the reply', () => {
    const time = known();
    expect([time.latest(140), time.surelyAt(1_120), time.earliestAt(1_120)]).toEqual([1_160, 140, 100]);
  });

  it('loses half a millisecond of precision per second without a reply', () => {
    const time = known();
    expect(time.latest(10_140)).toBe(11_160 + 5);
    expect(time.surelyAt(11_120)).toBe(10_140 + 5);
    expect(time.earliestAt(11_160)).toBe(10_140 - 5);
  });

  it('is no more precise in the past', () => {
    const time = known();
    expect([time.surelyAt(1_000), time.earliestAt(1_000)]).toEqual([20, -20]);
  });

  it('combines all replies, earlier ones minus the drift since', () => {
    const time = known();
    expect(time.update(2_155, 1_130, 1_140)).toBe(false);
    // Offset 1,015 to 1,020.5: the new reply gives the lower bound, the previous reply the upper bound.
    expect(time.surelyAt(2_155)).toBe(1_140);
    expect(time.latest(1_140)).toBe(1_140 + 1_020.5);
    expect(time.update(4_140, 3_120, 3_140)).toBe(false);
    expect(time.surelyAt(4_154)).toBe(3_140);
    expect(time.latest(3_140)).toBe(3_140 + 1_020);
  });

  it('has jumped where no clock fits both replies, and earlier bounds are dropped', () => {
    const time = known();
    expect(time.update(1_160, 130, 140)).toBe(false);
    expect(known().update(1_161, 130, 140)).toBe(true);
    expect(time.update(9_000, 200, 210)).toBe(true);
    expect([time.latest(210), time.surelyAt(9_000)]).toEqual([9_010, 210]);
  });

  it('reports the minimum jump', () => {
    const time = known();
    expect([time.update(1_160, 130, 140), time.jumpMs]).toEqual([false, 0]);
    expect([time.update(61_300, 200, 210), time.jumpMs]).toEqual([true, 61_300 - 210 - 1_020 - 70 * 500e-6]);
    expect([time.update(1_310, 220, 230), time.jumpMs]).toEqual([true, 1_310 - 220 - (61_300 - 210) + 20 * 500e-6]);
    expect([time.update(1_320, 230, 240), time.jumpMs]).toEqual([false, 0]);
  });

  it('is never reported too early or too late for a drifting clock', () => {
    const trip = fc.record({
      afterMs: fc.integer({ min: 0, max: 60_000 }),
      out: fc.integer({ min: 0, max: 300 }),
      back: fc.integer({ min: 0, max: 300 }),
    });
    fc.assert(
      fc.property(
        fc.array(trip, { minLength: 1, maxLength: 30 }),
        fc.double({ min: -499e-6, max: 499e-6, noNaN: true }),
        (trips, drift) => {
          const time = new ServerClock();
          const shown = (at: number): number => 50_000 + at * (1 + drift);
          let now = 0;
          for (const { afterMs, out, back } of trips) {
            const askedAt = (now += afterMs);
            now += out + back;
            expect(time.update(shown(askedAt + out), askedAt, now)).toBe(false);
            for (const later of [now, now + 20_000]) {
              expect(time.latest(later)).toBeGreaterThanOrEqual(shown(later) - 1e-6);
              expect(time.surelyAt(shown(later))).toBeGreaterThanOrEqual(later - 1e-3);
              expect(time.earliestAt(shown(later))).toBeLessThanOrEqual(later + 1e-3);
            }
          }
        },
      ),
      { numRuns: 50, seed: 4 },
    );
  });
});

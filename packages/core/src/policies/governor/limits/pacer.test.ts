import { describe, expect, it } from 'vitest';
import { Pacer } from './pacer.js';

/** Takes `n` permits, each as soon as it is free from `from` on. Returns the times. */
function take(throughput: Pacer, n: number, from = 0, weight = 1): number[] {
  const times: number[] = [];
  let now = from;
  for (let i = 0; i < n; i++) {
    now = throughput.freeAt(now);
    throughput.take(now, weight);
    times.push(now);
  }
  return times;
}

const rounded = (times: number[]): number[] => times.map((time) => Math.round(time));

describe('a rate', () => {
  it.each<[string, ratePerSec: number, weight: number, times: number[]]>([
    ['spaces evenly from the first permit on', 10, 1, [0, 100, 200, 300]],
    ['may be below one per second', 0.5, 1, [0, 2_000, 4_000, 6_000]],
    ['counts weights', 10, 3, [0, 300, 600, 900]],
  ])('%s', (_, ratePerSec, weight, times) => {
    expect(take(new Pacer(ratePerSec, 0, true), 4, 0, weight)).toEqual(times);
  });

  it.each<[string, ratePerSec: number, together: number]>([
    ['makes up for 20 ms', 1_000, 21],
    ['makes up for one permit at most where its interval is longer', 10, 1],
  ])('may be made up for by so many at once when timers come late: %s', (_, ratePerSec, together) => {
    const throughput = new Pacer(ratePerSec, 0, true);
    take(throughput, 1);
    let n = 0;
    while (throughput.freeAt(5_000) === 5_000) {
      throughput.take(5_000, 1);
      n++;
    }
    expect(n).toBe(together);
  });

  it('is exceeded by 20 ms at most, after any idle time', () => {
    const throughput = new Pacer(200, 0, true);
    const times = [...take(throughput, 30), ...take(throughput, 100, 10_000), ...take(throughput, 400, 10_700)];
    for (const [i, from] of times.entries()) {
      for (const lengthMs of [100, 1_000]) {
        const n = times.slice(i).filter((time) => time < from + lengthMs).length;
        expect(n).toBeLessThanOrEqual(((lengthMs + 20) * 200) / 1_000 + 1);
      }
    }
  });
});

describe('a ramp', () => {
  it('grows evenly from zero: permit times follow the area of a triangle', () => {
    const times = take(new Pacer(10, 10_000, true), 60);
    // 50 permits are spaced over the ramp; permit n is free after sqrt(2 n 10 / 10) s.
    expect(rounded(times.slice(0, 5))).toEqual([0, 1_414, 2_000, 2_449, 2_828]);
    expect(times[50]).toBeCloseTo(10_000, 6);
    expect((times[55] as number) - (times[54] as number)).toBeCloseTo(100, 6);
  });

  it('without spacing ends with the ramp', () => {
    const throughput = new Pacer(10, 10_000, false);
    const times = take(throughput, 200);
    expect(times.filter((time) => time < 10_000 - 1e-6).length).toBe(50);
    expect(times.filter((time) => time < 10_001).length).toBe(200);
  });

  it('begins with the first permit', () => {
    const times = take(new Pacer(10, 10_000, true), 3, 5_000);
    expect(rounded(times)).toEqual([5_000, 6_414, 7_000]);
  });

  it.each([0, 5_000])('that one heavy permit outlasts continues at the full rate, started at %d ms', (startedAt) => {
    const throughput = new Pacer(10, 1_000, true);
    throughput.take(startedAt, 10);
    // 5 permits in the first second, the other 5 at 10 per second.
    expect(throughput.freeAt(startedAt)).toBeCloseTo(startedAt + 1_500, 6);
  });
});

describe('an estimate', () => {
  it.each<[string, ratePerSec: number, rampUpMs: number, spaced: boolean, taken: number, from: number]>([
    ['of a rate', 7, 0, true, 3, 0],
    ['of a fresh ramp', 7, 4_000, true, 0, 0],
    ['of a ramp under way', 7, 4_000, true, 4, 0],
    ['of a ramp alone', 7, 4_000, false, 4, 0],
    ['after a gate', 7, 4_000, true, 4, 2_900],
    ['after a ramp', 7, 4_000, true, 30, 0],
  ])('is what really happens: %s', (_, ratePerSec, rampUpMs, spaced, taken, from) => {
    const throughput = new Pacer(ratePerSec, rampUpMs, spaced);
    const now = taken > 0 ? (take(throughput, taken).at(-1) as number) : 0;
    const estimates = Array.from({ length: 40 }, (_, i) => throughput.estimate(now, i + 1, Math.max(now, from)));
    const actual = take(throughput, 40, Math.max(now, from));
    // A lag of up to 20 ms after a gate is made up for.
    for (const [i, time] of actual.entries()) {
      expect(estimates[i] as number).toBeGreaterThanOrEqual(time - 1e-6);
      expect(estimates[i] as number).toBeLessThanOrEqual(time + 20 + 1e-6);
    }
  });

  it('changes nothing', () => {
    const throughput = new Pacer(10, 10_000, true);
    throughput.estimate(3_000, 9, 3_000);
    expect(rounded(take(throughput, 2))).toEqual([0, 1_414]);
  });
});

describe('new numbers', () => {
  it('apply to the next permit', () => {
    const throughput = new Pacer(10, 0, true);
    take(throughput, 1);
    throughput.ratePerSec = 20;
    expect(take(throughput, 3, 100)).toEqual([100, 150, 200]);
  });
});

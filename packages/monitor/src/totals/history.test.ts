import { describe, expect, test } from 'vitest';
import { DurationHistogram } from './histogram.js';
import { History } from './history.js';

const START = Date.UTC(2026, 0, 1);

describe('the history', () => {
  test('has 360 buckets of 10 s, 288 of 5 min and 168 of an hour', () => {
    const history = new History();
    for (let s = 0; s < 8 * 24 * 3600; s += 10) history.addCall(true, 20, 1, START + s * 1000);
    const end = START + 8 * 24 * 3_600_000 - 10_000;
    const sum = (range: 'hour' | 'day' | 'week'): number[] => {
      const buckets = history.read(range, end);
      return [buckets.length, buckets.reduce((total, { ok }) => total + ok, 0), buckets.at(-1)!.at - buckets[0]!.at];
    };
    expect(sum('hour')).toEqual([360, 360, 359 * 10_000]);
    expect(sum('day')).toEqual([288, 24 * 360, 287 * 300_000]);
    expect(sum('week')).toEqual([168, 7 * 24 * 360, 167 * 3_600_000]);
  });

  test('has a gap where the process did not run', () => {
    const history = new History();
    history.sample(START);
    history.sample(START + 125_000, 3, 0.5);
    expect(history.read('hour', START + 125_000)).toMatchObject([
      { at: START, ok: 0 },
      { at: START + 120_000, queued: 3, quotaUse: 0.5 },
    ]);
  });

  test('counts nothing twice when the clock is set back', () => {
    const history = new History();
    for (let s = 0; s < 600; s += 10) history.addCall(true, 20, 1, START + s * 1000);
    history.addCall(true, 20, 1, START + 300_000);
    const buckets = history.read('hour', START + 300_000);
    expect(buckets.map(({ at }) => at)).toEqual([...Array(31).keys()].map((n) => START + n * 10_000));
    expect(buckets.every(({ ok }) => ok === 1)).toBe(true);
  });

  test('keeps its bucket when the clock is corrected by seconds', () => {
    const history = new History();
    history.add('attempts', START + 10_000);
    history.add('attempts', START + 9_000);
    expect(history.read('hour', START + 9_000)).toMatchObject([{ at: START + 10_000, attempts: 2 }]);
  });

  test('continues with an exported history, also in the interval that has not ended', () => {
    const before = new History();
    for (let s = 0; s < 65; s++) before.addCall(s % 2 === 0, 100, 1, START + s * 1000);
    const saved = JSON.parse(JSON.stringify(before.save()));
    const after = new History();
    after.restore(saved, START + 66_000);
    after.addCall(true, 1_000, 1, START + 66_000);
    const buckets = after.read('hour', START + 66_000);
    expect(buckets).toHaveLength(7);
    expect(buckets.at(-1)).toMatchObject({ ok: 4, failed: 2 });
    expect(buckets.at(-1)!.p50).toBeCloseTo(100, -1);
    expect(buckets.at(-1)!.p99).toBeGreaterThan(950);
    expect(after.read('week', START + 66_000)).toMatchObject([{ ok: 34, failed: 32 }]);
  });

  test('leaves out buckets that are damaged, too old, of a time to come, or not in order', () => {
    const source = new History();
    source.addCall(true, 1, 1, START);
    const [good] = source.read('hour', START);
    const hour = [
      { ...good, at: START - 3_600_000 },
      null,
      7,
      { at: START },
      { ...good, ok: -1 },
      { ...good, ok: 'many' },
      { ...good, at: START + 1 },
      good,
      good,
      { ...good, at: START + 50_000 },
    ];
    const history = new History();
    history.restore({ version: 1, hour, day: 'x', week: undefined } as any, START + 10_000);
    expect(history.read('hour', START + 10_000)).toEqual([good]);
  });
});

describe('the histogram', () => {
  test('has quantiles within 4.9 %', () => {
    const histogram = new DurationHistogram();
    const values = [...Array(5_000).keys()].map((n) => 0.2 * 1.003 ** n);
    for (const value of values) histogram.add(value);
    for (const q of [0.01, 0.5, 0.95, 0.99]) {
      const exact = values[Math.ceil(q * values.length) - 1]!;
      expect(Math.abs(histogram.quantile(q)! - exact) / exact).toBeLessThan(0.049);
    }
  });

  test('survives durations that are none', () => {
    const histogram = new DurationHistogram();
    for (const ms of [NaN, -5, 0, Infinity]) histogram.add(ms);
    expect(histogram.total).toBe(4);
    expect(histogram.quantile(0.5)).toBe(0);
    expect(new DurationHistogram().quantile(0.5)).toBeUndefined();
  });
});

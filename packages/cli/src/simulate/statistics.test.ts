import { expect, test } from 'vitest';
import { CountSeries, MAX_INTERVALS, MaximumSeries, Numbers } from './statistics.js';

test('quantiles by the nearest rank', () => {
  const numbers = new Numbers();
  for (let i = 100; i >= 1; i--) numbers.add(i);
  expect(numbers.waits()).toEqual({ p50: 50, p95: 95, max: 100 });
  const two = new Numbers();
  two.add(3);
  two.add(1);
  expect(two.waits()).toEqual({ p50: 1, p95: 3, max: 3 });
  two.addAll(numbers);
  expect(two.waits().max).toBe(100);
  expect(new Numbers().waits()).toEqual({ p50: 0, p95: 0, max: 0 });
});

test('counts per interval, from a start before 0', () => {
  const series = new CountSeries(-400, 1_000);
  for (const at of [0, 599, 600, 1_600, 1_601]) series.add(at);
  expect(series.series()).toEqual({ startMs: -400, stepMs: 1_000, values: [2, 1, 2] });
});

test('a long series joins its intervals, and has means per original interval', () => {
  const series = new CountSeries(0, 10);
  for (let at = 0; at < MAX_INTERVALS * 20; at += 5) series.add(at);
  const { stepMs, values } = series.series();
  expect(stepMs).toBe(20);
  expect(values).toHaveLength(MAX_INTERVALS);
  expect(new Set(values)).toEqual(new Set([2]));
});

test('the largest value of each interval; a value lasts, and only the last of one time counts', () => {
  const series = new MaximumSeries(10);
  series.set(1, 5);
  series.set(1, 2);
  series.set(4, 7);
  series.set(8, 1);
  series.set(35, 3);
  series.set(35, 0);
  expect(series.series().values).toEqual([7, 1, 1, 1]);
  const long = new MaximumSeries(1);
  long.set(0, 9);
  long.set(MAX_INTERVALS * 4 - 1, 1);
  expect(long.series()).toMatchObject({ stepMs: 4 });
  expect(long.series().values).toHaveLength(MAX_INTERVALS);
});

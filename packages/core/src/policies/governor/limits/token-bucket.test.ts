import { describe, expect, it } from 'vitest';
import { TokenBucket } from './token-bucket.js';

/** 4 at once, then one every 100 ms. */
const bucket = (taken = 0): TokenBucket => {
  const made = new TokenBucket(4, 10, 0);
  made.take(taken);
  return made;
};

describe('a token', () => {
  it.each<[string, taken: number, at: number, weight: number, expected: number]>([
    ['is available while the burst lasts', 3, 0, 1, 0],
    ['comes at the rate', 4, 0, 1, 100],
    ['refills at the rate, several at once', 4, 50, 3, 300],
    ['is available at its time', 4, 100, 1, 100],
    ['does not pile up beyond the burst', 4, 100_000, 4, 100_000],
    ['heavier than the burst waits for a full bucket', 1, 0, 9, 100],
  ])('%s', (_, taken, at, weight, expected) => {
    expect(bucket(taken).freeAt(at, weight)).toBeCloseTo(expected, 9);
  });

  it('is available at its time, regardless of earlier queries', () => {
    const empty = bucket(4);
    for (const now of [10, 50, 90]) expect(empty.freeAt(now, 1)).toBeCloseTo(100, 9);
  });

  it('overdrawn by a heavy call is paid back before the next', () => {
    const overdrawn = bucket();
    expect(overdrawn.freeAt(0, 9)).toBe(0);
    overdrawn.take(9);
    expect(overdrawn.freeAt(0, 1)).toBe(600);
  });

  it('that was not used returns, up to the burst', () => {
    const full = bucket(4);
    full.undo(1);
    expect(full.freeAt(0, 1)).toBe(0);
    full.undo(9);
    expect(full.isFull(0)).toBe(true);
    expect(full.freeAt(0, 5)).toBe(0);
    full.take(5);
    expect(full.freeAt(0, 1)).toBeCloseTo(200, 9);
  });

  it('that was taken is missing until its refill time', () => {
    const taken = bucket(1);
    expect([taken.isFull(0), taken.isFull(99), taken.isFull(100)]).toEqual([false, false, true]);
  });

  it.each([0.7, 3, 7, 11, 13.3])('is available at the exact promised ms, at %d per second', (ratePerSec) => {
    const odd = new TokenBucket(1, ratePerSec, 0);
    let now = 0;
    for (let i = 0; i < 10_000; i++) {
      const at = odd.freeAt(now, 1);
      expect(odd.freeAt(at, 1)).toBe(at);
      odd.take(1);
      now = at;
    }
    expect(now).toBeCloseTo((9_999 / ratePerSec) * 1000, 2);
  });
});

describe('new numbers', () => {
  it('apply from now on: tokens refilled before were refilled at the old rate', () => {
    const renewed = bucket(4);
    renewed.reconfigure(4, 1, 200);
    expect(renewed.freeAt(200, 2)).toBe(200);
    expect(renewed.freeAt(200, 3)).toBe(1200);
  });

  it('drop tokens above a smaller burst', () => {
    const renewed = bucket();
    renewed.reconfigure(2, 10, 0);
    renewed.take(2);
    expect(renewed.freeAt(0, 1)).toBe(100);
  });
});

describe('estimate', () => {
  it.each<[string, taken: number, now: number, n: number, from: number, expected: number]>([
    ['is now within the burst', 0, 0, 4, 0, 0],
    ['is the refill time of the missing tokens', 4, 0, 3, 0, 300],
    ['lets the bucket refill while a gate is closed', 4, 0, 3, 200, 300],
    ['refills from now on only', 4, 50, 3, 200, 300],
    ['refills up to the burst', 4, 0, 5, 10_000, 10_100],
  ])('%s', (_, taken, now, n, from, expected) => {
    expect(bucket(taken).estimate(now, n, from)).toBeCloseTo(expected, 9);
  });
});

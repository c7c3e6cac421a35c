import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type NginxRate, printRate, type RateNumbers, rateOf, retryAfterOf, SLOT_OPEN_MS } from './rates.js';

const OPTIONS = { burstShare: 0.1, maxWaitMs: 10_000, jitterMs: 100 };

const windowOf = (limit: number, windowMs: number, more: Partial<RateNumbers> = {}): RateNumbers => ({
  counts: 'window',
  limit,
  windowMs,
  burst: limit,
  ratePerSec: (limit * 1000) / windowMs,
  ...more,
});

describe('the rate of a quota', () => {
  test('300 a minute: a tenth at once, and as much as the window allows besides', () => {
    expect(rateOf(windowOf(300, 60_000), OPTIONS)).toEqual({
      kind: 'steady',
      perMinute: 270,
      milliPerSec: 4_500,
      atOnce: 30,
      queued: 45,
    });
  });

  test('a small share of bursts gives almost the whole quota, sustained', () => {
    const rate = rateOf(windowOf(500, 5_000), { burstShare: 0.001, maxWaitMs: 0, jitterMs: 15 });
    expect(rate).toMatchObject({ perMinute: 5_980, atOnce: 1, queued: 0 });
  });

  test('a configured burst and rate are upper bounds', () => {
    expect(rateOf(windowOf(300, 60_000, { burst: 5, ratePerSec: 2 }), OPTIONS)).toMatchObject({
      atOnce: 5,
      perMinute: 120,
    });
    expect(rateOf(windowOf(300, 60_000, { burst: 240, ratePerSec: 4.5 }), OPTIONS)).toMatchObject({ atOnce: 30 });
  });

  test("a platform's bucket takes its whole burst", () => {
    const bucket: RateNumbers = { counts: 'bucket', limit: 17, windowMs: 60_000, burst: 250, ratePerSec: 17 / 60 };
    expect(rateOf(bucket, OPTIONS)).toEqual({
      kind: 'steady',
      perMinute: 17,
      milliPerSec: 283,
      atOnce: 249,
      queued: 2,
    });
  });

  test('below 1 a minute: slots of time', () => {
    // A window of an hour and a minute meets at most 17 slots.
    expect(rateOf(windowOf(17, 3_600_000), OPTIONS)).toEqual({ kind: 'slots', atOnce: 1, slotMs: 215_301 });
    expect(rateOf(windowOf(1, 86_400_000), OPTIONS)).toEqual({ kind: 'slots', atOnce: 1, slotMs: 86_460_101 });
  });

  test('1 a minute is a rate: NGINX keeps 0.016 per second', () => {
    expect(rateOf(windowOf(1, 61_000), { ...OPTIONS, jitterMs: 0 })).toMatchObject({
      kind: 'steady',
      perMinute: 1,
      atOnce: 1,
    });
  });

  test.each<[Partial<RateNumbers> & { limit: number; windowMs: number }, string]>([
    [{ limit: 6_000, windowMs: 60_000 }, '5391r/m'],
    [{ limit: 2, windowMs: 1_000 }, '109r/m'],
    [{ limit: 121, windowMs: 1_000, burst: 1, ratePerSec: 100 }, '100r/s'],
  ])('%j in the syntax of NGINX: %s', (numbers, text) => {
    const rate = rateOf(windowOf(numbers.limit, numbers.windowMs, numbers), OPTIONS);
    expect(rate.kind === 'steady' && printRate(rate)).toBe(text);
  });

  test('Retry-After is the time until one more request fits', () => {
    expect(retryAfterOf(rateOf(windowOf(300, 60_000), OPTIONS))).toBe(1);
    expect(retryAfterOf(rateOf(windowOf(10, 60_000), OPTIONS))).toBe(7);
  });
});

/** `limit_req` of NGINX 1.22, of one key: returns the time at which a request goes on, or undefined if it is refused. */
function leakyBucket(rate: NginxRate): (now: number) => number | undefined {
  const milliPerSec = rate.kind === 'slots' ? 16 : rate.milliPerSec;
  const delay = (rate.atOnce - 1) * 1000;
  const burst = delay + (rate.kind === 'slots' ? 0 : rate.queued * 1000);
  let slot: number | undefined;
  let last: number | undefined;
  let excess = 0;
  return (now) => {
    if (rate.kind === 'slots') {
      if (now % rate.slotMs >= SLOT_OPEN_MS) return undefined;
      const at = Math.floor(now / rate.slotMs);
      if (at !== slot) [slot, last] = [at, undefined];
    }
    if (last === undefined) {
      [last, excess] = [now, 0];
      return now;
    }
    const ms = now - last;
    const next = Math.max(0, excess - Math.floor((milliPerSec * ms) / 1000) + 1000);
    if (next > burst) return undefined;
    excess = next;
    if (ms > 0) last = now;
    return excess <= delay ? now : now + Math.floor(((excess - delay) * 1000) / milliPerSec);
  };
}

const arrivals = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.constant(0) },
    fc.integer({ min: 0, max: 50 }),
    fc.integer({ min: 0, max: 400_000 }),
  ),
  { minLength: 1, maxLength: 400 },
);

/** Passes requests through the bucket and the network, whose delay differs by at most the jitter. Returns their arrivals. */
function platformArrivals(rate: NginxRate, gaps: readonly number[], jitter: (i: number) => number): number[] {
  const pass = leakyBucket(rate);
  let now = 0;
  const seen: number[] = [];
  gaps.forEach((gap, i) => {
    now += gap;
    const at = pass(now);
    if (at !== undefined) seen.push(at + jitter(i));
  });
  return seen.sort((a, b) => a - b);
}

test('the platform never sees more than the limit in any window', () => {
  const model = fc.record({
    limit: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 300 })),
    windowMs: fc.constantFrom(100, 1_000, 5_000, 60_000, 90_000, 3_600_000),
    burstShare: fc.constantFrom(0.001, 0.1, 0.5, 1),
    maxWaitMs: fc.constantFrom(0, 2_000, 60_000),
    jitterMs: fc.constantFrom(0, 20, 100),
    gaps: arrivals,
    seed: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 7, maxLength: 7 }),
  });
  fc.assert(
    fc.property(model, ({ limit, windowMs, gaps, seed, ...options }) => {
      const rate = rateOf(windowOf(limit, windowMs), options);
      const seen = platformArrivals(rate, gaps, (i) => (seed[i % 7] as number) * options.jitterMs);
      for (let i = limit; i < seen.length; i++) {
        expect((seen[i] as number) - (seen[i - limit] as number)).toBeGreaterThanOrEqual(windowMs);
      }
    }),
    { numRuns: 1_000 },
  );
});

test("a platform's bucket never runs empty", () => {
  const model = fc.record({
    limit: fc.integer({ min: 1, max: 60 }),
    windowMs: fc.constantFrom(1_000, 60_000, 3_600_000),
    burst: fc.integer({ min: 1, max: 100 }),
    jitterMs: fc.constantFrom(0, 100),
    gaps: arrivals,
    seed: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 7, maxLength: 7 }),
  });
  fc.assert(
    fc.property(model, ({ limit, windowMs, burst, jitterMs, gaps, seed }) => {
      const ratePerSec = (limit * 1000) / windowMs;
      const rate = rateOf({ counts: 'bucket', limit, windowMs, burst, ratePerSec }, { ...OPTIONS, jitterMs });
      let level = burst;
      let last = 0;
      for (const at of platformArrivals(rate, gaps, (i) => (seed[i % 7] as number) * jitterMs)) {
        level = Math.min(burst, level + ((at - last) * ratePerSec) / 1000) - 1;
        last = at;
        expect(level).toBeGreaterThan(-1e-6);
      }
    }),
    { numRuns: 1_000 },
  );
});

test('sustained, NGINX keeps what the share of bursts leaves of the quota', () => {
  for (const [limit, windowMs] of [
    [300, 60_000],
    [1_000_000, 3_600_000],
    [6_000, 60_000],
  ] as const) {
    const rate = rateOf(windowOf(limit, windowMs), { ...OPTIONS, burstShare: 0.005 });
    const kept = rate.kind === 'steady' ? (rate.milliPerSec * windowMs) / 1e6 / limit : 0;
    expect(kept).toBeGreaterThan(0.99);
  }
});

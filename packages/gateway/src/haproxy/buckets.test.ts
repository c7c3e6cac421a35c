import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Zone } from '../plan/types.js';
import { type Bucket, bucketOf, MAX_FULL_US, toleranceOf } from './buckets.js';

function zoneOf(limit: number, windowMs: number, more: Partial<Zone> = {}): Zone {
  const ratePerSec = (limit * 1_000) / windowMs;
  const counts = 'window';
  return { id: 'a', label: 'a', key: { by: 'credential' }, counts, limit, windowMs, burst: limit, ratePerSec, ...more };
}

/** Times in µs at which the rules let requests through, of those that arrive at these times. */
function passed(bucket: Bucket, arrivals: readonly number[]): number[] {
  let until = 0;
  return arrivals.filter((at) => {
    const ahead = Math.max(0, until - at);
    if (ahead > toleranceOf(bucket)) return false;
    until = ahead + at + bucket.intervalUs;
    return true;
  });
}

test.each<[Zone, number, number, Bucket]>([
  [zoneOf(300, 60_000), 0.1, 0, { burst: 30, intervalUs: 221_403 }],
  [zoneOf(300, 60_000), 0.1, 100, { burst: 30, intervalUs: 221_772 }],
  [zoneOf(300, 60_000), 0.001, 0, { burst: 1, intervalUs: 200_000 }],
  [zoneOf(300, 60_000), 1, 0, { burst: 300, intervalUs: 60_000_000 }],
  [zoneOf(1, 1_000), 0.1, 100, { burst: 1, intervalUs: 1_100_000 }],
  [zoneOf(300, 60_000, { burst: 5, ratePerSec: 1 }), 0.1, 0, { burst: 5, intervalUs: 1_000_000 }],
  [
    zoneOf(17, 60_000, { counts: 'bucket', burst: 250, ratePerSec: 17 / 60 }),
    0.1,
    100,
    { burst: 249, intervalUs: 3_529_412 },
  ],
  [zoneOf(1, 1_000, { counts: 'bucket', burst: 1 }), 0.1, 100, { burst: 1, intervalUs: 1_100_000 }],
])('the bucket of a zone %#', (zone, burstShare, jitterMs, bucket) => {
  expect(bucketOf(zone, { burstShare, jitterMs })).toEqual(bucket);
});

test('no bucket takes longer to fill than a table keeps its count', () => {
  const year = 31_536_000_000;
  for (const more of [{}, { counts: 'bucket' as const, burst: 5_000_000 }]) {
    const bucket = bucketOf(zoneOf(638_180, year, more), { burstShare: 1, jitterMs: 100 });
    expect(toleranceOf(bucket) + bucket.intervalUs).toBeLessThanOrEqual(MAX_FULL_US + bucket.intervalUs);
  }
  expect(() => bucketOf(zoneOf(1, year), { burstShare: 1, jitterMs: 0 })).toThrow(
    'the quota a must have a request every 23 days or more often, got 1 in 31536000000 ms',
  );
});

const arrivals = fc
  .array(fc.oneof(fc.constant(0), fc.nat(50_000), fc.nat(3_000_000)), { minLength: 1, maxLength: 300 })
  .map((gaps) => gaps.reduce<number[]>((times, gap) => [...times, (times[times.length - 1] ?? 1e12) + gap], []));
const numbers = fc.record({
  limit: fc.integer({ min: 1, max: 60 }),
  windowMs: fc.integer({ min: 1, max: 5_000 }),
  burstShare: fc.double({ min: 0.001, max: 1, noNaN: true }),
  jitterMs: fc.nat(100),
});

test('no window has more requests than the limit, not even on a way that delays them by the jitter', () => {
  fc.assert(
    fc.property(
      numbers,
      arrivals,
      fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
      (n, times, delays) => {
        const bucket = bucketOf(zoneOf(n.limit, n.windowMs), n);
        const arrived = passed(bucket, times)
          .map((at) => at + (delays.next().value as number) * n.jitterMs * 1_000)
          .sort((a, b) => a - b);
        for (const [i, at] of arrived.entries()) {
          const later = arrived[i + n.limit];
          // The request after the limit comes after the window, up to the rounding of floating point.
          if (later !== undefined) expect(later - at).toBeGreaterThan(n.windowMs * 1_000 - 0.01);
        }
      },
    ),
  );
});

test('a platform with a bucket of this size refuses nothing', () => {
  fc.assert(
    fc.property(
      numbers,
      arrivals,
      fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
      (n, times, delays) => {
        const zone = zoneOf(n.limit, n.windowMs, { counts: 'bucket', burst: n.limit });
        const arrived = passed(bucketOf(zone, n), times)
          .map((at) => at + (delays.next().value as number) * n.jitterMs * 1_000)
          .sort((a, b) => a - b);
        let level = 0;
        let last = 0;
        for (const at of arrived) {
          level = Math.max(0, level - ((at - last) * zone.ratePerSec) / 1e6) + 1;
          last = at;
          expect(level).toBeLessThanOrEqual(zone.burst + 1e-6);
        }
      },
    ),
  );
});

test('under constant pressure, a window gets what the burst leaves of the limit', () => {
  const bucket = bucketOf(zoneOf(300, 60_000), { burstShare: 0.1, jitterMs: 100 });
  const pressure = Array.from({ length: 600_000 }, (_, i) => 1e12 + i * 1_000);
  const all = passed(bucket, pressure);
  // Ten minutes: the burst once, and 270 in each minute.
  expect(all.length).toBeGreaterThanOrEqual(30 + 10 * 270 - 1);
});

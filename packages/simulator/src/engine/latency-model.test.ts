import { describe, expect, it } from 'vitest';
import { parseOptions } from '../option-parsing/parse-options.js';
import type { LatencyOptions } from '../options/latency-options.js';
import { splitPath } from '../paths/request-path.js';
import { LatencyModel } from './latency-model.js';

interface Drawn {
  latency: LatencyOptions;
  count?: number;
  path?: string;
  seed?: number;
  now?: number;
}

/** Draws many times for requests at one moment, sorted. */
function draw({ latency, count = 20_000, path = '/api/v2/users/1', seed = 1, now = 1e6 }: Drawn): number[] {
  const { settings } = parseOptions({ platform: 'genesys', serviceMs: 7, latency });
  const model = new LatencyModel(seed);
  const segments = splitPath(path);
  return Array.from({ length: count }, () => model.drawMs(settings, 'GET', segments, now)).sort((a, b) => a - b);
}

const quantile = (sorted: readonly number[], share: number): number => sorted[Math.floor(sorted.length * share)] ?? 0;

describe('latency profiles', () => {
  it('have the given median, p95 and p99', () => {
    const times = draw({ latency: { other: { p50Ms: 50, p95Ms: 200, p99Ms: 900 } } });
    expect(quantile(times, 0.5) / 50).toBeCloseTo(1, 1);
    expect(quantile(times, 0.95) / 200).toBeCloseTo(1, 1);
    expect(quantile(times, 0.99) / 900).toBeGreaterThan(0.8);
    expect(quantile(times, 0.99) / 900).toBeLessThan(1.25);
    expect(times.at(-1)).toBeLessThanOrEqual(9000);
    expect(times[0]).toBeGreaterThan(0);
  });

  it('without p99 are log-normal, so the tail follows from the median and p95', () => {
    const times = draw({ latency: { other: { p50Ms: 50, p95Ms: 200 } } });
    const expected = 50 * Math.exp((Math.log(4) / 1.6449) * 2.3263);
    expect(quantile(times, 0.99) / expected).toBeGreaterThan(0.9);
    expect(quantile(times, 0.99) / expected).toBeLessThan(1.1);
  });

  it('differ by route; routes without a pattern take serviceMs', () => {
    const latency = { routes: { 'GET /api/v2/users/:id': 3, 'GET /api/v2/**': { minMs: 10, maxMs: 20 } } };
    expect(new Set(draw({ latency, count: 50 }))).toEqual(new Set([3]));
    const others = draw({ latency, path: '/api/v2/groups' });
    expect([Math.floor(others[0] ?? 0), Math.ceil(others.at(-1) ?? 0)]).toEqual([10, 20]);
    expect(draw({ latency, path: '/login', count: 1 })).toEqual([7]);
  });

  it('repeat with the same seed, and differ with another one', () => {
    const latency = { other: { p50Ms: 50, p95Ms: 200 } };
    expect(draw({ latency, count: 20 })).toEqual(draw({ latency, count: 20 }));
    expect(draw({ latency, count: 20 })).not.toEqual(draw({ latency, count: 20, seed: 2 }));
  });

  it('start slowly and reach their normal times', () => {
    const latency = { other: 10, slowStart: { forMs: 1000, factor: 5 } };
    const at = (now: number): number => draw({ latency, count: 1, now })[0] ?? 0;
    expect([at(0), at(500), at(1000), at(5000)]).toEqual([50, 30, 10, 10]);
  });

  it('stall once in each period: answers that are due in a stall leave together at its end', () => {
    const { settings } = parseOptions({
      platform: 'genesys',
      latency: { other: 10, stalls: { everyMs: 1000, forMs: 100 } },
    });
    const model = new LatencyModel(1);
    const ends = new Map<number, Set<number>>();
    for (let now = 0; now < 10_000; now += 5) {
      const ms = model.drawMs(settings, 'GET', ['a'], now);
      if (ms === 10) continue;
      const period = Math.floor((now + 10) / 1000);
      ends.set(period, (ends.get(period) ?? new Set()).add(Math.round((now + ms) * 1000)));
    }
    expect([...ends.keys()]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    for (const [period, times] of ends) {
      expect(times.size).toBe(1);
      expect([...times][0]).toBeLessThanOrEqual((period + 1) * 1_000_000);
    }
  });

  it.each<[LatencyOptions, string]>([
    [{ other: -1 }, 'latency.other is -1; allowed: a number from 0'],
    [{ other: 'slow' as never }, 'latency.other is "slow"; allowed: a time in ms'],
    [{ other: { p50Ms: 5, p95Ms: 4 } }, 'latency.other.p95Ms is 4; allowed: a number from 5'],
    [{ other: { p50Ms: 5, p95Ms: 9, p99Ms: 8 } }, 'latency.other.p99Ms is 8'],
    [{ other: { p50Ms: 5, p95Ms: 9, maxMs: 8 } }, 'latency.other.maxMs is 8'],
    [{ other: { p50Ms: 5, p95Ms: 9, p90Ms: 8 } as never }, 'latency.other.p90Ms is 8; allowed: only the keys p50Ms'],
    [{ other: { minMs: 5, maxMs: 1 } }, 'latency.other.maxMs is 1'],
    [{ routes: { users: 1 } }, 'latency.routes is "users"; allowed: a method'],
    [{ routes: { 'GET /a': {} as never } }, "latency.routes['GET /a'] is {}; allowed: a time in ms"],
    [{ slowStart: { forMs: 1, factor: 0.5 } }, 'latency.slowStart.factor is 0.5'],
    [{ stalls: { everyMs: 10, forMs: 11 } }, 'latency.stalls.forMs is 11; allowed: a number from 0 to 10'],
    [{ colour: 1 } as never, 'latency.colour is 1; allowed: only the keys routes, other, slowStart, stalls'],
  ])('%j is refused', (latency, message) => {
    expect(() => parseOptions({ platform: 'genesys', latency })).toThrow(message);
  });
});

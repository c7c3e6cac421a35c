import { seededRandom } from '@holdline/core/testing';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Fleet, type FleetOptions } from './fleet.fixture.js';
import { spawnRedis, type RedisServer } from './redis.fixture.js';

// The real lease and the real script in a real Redis; only time, network and platform are simulated.
let server: RedisServer;
let redis: Redis;

beforeAll(async () => {
  server = await spawnRedis();
  redis = new Redis(server.url);
});

afterAll(async () => {
  redis.disconnect();
  await server.end();
});

beforeEach(() => redis.flushall());

const fleetOf = (options: FleetOptions): Fleet => new Fleet(redis, options);

/** The most over the least that one process sent, after the first three windows. */
async function fairness(fleet: Fleet, windows: number): Promise<number> {
  const { windowMs } = fleet.options;
  await fleet.simulation.runUntil(3 * windowMs);
  const before = fleet.processes.map(({ sent }) => sent);
  await fleet.simulation.runUntil((3 + windows) * windowMs);
  const sent = fleet.processes.map((process, i) => process.sent - (before[i] as number));
  return Math.max(...sent) / Math.max(1, Math.min(...sent));
}

describe('a fleet that wants more than there is', () => {
  test.for([
    { limit: 100, windowMs: 1_000 },
    { limit: 2_000, windowMs: 1_000 },
    { limit: 300, windowMs: 60_000 },
  ])('uses all of $limit per $windowMs ms, equally, and never more', async (quota) => {
    const four = fleetOf({ ...quota, processes: 4 });
    for (const process of four.processes) process.want(quota.limit * 30);
    expect(await fairness(four, 10)).toBeLessThanOrEqual(1.1);
    expect(four.most()).toBeLessThanOrEqual(quota.limit);
    expect(four.arrivals.length).toBeGreaterThanOrEqual(13 * quota.limit * 0.98);
  });

  test('asks seldom: far less than once per ten permits at 2,000 per second', async () => {
    const four = fleetOf({ limit: 2_000, windowMs: 1_000, processes: 4 });
    for (const process of four.processes) process.want(100_000);
    await four.simulation.runUntil(3_000);
    const [exchanges, sent] = [four.exchanges, four.arrivals.length];
    await four.simulation.runUntil(8_000);
    expect((four.exchanges - exchanges) / (four.arrivals.length - sent)).toBeLessThanOrEqual(0.1);
  });

  test('of 1,000 processes keeps the quota, fairly', async () => {
    const many = fleetOf({ limit: 20_000, windowMs: 1_000, processes: 1_000 });
    const random = seededRandom(7);
    for (const process of many.processes) many.simulation.schedule(random.next() * 200, () => process.want(100_000));
    const unfair = await fairness(many, 3);
    console.log('1000', unfair, many.exchanges, many.arrivals.length, many.most());
    expect(unfair).toBeLessThanOrEqual(1.25);
    expect(many.most()).toBeLessThanOrEqual(20_000);
    expect(many.arrivals.length).toBeGreaterThanOrEqual(6 * 20_000 * 0.95);
  }, 240_000);
});

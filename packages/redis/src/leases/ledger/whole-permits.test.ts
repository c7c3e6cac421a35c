import { shareRedis } from '@holdline/test-servers';
import { describe, expect, test } from 'vitest';
import { SimulatedFleet, type FleetOptions } from '../../fixtures/simulated-fleet.fixture.js';
import { makeKeys } from '../../scripts/keys.js';
import { LEDGER_KEYS } from './arguments.js';
import { SimulatedPlatform } from '../../fixtures/simulated-platform.fixture.js';

// Permits are whole numbers in the ledger too (issue 13, §1: a ledger that lent fractions stopped its fleet permanently).
const file = shareRedis();
const [places, ticks, , , served] = makeKeys('sim', 'sim', LEDGER_KEYS) as [string, string, string, string, string];

/** Finds numbers in the ledger that are not whole. */
async function findFractions(): Promise<string[]> {
  const [counts, shares] = await Promise.all([
    file.redis.hgetall(places),
    file.redis.zrange(served, 0, -1, 'WITHSCORES'),
  ]);
  const numbers = Object.entries(counts).filter(([name]) => /^\d+$/.test(name) || name === 'total');
  for (let i = 0; i + 1 < shares.length; i += 2) numbers.push([shares[i] as string, shares[i + 1] as string]);
  return numbers.filter(([, n]) => !/^\d+$/.test(n)).map(([name, n]) => `${name}: ${n}`);
}

/** Gives every process more demand than permits. Returns what the fleet sent in each window. */
async function countPerWindow(fleet: SimulatedFleet, from: number, windows: number): Promise<number[]> {
  const { windowMs } = fleet.options;
  for (const process of fleet.processes) process.want(10_000);
  await fleet.simulation.runUntil(from);
  const counts: number[] = [];
  for (let i = 0; i < windows; i++) {
    const before = fleet.arrivals.length;
    await fleet.simulation.runUntil(from + (i + 1) * windowMs);
    counts.push(fleet.arrivals.length - before);
    expect(await findFractions()).toEqual([]);
  }
  return counts;
}

const makeFleet = (options: Partial<FleetOptions>): SimulatedFleet =>
  new SimulatedFleet(file.redis, { limit: 19, windowMs: 1_000, processes: 3, enforcement: 'sliding', ...options });

describe('a ledger', () => {
  const fleets = [5, 7, 10, 19, 33, 101, 300].flatMap((limit) =>
    [2, 3, 5, 7, 10].map((processes) => ({ limit, processes })),
  );
  test.for(fleets)(
    'of $limit permits keeps lending all of them to $processes processes (c07, c09)',
    async (options) => {
      const counts = await countPerWindow(makeFleet({ ...options, windowMs: 5_000 }), 20_000, 4);
      expect(counts.reduce((sum, n) => sum + n)).toBeGreaterThanOrEqual(options.limit * 4 * 0.95);
    },
  );

  test.for([2, 3, 5])('of a learned limit lends whole permits to %i processes (c01)', async (processes) => {
    const platform = new SimulatedPlatform({ kind: 'sliding', limit: 10, windowMs: 600 });
    const counts = await countPerWindow(
      makeFleet({ limit: 10, given: 12, windowMs: 600, processes, platform }),
      6_000,
      50,
    );
    expect(counts.reduce((sum, n) => sum + n)).toBeGreaterThanOrEqual(10 * 50 * 0.8);
  });

  test('rounds fractions of permits up and fractions of a limit down', async () => {
    const fleet = makeFleet({ limit: 19, given: 19.9 });
    await countPerWindow(fleet, 4_000, 4);
    expect(fleet.most()).toBeLessThanOrEqual(19);
  });
});

describe('a damaged ledger', () => {
  const damages: Record<string, () => Promise<unknown>> = {
    'fractions of an older version': async () => {
      const [one, two] = (await file.redis.zrange(ticks, -2, -1)) as [string, string];
      await file.redis.hset(places, { [one]: '1.25', [two]: '0.75', total: '18.5' });
      await file.redis.zadd(served, 7.75, 'p0', 3.3, 'p1');
    },
    'fractions that add up to a whole': async () => {
      const [one, two] = (await file.redis.zrange(ticks, -2, -1)) as [string, string];
      await file.redis.hincrbyfloat(places, one, 0.25);
      await file.redis.hincrbyfloat(places, two, -0.25);
    },
    'a total that is no number': () => file.redis.hset(places, 'total', 'nan'),
    'a negative total': () => file.redis.hset(places, 'total', '-400'),
    'places that never become free': async () => {
      await file.redis.hset(places, { '999999999999': '19', total: '38' });
      await file.redis.zadd(ticks, 999_999_999_999, '999999999999');
    },
    'an opening in the far future': () => file.redis.hset(places, 'opensAt', '9e15'),
    'a last tick in the far future': () => file.redis.hset(places, 'lentTo', '9e15'),
    'shares that are no numbers': () => file.redis.zadd(served, '+inf', 'p0', '-inf', 'p1'),
    'an invalid estimate': () => file.redis.hset(places, 'estimate', 'no JSON'),
    'a learned limit of 0': () => file.redis.hset(places, 'estimate', '{"learnedLimit":0}'),
    'a negative learned limit': () => file.redis.hset(places, 'estimate', '{"learnedLimit":-4,"raiseAt":0}'),
    'a learned limit without a time to raise it': () => file.redis.hset(places, 'estimate', '{"learnedLimit":18.5}'),
    'a learned limit with a raise in a thousand years': () =>
      file.redis.hset(places, 'estimate', '{"learnedLimit":18,"raiseAt":9e14}'),
    'half an edge': () => file.redis.hset(places, 'estimate', '{"counts":"fixed","edgeFrom":12,"edgeProven":true}'),
  };
  test.for(Object.keys(damages))('with %s is repaired by the next exchange', async (name) => {
    const fleet = makeFleet({});
    for (const process of fleet.processes) process.want(10_000);
    await fleet.simulation.runUntil(4_000);
    fleet.simulation.schedule(4_000, async () => void (await damages[name]?.()));
    // A place of no process may be counted for validity, grace and window.
    const counts = await countPerWindow(fleet, 10_000, 8);
    expect(counts.reduce((sum, n) => sum + n)).toBeGreaterThanOrEqual(19 * 8 * 0.9);
    expect(fleet.processes.map(({ lost }) => lost)).toEqual([0, 0, 0]);
  });
});

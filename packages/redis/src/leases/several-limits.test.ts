import type { GovernorOptions, Quota } from '@holdline/core';
import { shareRedis } from '@holdline/test-servers';
import { expect, test, vi } from 'vitest';
import { LineFleet } from '../fixtures/line-fleet.fixture.js';
import { mostWithin } from '../fixtures/most-within.fixture.js';

// A lease beside other limits of the same call (issue 13, c06 and c10): lent permits must not expire while the call waits for another
// limit. A fleet of any size sends as much as one process alone.
vi.setConfig({ testTimeout: 60_000 });
const file = shareRedis();

const quota = (limit: number, windowMs: number, more: Partial<Quota> = {}): Quota => ({
  limit,
  windowMs,
  enforcement: 'sliding',
  ...more,
});
const beside = (...quotas: Quota[]): GovernorOptions => ({ quotas, maxQueued: 100_000 });

/** Attempts that one process alone sends in this time, if each answer takes 50 ms. */
const worlds: [string, GovernorOptions, seconds: number, alone: number][] = [
  ['5 a second over 300 a minute', beside(quota(300, 60_000, { shape: 'smooth', burst: 1, ratePerSec: 5 })), 120, 600],
  ['a bucket of 300 a minute', beside(quota(300, 60_000, { shape: 'smooth' })), 120, 600],
  ['10 a second out of a bucket of 2', beside(quota(10, 1_000, { shape: 'smooth', burst: 2 })), 30, 287],
  ['25 a second and 1,000 a minute', beside(quota(1_000, 60_000), quota(25, 1_000, { name: 'b' })), 120, 2_000],
  ['300 a minute and 30 a second', beside(quota(300, 60_000), quota(30, 1_000, { name: 'b' })), 70, 600],
  ['10 a second and 50 a minute', beside(quota(10, 1_000), quota(50, 60_000, { name: 'b' })), 130, 150],
  ['8 in 5 s for a host and 46 in 20 s', beside(quota(8, 5_000, { scope: 'host' }), quota(46, 20_000)), 60, 96],
  ['5 a second by the line, 300 a minute', { ...beside(quota(300, 60_000)), ratePerSec: 5 }, 60, 300],
];

test.for(worlds.flatMap((world) => [1, 2].map((processes) => [...world, processes] as const)))(
  '$0: a fleet of $4 sends as much as one process alone',
  async ([name, governor, seconds, alone, processes]) => {
    const fleet = new LineFleet(file.redis, `${name} ${processes}`, { governor, retry: false }, 1, processes);
    const calls = Math.ceil((alone * 1.5) / processes);
    for (const member of fleet.members)
      for (let i = 0; i < calls; i++) member.call('https://a.example/x').catch(() => undefined);
    await fleet.run(seconds * 1_000);
    expect(fleet.faults).toEqual([]);
    expect(fleet.attempts.length).toBeGreaterThanOrEqual(alone * 0.98);
    for (const { limit, windowMs } of governor.quotas ?? [])
      expect(mostWithin(fleet.attempts, windowMs)).toBeLessThanOrEqual(limit as number);
  },
);

import type { HoldlineConfig, Quota } from '@holdline/core';
import { shareRedis } from '@holdline/test-servers';
import { describe, expect, test, vi } from 'vitest';
import { LineFleet } from '../fixtures/line-fleet.fixture.js';
import { mostWithin } from '../fixtures/most-within.fixture.js';

// Deadlock: two processes each hold permits that the other one needs (issue 13, FLEET.md 8).
vi.setConfig({ testTimeout: 60_000 });
const file = shareRedis();

const quota = (limit: number, more: Partial<Quota>): Quota => ({
  limit,
  windowMs: 2_000,
  enforcement: 'sliding',
  ...more,
});

/** Makes heavy calls that need permits of two shared quotas. Returns the fleet when all have settled, or after a very long time. */
async function run(seed: number, config: HoldlineConfig, processes: number): Promise<[LineFleet, settled: number]> {
  const fleet = new LineFleet(file.redis, `hold${seed}`, { retry: false, breaker: false, ...config }, seed, processes);
  fleet.reply = () => ({ status: 200, afterMs: 10 + fleet.random.next() * 40 });
  let settled = 0;
  for (const member of fleet.members)
    for (let i = 0; i < CALLS; i++) {
      const weight = 4 + Math.floor(fleet.random.next() * 4);
      const path = fleet.random.next() < 0.5 ? 'one' : 'two';
      member.after(fleet.random.next() * 100, () => {
        const call = member.call(`https://a.example/${path}`, { weight, tenant: 'acme' });
        call.catch((error: unknown) => fleet.faults.push(String(error))).finally(() => settled++);
      });
    }
  // If each call had a window for itself, all would take 40 s.
  await fleet.run(200_000, () => settled === processes * CALLS);
  return [fleet, settled];
}
const CALLS = 4;

describe('calls that need many permits of two shared quotas', () => {
  const worlds: Record<string, HoldlineConfig> = {
    'of one scope': { governor: { quotas: [quota(8, { name: 'a' }), quota(9, { name: 'b' })] } },
    'of two scopes': { governor: { quotas: [quota(8, { scope: 'host' }), quota(9, { scope: 'tenant' })] } },
    'of the credential and the host': { governor: { quotas: [quota(8, {}), quota(9, { scope: 'host' })] } },
    'of three scopes': {
      governor: { quotas: [quota(9, {}), quota(8, { scope: 'host' }), quota(9, { scope: 'tenant', windowMs: 3_000 })] },
    },
  };
  test.for(Object.entries(worlds))('%s all leave', async ([, config]) => {
    const seeds = Array.from({ length: 44 }, (_, i) => i + 1);
    while (seeds.length > 0) {
      const some = seeds.splice(0, 11);
      const runs = await Promise.all(some.map((seed) => run(seed, config, 2 + (seed % 3))));
      for (const [i, [fleet, settled]] of runs.entries()) {
        expect(fleet.faults, `seed ${some[i]}`).toEqual([]);
        expect(settled, `seed ${some[i]} after ${fleet.now} ms`).toBe(fleet.members.length * CALLS);
        expect(mostWithin(fleet.attempts, 2_000)).toBeLessThanOrEqual(9);
      }
      await file.redis.flushall();
    }
  });
});

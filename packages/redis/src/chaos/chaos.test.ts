import { shareRedis } from '@holdline/test-servers';
import { expect, test, vi } from 'vitest';
import { chaosRun, type ChaosRun } from './chaos-run.fixture.js';

// Whole lines of several processes with the real script and random faults (issue 13, §1): each call settles, something wakes every
// waiting call, no window exceeds its bound, and the ledger holds whole numbers. CHAOS_RUNS and CHAOS_SEED select longer runs.
const RUNS = Number(process.env['CHAOS_RUNS'] ?? 40);
const FIRST_SEED = Number(process.env['CHAOS_SEED'] ?? 1);
/** Concurrent runs: while one waits for Redis, another continues. */
const AT_ONCE = 8;

vi.setConfig({ testTimeout: 60_000 + RUNS * 1_000 });
const file = shareRedis();

test(`${RUNS} random runs from seed ${FIRST_SEED} on: every call settles, and no quota is exceeded`, async () => {
  const failed: ChaosRun[] = [];
  let [next, calls, exchanges] = [FIRST_SEED, 0, 0];
  const work = async (): Promise<void> => {
    while (next < FIRST_SEED + RUNS && failed.length < 5) {
      const run = await chaosRun(file.redis, next++);
      calls += run.calls;
      exchanges += run.exchanges;
      if (run.faults.length > 0) failed.push(run);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  expect(failed.map(({ seed, faults, plan }) => ({ seed: `CHAOS_SEED=${seed} CHAOS_RUNS=1`, faults, plan }))).toEqual(
    [],
  );
  expect([calls > RUNS, exchanges > RUNS]).toEqual([true, true]);
});

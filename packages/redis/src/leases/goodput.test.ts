import { shareRedis } from '@holdline/test-servers';
import { describe, expect, test, vi } from 'vitest';
import { SimulatedPlatform, type PlatformOptions } from '../fixtures/simulated-platform.fixture.js';
import { WorkerFleet, type Worker, type WorkersOptions } from '../fixtures/worker-fleet.fixture.js';

// Issue 13, reach: whole lines of several processes on virtual time, with the real script in a real Redis. 20 workers each.
// Goodput: accepted attempts, as a part of those that the platform would accept.
vi.setConfig({ testTimeout: 120_000 });

const file = shareRedis();
const RUN_MS = 60_000;

interface Size {
  readonly limit: number;
  readonly windowMs: number;
}
const SMALL: Size = { limit: 50, windowMs: 10_000 };
const FAST: Size = { limit: 300, windowMs: 3_000 };

function makeFleet(
  { limit, windowMs }: Size,
  platform: Partial<PlatformOptions>,
  options: Partial<WorkersOptions> = {},
): [WorkerFleet, SimulatedPlatform] {
  const enforcing = new SimulatedPlatform({ kind: 'fixed', limit, windowMs, ...platform });
  return [new WorkerFleet(file.redis, { processes: 2, limit, windowMs, platform: enforcing, ...options }), enforcing];
}

const measureGoodput = (platform: SimulatedPlatform, runMs = RUN_MS): number =>
  platform.accepted.filter((at) => at < runMs).length / platform.wouldAccept(runMs);

/** Checks that every call settles after the workers have stopped. */
async function drain({ simulation, members, options }: WorkerFleet): Promise<void> {
  await simulation.runUntil(simulation.now + 2 * options.windowMs + 5_000);
  for (const member of members.filter(({ isDead }) => !isDead)) {
    expect([member.settled, member.failed]).toEqual([member.calls, 0]);
    expect(member.line.snapshot()).toMatchObject({ calls: 0, queued: 0, inFlight: 0 });
  }
}

/** Part of a window that has passed when the fleet starts. */
const PHASES = [0.3, 0.5, 0.65, 0.8];
/**
 * A long Retry-After in whole seconds cannot tell a late edge from a sliding window. The limit then holds in any window, which costs only
 * the rest of the first fixed window and of the last.
 */
const EARLIEST_PHASE = { [SMALL.windowMs]: 0, [FAST.windowMs]: 0.3 };

const rows = [SMALL, FAST].flatMap((size) => [2, 4].map((processes) => ({ ...size, processes, seed: processes })));

describe('if the limit is known and the way of counting is not, a fleet uses', () => {
  test.for(rows.flatMap((row) => PHASES.map((phase) => ({ ...row, phase }))))(
    '97 % of fixed windows: $processes processes, $limit per $windowMs ms, $phase into a window, seed $seed',
    async ({ processes, seed, phase, ...size }) => {
      expect(phase).toBeGreaterThanOrEqual(EARLIEST_PHASE[size.windowMs] as number);
      const edgeMs = (1 - phase) * size.windowMs;
      const [all, platform] = makeFleet(size, { kind: 'fixed', edgeMs }, { processes, seed });
      await all.work(RUN_MS);
      expect(measureGoodput(platform)).toBeGreaterThanOrEqual(0.97);
      expect(platform.refused.length).toBeLessThanOrEqual(2);
      await drain(all);
    },
  );

  test.for(rows)(
    '99 % of a sliding window: $processes processes, $limit per $windowMs ms, seed $seed',
    async ({ processes, seed, ...size }) => {
      const [all, platform] = makeFleet(size, { kind: 'sliding' }, { processes, seed });
      await all.work(RUN_MS);
      expect(measureGoodput(platform)).toBeGreaterThanOrEqual(0.99);
      expect(platform.refused.length).toBeLessThanOrEqual(2);
      await drain(all);
    },
  );

  test.for(rows)(
    '97 % of a bucket: $processes processes, $limit per $windowMs ms, seed $seed',
    async ({ processes, seed, ...size }) => {
      const [all, platform] = makeFleet(size, { kind: 'bucket' }, { processes, seed });
      await all.work(RUN_MS);
      expect(measureGoodput(platform)).toBeGreaterThanOrEqual(0.97);
      expect(platform.refused.length).toBeLessThanOrEqual(2);
      await drain(all);
    },
  );

  test.for([1, 2, 4])('97 % of a bucket whose answers take two tokens: %d processes', async (processes) => {
    const [all, platform] = makeFleet(SMALL, { kind: 'bucket' }, { processes, serviceMs: 400, workers: 60 });
    await all.work(RUN_MS);
    expect(measureGoodput(platform)).toBeGreaterThanOrEqual(0.97);
    expect(platform.refused.length).toBeLessThanOrEqual(3);
  });
});

describe('a fleet learns', () => {
  const kinds = ['fixed', 'sliding', 'bucket'] as const;

  test.for(kinds)('as much as a line without a store, if it is one process: %s', async (kind) => {
    for (const seed of [1, 2, 3]) {
      const edgeMs = 2_500 + 1_500 * seed;
      await file.redis.flushall();
      const [one, shared] = makeFleet(SMALL, { kind, edgeMs }, { processes: 1, seed });
      await one.work(RUN_MS);
      const [alone, own] = makeFleet(SMALL, { kind, edgeMs }, { processes: 1, seed, shares: false });
      await alone.work(RUN_MS);
      expect(measureGoodput(shared)).toBeGreaterThanOrEqual(measureGoodput(own) - 0.01);
      expect(shared.refused.length).toBeLessThanOrEqual(own.refused.length);
    }
  });

  test.for(kinds)('although the process of the trial dies before it reports: %s', async (kind) => {
    const [all, platform] = makeFleet(SMALL, { kind, edgeMs: 6_200 }, { processes: 3 });
    let trialWorker: Worker | undefined;
    all.onExchange = (worker, reply) => {
      if (trialWorker || !reply.isTrial) return;
      trialWorker = worker;
      worker.isDead = true;
    };
    await all.work(120_000);
    expect(trialWorker).toBeDefined();
    const living = all.members.find(({ isDead }) => !isDead) as Worker;
    expect(living.line.snapshot().scopes[0]?.quotas[0]?.fleet?.counts).toBe(kind);
    expect(platform.refused.length).toBeLessThanOrEqual(4);
    expect(platform.accepted.filter((at) => at >= 60_000 && at < 120_000).length).toBeGreaterThanOrEqual(
      6 * 0.95 * SMALL.limit,
    );
    await drain(all);
  });

  test('for all, from the calls of one process that accept a refusal', async () => {
    const noRetry = { retry: false as const };
    const [all, platform] = makeFleet(SMALL, { kind: 'bucket' }, { processes: 2, config: noRetry });
    all.add({});
    await all.work(120_000);
    const [refused] = platform.refused;
    expect(refused).toBeDefined();
    for (const { line } of all.members) expect(line.snapshot().scopes[0]?.quotas[0]?.fleet?.counts).toBe('bucket');
    expect(all.members.map(({ failed }) => failed)).toEqual([0, 0, 0]);
    expect(measureGoodput(platform, 120_000)).toBeGreaterThanOrEqual(0.95);
  });

  test('nothing from calls that accept no refusal, and none of them fails', async () => {
    const [all, platform] = makeFleet(SMALL, { kind: 'bucket' }, { processes: 2, config: { retry: false } });
    await all.work(RUN_MS);
    expect(platform.refused).toEqual([]);
    expect(platform.accepted.length).toBeGreaterThanOrEqual(6 * SMALL.limit);
    await drain(all);
  });

  test.for([{ retry: false as const }, { retry: 'interactive' as const }, { deadline: { totalTimeoutMs: 30_000 } }])(
    'that a limit has recovered, although no call tolerates a refusal: %o',
    async (config) => {
      // Issue 13, c05, with a fleet: another client used the quota of one minute.
      const [all, platform] = makeFleet(
        { limit: 300, windowMs: 60_000 },
        { kind: 'sliding' },
        { workers: 10, named: true, config },
      );
      platform.limit = 4;
      all.simulation.schedule(3_000, () => {
        platform.limit = 300;
      });
      const untilMs = 30 * 60_000;
      await all.work(untilMs);
      const last = platform.accepted.filter((at) => at >= untilMs - 5 * 60_000).length;
      expect(last).toBeGreaterThanOrEqual(0.95 * 5 * 300);
    },
  );

  test('an edge from headers, without a refusal', async () => {
    for (const size of [SMALL, { limit: 300, windowMs: 60_000 }]) {
      await file.redis.flushall();
      const [all, platform] = makeFleet(size, { kind: 'fixed', edgeMs: 0.6 * size.windowMs, tellsReset: true });
      await all.work(6 * size.windowMs);
      expect(platform.refused).toEqual([]);
      expect(measureGoodput(platform, 6 * size.windowMs)).toBeGreaterThanOrEqual(0.97);
    }
  });
});

import { shareRedis } from '@holdline/test-servers';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { SimulatedFleet, type FleetOptions } from '../fixtures/simulated-fleet.fixture.js';
import { SimulatedPlatform, type PlatformOptions } from '../fixtures/simulated-platform.fixture.js';

// What a fleet learns together: real leases and the real script, before a platform that refuses.
vi.setConfig({ testTimeout: 120_000 });

const file = shareRedis();

const LIMIT = 100;
const WINDOW_MS = 10_000;

function makeWorld(
  platform: Partial<PlatformOptions>,
  fleet: Partial<FleetOptions> = {},
): [SimulatedFleet, SimulatedPlatform] {
  const { limit = LIMIT, windowMs = WINDOW_MS } = platform;
  const enforcing = new SimulatedPlatform({ kind: 'fixed', limit, windowMs, edgeMs: 3_777, ...platform });
  return [new SimulatedFleet(file.redis, { limit, windowMs, processes: 4, platform: enforcing, ...fleet }), enforcing];
}

/** Adds calls all the time, more than can leave. At most 50 wait per process, as with callers that wait for their calls. */
function addDemand(fleet: SimulatedFleet, untilMs: number, everyMs = 200): void {
  const { simulation } = fleet;
  for (const process of fleet.processes)
    for (let at = 0; at < untilMs; at += everyMs)
      simulation.schedule(at, () => {
        if (process.waiting < 50) process.want(1);
      });
}

const listCounts = (fleet: SimulatedFleet): unknown[] => [
  ...new Set(fleet.processes.map(({ lease }) => lease.sharedEstimate.counts)),
];

function measureUnfairness(fleet: SimulatedFleet, before: readonly number[]): number {
  const sent = fleet.processes.map((process, i) => process.sent - (before[i] as number));
  return Math.max(...sent) / Math.min(...sent);
}

describe('fixed windows', () => {
  test('are learned from answers, and every window is used whole, in equal parts, without a refusal', async () => {
    const [four, platform] = makeWorld({ tellsReset: true });
    for (const process of four.processes) process.want(10_000);
    await four.simulation.runUntil(100_000);
    expect(listCounts(four)).toEqual(['fixed']);
    const before = four.processes.map(({ sent }) => sent);
    await four.simulation.runUntil(160_000);
    expect(platform.perWindow(60_000, 160_000)).toEqual(Array(9).fill(LIMIT));
    expect(platform.refused).toEqual([]);
    expect(measureUnfairness(four, before)).toBeLessThanOrEqual(1.1);
  });

  test('are learned from one refusal if answers name no edge', async () => {
    const [four, platform] = makeWorld({});
    for (const process of four.processes) process.want(10_000);
    await four.simulation.runUntil(60_000);
    expect(listCounts(four)).toEqual(['fixed']);
    await four.simulation.runUntil(120_000);
    expect(platform.perWindow(60_000, 120_000)).toEqual(Array(5).fill(LIMIT));
    expect(platform.refused).toHaveLength(1);
  });

  test('let processes use two quotas around an edge', async () => {
    const [four, platform] = makeWorld({ tellsReset: true });
    addDemand(four, 60_000);
    await four.simulation.runUntil(60_000);
    // 1.5 s before the edge at 73,777, and from the edge on.
    for (const process of four.processes) process.waiting = 0;
    await four.simulation.runUntil(72_200);
    for (const process of four.processes) process.want(25);
    await four.simulation.runUntil(73_700);
    for (const process of four.processes) process.want(25);
    await four.simulation.runUntil(76_000);
    const around = platform.accepted.filter((at) => at > 72_000).length;
    expect(around).toBe(2 * LIMIT);
    expect(platform.refused).toEqual([]);
  });

  test('are learned anew when they move', async () => {
    const [four, platform] = makeWorld({ tellsReset: true });
    addDemand(four, 300_000);
    await four.simulation.runUntil(60_000);
    platform.options.edgeMs = 8_000;
    await four.simulation.runUntil(200_000);
    expect(listCounts(four)).toEqual(['fixed']);
    const refused = platform.refused.length;
    expect(refused).toBeLessThanOrEqual(LIMIT);
    await four.simulation.runUntil(300_000);
    expect(platform.refused.length).toBe(refused);
    expect(Math.min(...platform.perWindow(200_000, 300_000))).toBe(LIMIT);
  });

  test('are remembered by the processes when Redis loses its data', async () => {
    const [four, platform] = makeWorld({ tellsReset: true });
    addDemand(four, 100_000);
    await four.simulation.runUntil(60_000);
    four.simulation.schedule(60_000, async () => void (await file.redis.flushall()));
    await four.simulation.runUntil(61_500);
    expect(listCounts(four)).toEqual(['fixed']);
    await four.simulation.runUntil(100_000);
    expect(platform.refused).toEqual([]);
    expect(platform.perWindow(70_000, 100_000)).toEqual(Array(2).fill(LIMIT));
  });

  const trouble = fc.record({
    at: fc.integer({ min: 0, max: 30_000 }),
    kind: fc.constantFrom('crash', 'join', 'drop', 'burst', 'lose'),
    who: fc.nat(9),
  });

  test('refuse no more than the trials, while processes die, join or lose Redis, and clocks differ', async () => {
    const worlds = fc.record({
      seed: fc.nat(1e6),
      limit: fc.integer({ min: 4, max: 60 }),
      processes: fc.integer({ min: 1, max: 5 }),
      latencyMs: fc.integer({ min: 0, max: 30 }),
      answerMs: fc.constantFrom(5, 50, 400, 3_000),
      redisDrift: fc.constantFrom(-5e-5, 0, 5e-5),
      edgeMs: fc.nat(4_000),
      tellsReset: fc.boolean(),
      enforcement: fc.constantFrom('auto' as const, 'fixed' as const),
      troubles: fc.array(trouble, { maxLength: 10 }),
    });
    await fc.assert(
      fc.asyncProperty(worlds, async ({ troubles, edgeMs, tellsReset, ...rest }) => {
        await file.redis.flushall();
        const [some, platform] = makeWorld({ limit: rest.limit, windowMs: 4_000, edgeMs, tellsReset }, rest);
        for (const process of some.processes) process.want(rest.limit);
        for (const { at, kind, who } of troubles) {
          some.simulation.schedule(at, () => {
            const process = some.processes[who % some.processes.length];
            if (kind === 'crash' && process) process.isDead = true;
            else if (kind === 'join') some.add().want(2 * rest.limit);
            else if (kind === 'drop') some.dropNext = true;
            else if (kind === 'lose') some.lostUntil = at + 1_500;
            else process?.want(2 * rest.limit);
          });
        }
        await some.simulation.runUntil(40_000);
        // Each of four counting trials costs one refusal, each of two edge trials two. An isolated process does not know what the others were lent.
        const alone = troubles.filter(({ kind }) => kind === 'lose').length * Math.ceil(rest.limit / 2);
        expect(platform.refused.length).toBeLessThanOrEqual(8 + alone);
      }),
      { numRuns: 15, seed: 20_261_126, endOnFailure: true },
    );
  });
});

describe('an unknown limit', () => {
  test.for(['fixed', 'sliding'] as const)('is learned by all together, with %s windows', async (kind) => {
    const [four, platform] = makeWorld({ kind }, { given: Infinity });
    addDemand(four, 200_000);
    await four.simulation.runUntil(100_000);
    const refused = platform.refused.length;
    await four.simulation.runUntil(200_000);
    for (const { lease } of four.processes) expect(Math.abs(lease.limit - LIMIT)).toBeLessThanOrEqual(5);
    expect(platform.accepted.filter((at) => at >= 100_000).length).toBeGreaterThanOrEqual(0.95 * 10 * LIMIT);
    expect(platform.refused.length - refused).toBeLessThanOrEqual(10);
  });

  test('is lowered for all when the platform cuts it, and raised again', async () => {
    const [four, platform] = makeWorld({ kind: 'sliding' }, { given: Infinity });
    addDemand(four, 400_000);
    await four.simulation.runUntil(100_000);
    platform.limit = 40;
    await four.simulation.runUntil(160_000);
    for (const { lease } of four.processes) expect(lease.limit).toBeLessThanOrEqual(48);
    platform.limit = LIMIT;
    await four.simulation.runUntil(400_000);
    for (const { lease } of four.processes) expect(lease.limit).toBeGreaterThanOrEqual(90);
  });
});

describe('a bucket', () => {
  test('is used as one: its tokens at once, then its refill', async () => {
    const [four, platform] = makeWorld({ kind: 'bucket', burst: 20 }, { enforcement: 'bucket', burst: 20 });
    for (const process of four.processes) process.want(1_000);
    await four.simulation.runUntil(1_000);
    expect(platform.accepted.length).toBeGreaterThanOrEqual(20);
    await four.simulation.runUntil(60_000);
    expect(platform.refused).toEqual([]);
    expect(platform.accepted.length).toBeGreaterThanOrEqual(20 + 0.95 * 6 * LIMIT);
  });

  test('is used as one if its refusals show it', async () => {
    const [four, platform] = makeWorld({ kind: 'bucket' });
    for (const process of four.processes) process.want(1_000);
    await four.simulation.runUntil(60_000);
    expect(platform.refused.length).toBeLessThanOrEqual(4);
    expect(platform.accepted.length).toBeGreaterThanOrEqual(LIMIT + 0.9 * 5 * LIMIT);
  });
});

import { describe, expect, it } from 'vitest';
import { assertNoStalledCalls, findStalledCalls, settle, VirtualClock } from '../testing.js';
import type { Governor } from '../policies/governor/governor.js';
import { Bench, ROOT } from '../policies/governor/platform.fixture.js';
import type { Quota } from '../policies/governor/options.js';
import type { QueuedScope } from '../policies/governor/queue/lane.js';

/** Scopes that the calls of these tests wait for. */
type Held = 'credential' | 'tenant';

const perMinute = (scope: Held): Quota => ({ limit: 1, windowMs: 60_000, scope, enforcement: 'sliding' });

/** Makes a line with one ended call and one call that waits for this scope. */
async function waiting(scope: Held, name: string): Promise<{ bench: Bench; scope: QueuedScope }> {
  const bench = new Bench({ governor: { quotas: [perMinute(scope)] } });
  void bench.call('done', { tenant: 't' });
  await settle();
  void bench.call('waits', { tenant: 't' });
  await settle();
  const { partitions } = governorOf(bench).waits;
  const partition = [...partitions.values()][0];
  const lane = [...(partition?.lanes.values() ?? [])][0];
  const found = [partition?.root, ...(lane?.scopes ?? [])].find((one) => one?.name === name);
  return { bench, scope: found as QueuedScope };
}

const governorOf = ({ line }: Bench): Governor => (line as unknown as { governor: Governor }).governor;

describe('findStalledCalls finds calls that nothing will wake', () => {
  it.each<[string, Held, string]>([
    ['the credential', 'credential', ROOT],
    ['another scope', 'tenant', 'tenant:t'],
  ])('if the timer of %s is missing', async (_, by, name) => {
    const { bench, scope } = await waiting(by, name);
    expect(findStalledCalls(bench.line)).toEqual([]);
    scope.timer = undefined;
    const whose = by === 'tenant' ? ' of GET /x' : '';
    expect(findStalledCalls(bench.line)).toEqual([
      `1 calls${whose} wait for ${name}: it is free in 60000 ms, but there is no timer`,
    ]);
  });

  it.each<[string, Held, string]>([
    ['the credential', 'credential', ROOT],
    ['another scope', 'tenant', 'tenant:t'],
  ])('if the timer of %s is too late', async (_, by, name) => {
    const { bench, scope } = await waiting(by, name);
    scope.timer = { at: 90_000, stop: () => undefined };
    expect(findStalledCalls(bench.line)).toEqual([expect.stringContaining('the timer is 30000 ms too late')]);
  });

  it('if the scope does not know their lane', async () => {
    const { bench, scope } = await waiting('tenant', 'tenant:t');
    scope.parked.clear();
    expect(findStalledCalls(bench.line)).toEqual([
      expect.stringContaining('the scope does not know the waiting calls'),
    ]);
  });

  it('if only an answer can free the scope, and no attempt is on the wire', async () => {
    const bench = new Bench({ bulkhead: { maxConcurrent: 1, scope: 'route' } });
    void bench.calls(2, 'c', { reply: () => ({ ms: 100 }) });
    await settle();
    expect(findStalledCalls(bench.line)).toEqual([]);
    const [partition] = governorOf(bench).waits.partitions.values();
    for (const lane of partition?.lanes.values() ?? []) {
      const scope = lane.parkedAt as QueuedScope;
      scope.maxConcurrent = scope.inFlight = 0;
    }
    expect(findStalledCalls(bench.line)).toEqual([
      expect.stringContaining('there is neither an attempt on the wire nor an exchange with the store'),
    ]);
  });

  it('if their lane neither waits for a scope nor competes', async () => {
    const { bench } = await waiting('tenant', 'tenant:t');
    const [partition] = governorOf(bench).waits.partitions.values();
    for (const lane of partition?.lanes.values() ?? []) lane.unpark();
    expect(findStalledCalls(bench.line)).toEqual(['1 calls of GET /x wait for no scope, and nothing will wake them']);
  });

  it('after each step of the clock', async () => {
    const { bench, scope } = await waiting('tenant', 'tenant:t');
    expect(() => assertNoStalledCalls(bench.line)).not.toThrow();
    await bench.clock.advance(100);
    scope.timer?.stop();
    scope.timer = undefined;
    await expect(bench.clock.advance(1)).rejects.toThrow(/nothing will wake these calls:\n1 calls of GET \/x wait for/);
  });
});

describe('a check of the clock', () => {
  it('runs before the first timer and after each timer, when promises have settled, until it is undone', async () => {
    const clock = new VirtualClock();
    const seen: string[] = [];
    let settled = 0;
    for (const ms of [10, 20]) clock.setTimer(ms, () => void Promise.resolve().then(() => settled++));
    const undo = clock.afterEachStep(() => void seen.push(`${clock.now()}:${settled}`));
    await clock.advance(15);
    await clock.run();
    expect(seen).toEqual(['0:0', '10:1', '15:1', '20:2']);
    undo();
    await clock.advance(5);
    expect(seen).toHaveLength(4);
  });
});

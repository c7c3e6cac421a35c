import { describe, expect, it } from 'vitest';
import { assertNoStalledCalls, findStalledCalls, settle, VirtualClock } from '../testing.js';
import type { Governor } from '../policies/governor/governor.js';
import { Bench, ROOT } from '../policies/governor/platform.fixture.js';
import type { Quota } from '../policies/governor/options.js';
import type { Scope } from '../policies/governor/limits/scope.js';

/** Scopes that hold the calls of these tests back. */
type Held = 'credential' | 'tenant';

const perMinute = (scope: Held): Quota => ({ limit: 1, windowMs: 60_000, scope, enforcement: 'sliding' });

/** A line with one call done and one that waits for this scope. */
async function waiting(scope: Held, name: string): Promise<{ bench: Bench; scope: Scope }> {
  const bench = new Bench({ governor: { quotas: [perMinute(scope)] } });
  void bench.call('done', { tenant: 't' });
  await settle();
  void bench.call('waits', { tenant: 't' });
  await settle();
  const { domains } = governorOf(bench).waits;
  const domain = [...domains.values()][0];
  const lane = [...(domain?.lanes.values() ?? [])][0];
  const found = [domain?.root, ...(lane?.scopes ?? [])].find((one) => one?.name === name);
  return { bench, scope: found as Scope };
}

const governorOf = ({ line }: Bench): Governor => (line as unknown as { governor: Governor }).governor;

describe('calls that nothing will wake are found', () => {
  it.each<[string, Held, string]>([
    ['the credential', 'credential', ROOT],
    ['another scope', 'tenant', 'tenant:t'],
  ])('where the timer of %s is gone', async (_, by, name) => {
    const { bench, scope } = await waiting(by, name);
    expect(findStalledCalls(bench.line)).toEqual([]);
    scope.timer = undefined;
    const whose = by === 'tenant' ? ' of GET /x' : '';
    expect(findStalledCalls(bench.line)).toEqual([
      `1 calls${whose} wait for ${name}: it is free in 60000 ms, and there is no timer`,
    ]);
  });

  it.each<[string, Held, string]>([
    ['the credential', 'credential', ROOT],
    ['another scope', 'tenant', 'tenant:t'],
  ])('where the timer of %s waits for something else', async (_, by, name) => {
    const { bench, scope } = await waiting(by, name);
    scope.timer = { at: 90_000, stop: () => undefined };
    expect(findStalledCalls(bench.line)).toEqual([expect.stringContaining('the timer is 30000 ms too late')]);
  });

  it('where the scope that holds their lane back does not know of it', async () => {
    const { bench, scope } = await waiting('tenant', 'tenant:t');
    scope.parked.clear();
    expect(findStalledCalls(bench.line)).toEqual([expect.stringContaining('the scope does not know that they wait')]);
  });

  it('where only an answer can tell, and none is on its way', async () => {
    const bench = new Bench({ bulkhead: { maxConcurrent: 1, scope: 'route' } });
    void bench.calls(2, 'c', { reply: () => ({ ms: 100 }) });
    await settle();
    expect(findStalledCalls(bench.line)).toEqual([]);
    const [domain] = governorOf(bench).waits.domains.values();
    for (const lane of domain?.lanes.values() ?? []) {
      const scope = lane.parkedAt as Scope;
      scope.maxConcurrent = scope.inFlight = 0;
    }
    expect(findStalledCalls(bench.line)).toEqual([
      expect.stringContaining('there is neither an attempt on the wire nor an exchange with the store'),
    ]);
  });

  it('where no lane is set aside, and none competes', async () => {
    const { bench } = await waiting('tenant', 'tenant:t');
    const [domain] = governorOf(bench).waits.domains.values();
    for (const lane of domain?.lanes.values() ?? []) lane.unpark();
    expect(findStalledCalls(bench.line)).toEqual(['1 calls of GET /x wait for nothing, and nothing lets them go']);
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
  it('runs before the first timer and after each, when promises have settled, until it is undone', async () => {
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

import { describe, expect, it } from 'vitest';
import { definePolicy } from '../../pipeline/order.js';
import type { Phase } from '../../contract/policy.js';
import { Bench } from './platform.fixture.js';

const quota = { governor: { quotas: [{ limit: 2, windowMs: 1000 }] } };

/** A user's policy that runs `fn` for the first attempt, before or after the inner policies. */
function once(phase: Phase, when: 'before' | 'after', fn: () => unknown): ReturnType<ReturnType<typeof definePolicy>> {
  let done = false;
  return definePolicy({
    name: 'once',
    phase,
    create: () => async (call, next) => {
      const first = !done;
      done = true;
      if (first && when === 'before') await fn();
      const outcome = await next(call);
      if (first && when === 'after') await fn();
      return outcome;
    },
  })();
}

const fail = (): never => {
  throw new Error('mine');
};

describe('a permit of an attempt that fails in an inner policy', () => {
  it('is free at once if nothing was sent', async () => {
    const bench = new Bench(quota);
    bench.line.use(once('sign', 'before', fail));
    void bench.calls(3, 'c');
    await bench.clock.run();
    expect(bench.wire).toBe('c2@0 c3@0');
    expect(bench.errorOf('c1')?.message).toBe('mine');
  });

  it('counts for its window if the attempt was sent', async () => {
    const bench = new Bench(quota);
    bench.line.use(once('sign', 'after', fail));
    void bench.calls(3, 'c');
    await bench.clock.run();
    expect(bench.wire).toBe('c1@0 c2@0 c3@1000');
    expect(bench.line.snapshot()).toMatchObject({ calls: 0, inFlight: 0 });
  });
});

describe('an engine’s slot', () => {
  it('is released with the permit if the attempt fails in an inner policy', async () => {
    let held = 0;
    const acquire = (): Promise<() => void> => Promise.resolve((held++, () => void held--));
    const bench = new Bench({ governor: { ...quota.governor, engine: { name: 'counts', acquire } } });
    bench.line.use(once('sign', 'before', fail));
    void bench.calls(3, 'c');
    await bench.clock.run();
    expect(bench.wire).toBe('c2@0 c3@0');
    expect([bench.errorOf('c1')?.message, held]).toEqual(['mine', 0]);
  });
});

describe('a call aborted between its permit and its attempt', () => {
  it('does not enter the inner policies, and gives the permit back', async () => {
    const bench = new Bench({ governor: { quotas: [{ limit: 1, windowMs: 1000 }] } });
    const controller = new AbortController();
    const signed: number[] = [];
    const signing = definePolicy({
      name: 'signing',
      phase: 'sign',
      create: () => (call, next) => (signed.push(bench.clock.now()), next(call)),
    });
    bench.line.use(signing());
    const { setTimer } = bench.clock;
    bench.clock.setTimer = (ms, fn) =>
      setTimer.call(bench.clock, ms, () => {
        fn();
        controller.abort();
      });
    void bench.call('a');
    void bench.call('b', { signal: controller.signal });
    void bench.call('c');
    await bench.clock.run();
    expect([bench.failures, bench.wire, signed]).toEqual(['b:AbortError', 'a@0 c@1000', [0, 1000]]);
  });
});

import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../index.js';
import { settle, VirtualClock } from '../../testing.js';
import { Lender } from './lender.fixture.js';
import type { GovernorOptions, Quota } from './options.js';
import { Bench, expectIdle } from './platform.fixture.js';

const quotas = (...all: Quota[]): { governor: GovernorOptions } => ({ governor: { quotas: all } });
const perSecond = (limit: number, more: Partial<Quota> = {}): Quota => ({
  limit,
  windowMs: 1000,
  enforcement: 'sliding',
  ...more,
});

describe('the timer of a scope', () => {
  it('is set for the call that can leave first, in any order of parking', async () => {
    for (const first of ['heavy', 'light']) {
      const bench = new Bench(quotas(perSecond(3, { scope: 'tenant' })));
      const heavy = (): void => void bench.call('heavy', { tenant: 't', path: '/h', weight: 3 });
      void bench.call('early', { tenant: 't', path: '/l' });
      await bench.clock.advance(300);
      void bench.calls(2, 'late', { tenant: 't', path: '/l' });
      await settle();
      if (first === 'heavy') heavy();
      void bench.call('light', { tenant: 't', path: '/l', priority: 'high' });
      if (first === 'light') heavy();
      // One timer of the scope, and none of the attempts on the wire.
      expect(bench.clock.pending).toBe(1);
      await bench.clock.run();
      expect(bench.wire).toBe('early@0 late1@300 late2@300 light@1000 heavy@2000');
      expectIdle(bench);
    }
  });

  it('is not set if only an answer can free permits', async () => {
    const bench = new Bench({ bulkhead: { maxConcurrent: 1, scope: 'route' } });
    void bench.call('a', { reply: () => ({ ms: 100 }) });
    void bench.call('b');
    await settle();
    expect(bench.clock.pending).toBe(1);
    await bench.clock.run();
    expect(bench.wire).toBe('a@0 b@100');
    expectIdle(bench);
  });

  it('is stopped when the last call that waits for the scope leaves', async () => {
    const bench = new Bench(quotas(perSecond(1, { scope: 'tenant' }), perSecond(3)));
    const [x, y] = [new AbortController(), new AbortController()];
    void bench.call('a', { tenant: 't' });
    void bench.call('x', { tenant: 't', path: '/x', signal: x.signal });
    void bench.call('y', { tenant: 't', path: '/y', signal: y.signal });
    await settle();
    x.abort();
    expect(bench.clock.pending).toBe(1);
    y.abort();
    expect(bench.clock.pending).toBe(0);
  });
});

describe('a light call', () => {
  it('passes a heavy call of the same lane that lacks permits', async () => {
    const bench = new Bench(quotas(perSecond(3, { scope: 'tenant' })));
    void bench.call('a', { tenant: 't' });
    await settle();
    void bench.call('heavy', { tenant: 't', weight: 3 });
    await settle();
    void bench.call('light', { tenant: 't', priority: 'high' });
    await settle();
    expect(bench.wire).toBe('a@0 light@0');
    await bench.clock.run();
    expect(bench.wire).toBe('a@0 light@0 heavy@1000');
  });

  it.each<[string, Quota]>([
    ['the credential', perSecond(4)],
    ['another scope', perSecond(4, { scope: 'tenant' })],
  ])('leaves when the heavy call before it gives up waiting for %s', async (_, quota) => {
    const bench = new Bench(quotas(quota));
    const heavy = new AbortController();
    void bench.call('a', { tenant: 't' });
    await settle();
    void bench.call('heavy', { tenant: 't', weight: 4, signal: heavy.signal });
    void bench.calls(2, 'b', { tenant: 't' });
    await settle();
    expect(bench.order).toBe('a');
    heavy.abort();
    await bench.clock.advance(0);
    expect(bench.order).toBe('a b1 b2');
    await bench.clock.run();
    expectIdle(bench);
  });
});

it('an overdue light call leaves when it has permits, not when the heavy call before it has (issue 13, chaos)', async () => {
  const bench = new Bench({ governor: { ...quotas(perSecond(3)).governor, agingMs: 200 } });
  void bench.call('a');
  await bench.clock.advance(300);
  void bench.call('b', { weight: 2 });
  await bench.clock.advance(10);
  void bench.call('light', { priority: 'low' });
  await bench.clock.advance(90);
  void bench.call('heavy', { priority: 'high', weight: 3 });
  await bench.clock.run();
  expect(bench.wire).toBe('a@0 b@300 light@1000 heavy@2000');
  expectIdle(bench);
});

it('a heavy call gets a timer when the light call that waited for the store leaves (issue 13, chaos)', async () => {
  const clock = new VirtualClock();
  const lender = new Lender(clock);
  // A bucket has one permit left, and the store lends none: one permit may come at once, two come later.
  const quota = { limit: 4, windowMs: 40_000, shape: 'smooth', burst: 2, enforcement: 'sliding' } as const;
  const bench = new Bench({ store: { ...memoryStore(), leases: lender }, governor: { quotas: [quota] } }, 1, clock);
  void bench.call('first');
  await clock.advance(100);
  lender.lends = false;
  void bench.call('heavy', { priority: 'low', weight: 2 });
  const abort = new AbortController();
  void bench.call('light', { priority: 'high', signal: abort.signal });
  await clock.advance(100);
  abort.abort();
  await clock.advance(100);
  lender.lends = true;
  await clock.run();
  expect(bench.order).toBe('first heavy');
  expectIdle(bench);
});

describe('credentials', () => {
  it('take turns if all of them have permits', async () => {
    const bench = new Bench(quotas(perSecond(1)));
    for (const credential of ['a', 'b']) {
      void bench.call('now', { credential });
      void bench.calls(3, credential, { credential });
    }
    await settle();
    bench.line.update(quotas(perSecond(4)));
    await settle();
    expect(bench.order).toBe('now now a1 b1 a2 b2 a3 b3');
  });
});

describe('the event loop', () => {
  it('gets a turn while thousands of permits become free at once', async () => {
    const bench = new Bench({ governor: { quotas: [{ limit: 5_000, windowMs: 1000 }] } });
    void bench.calls(10_000, 'c');
    await bench.clock.advance(999);
    expect(bench.sent.length).toBe(5_000);
    const turns: number[] = [];
    const { setTimer } = bench.clock;
    bench.clock.setTimer = (ms, fn) =>
      setTimer.call(bench.clock, ms, () => {
        fn();
        turns.push(bench.line.snapshot().inFlight);
      });
    bench.reply = () => ({ ms: 10 });
    await bench.clock.advance(2);
    expect(bench.sent.length).toBe(10_000);
    expect(turns.length).toBeGreaterThanOrEqual(9);
    for (let i = 1; i < turns.length; i++)
      expect((turns[i] as number) - (turns[i - 1] as number)).toBeLessThanOrEqual(500);
  });

  it('gets a turn if thousands of lanes wait behind a heavy call; all calls leave in the end', async () => {
    const bench = new Bench(quotas({ limit: 1_500, windowMs: 1000, scope: 'tenant' }));
    void bench.call('a', { tenant: 't' });
    void bench.call('heavy', { tenant: 't', weight: 1_500 });
    for (let i = 0; i < 1_200; i++)
      void bench.call(`c${i}`, { tenant: 't', path: `/${'abcdefghij'[i % 10]}/p${'q'.repeat(i / 10)}` });
    await bench.clock.advance(999);
    expect(bench.order).toBe('a');
    await bench.clock.advance(1);
    expect(bench.order).toBe('a heavy');
    await bench.clock.run(20_000);
    expect(bench.sent.length).toBe(1_202);
    expectIdle(bench);
  });

  it.each<[string, costMs: number, slices: number[]]>([
    ['cost nothing', 0, [100, 200, 400, 500, 500, 500]],
    ['cost little', 0.01, [100, 200, 400, 400, 400, 400]],
    ['cost a lot', 1, [50, 50, 50, 50, 50, 50]],
  ])('gets a turn after a number of calls that depends on their cost: they %s', async (_, costMs, slices) => {
    const bench = new Bench({ governor: { quotas: [{ limit: 5_000, windowMs: 60_000 }] } });
    void bench.calls(10_000, 'c');
    await bench.clock.advance(59_999);
    expect(bench.sent.length).toBe(5_000);
    let spentMs = 0;
    const { now, setTimer } = bench.clock;
    bench.clock.now = () => now.call(bench.clock) + spentMs;
    bench.reply = () => ((spentMs += costMs), { hangs: true });
    const sentBefore: number[] = [];
    bench.clock.setTimer = (ms, fn) =>
      setTimer.call(bench.clock, ms, () => {
        sentBefore.push(bench.sent.length);
        fn();
      });
    await bench.clock.advance(1);
    const sent = sentBefore.slice(1).map((n, i) => n - (sentBefore[i] as number));
    expect(sent.slice(0, 6)).toEqual(slices);
  });
});

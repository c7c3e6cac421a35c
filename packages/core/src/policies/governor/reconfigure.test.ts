import { describe, expect, it } from 'vitest';
import { definePolicy } from '../../pipeline/order.js';
import { settle } from '../../testing.js';
import type { GovernorOptions, Quota } from './options.js';
import { Bench, expectIdle, ROOT, type CallSpec, type Reply } from './platform.fixture.js';

// Issue 13, section 1: a call from before an `update()` undid it (c03), and a heavy call was left waiting (c04).

const perMinute = (limit: number, more: Partial<Quota> = {}): { governor: GovernorOptions } => ({
  governor: { quotas: [{ limit, windowMs: 60_000, enforcement: 'sliding', ...more }] },
});

/** A call that loses its first answer, and retries after a second. */
function old(): CallSpec {
  let attempts = 0;
  return { path: '/old', reply: (): Reply => (attempts++ === 0 ? { fails: 'unknown' } : {}) };
}

const RETRY = { retry: { backoff: [1_000] } };
const limitOf = (bench: Bench): number | undefined => bench.scope(ROOT)?.quotas[0]?.limit;

describe('a call from before an update that is retried after it', () => {
  it('follows the new options, and does not restore the old ones (c03)', async () => {
    const bench = new Bench({ ...perMinute(100), ...RETRY });
    void bench.call('old', old());
    await bench.clock.advance(100);
    bench.line.update(perMinute(3));
    void bench.calls(50, 'new');
    await bench.clock.advance(2_000);
    expect([bench.sent.length, limitOf(bench)]).toEqual([3, 3]);
    await bench.clock.run();
    expectIdle(bench);
  });

  it('leaves no heavy call waiting that fits the new limit but not the old one (c04)', async () => {
    const bench = new Bench({ ...perMinute(4), ...RETRY });
    void bench.call('old', old());
    await bench.clock.advance(100);
    bench.line.update(perMinute(8));
    void bench.calls(5, 'new');
    void bench.call('heavy', { weight: 5 });
    void bench.calls(5, 'after');
    await bench.clock.run();
    expect([bench.settled.length, bench.failures]).toEqual([12, '']);
    expectIdle(bench);
  });

  it('needs permits of added scopes', async () => {
    const bench = new Bench({ ...perMinute(100), ...RETRY });
    void bench.call('old', { ...old(), tenant: 't' });
    await bench.clock.advance(100);
    bench.line.update(perMinute(1, { scope: 'tenant' }));
    void bench.call('new', { tenant: 't' });
    await bench.clock.advance(2_000);
    expect(bench.order).toBe('old new');
    await bench.clock.run();
    expect(bench.order).toBe('old new old');
  });

  it('does not restore old limits if its route has no governor any more', async () => {
    const bench = new Bench({ ...perMinute(100), ...RETRY });
    void bench.call('old', old());
    await bench.clock.advance(100);
    bench.line.update({ ...perMinute(3), endpoints: { 'GET /old': { governor: false } } });
    void bench.calls(50, 'new');
    await bench.clock.advance(2_000);
    expect(limitOf(bench)).toBe(3);
    expect(bench.sent.filter(({ id }) => id !== 'old').length).toBe(2);
  });

  it('does not restore old options of the breaker', async () => {
    const breaker = (minAttempts: number) => ({ breaker: { scope: 'credential' as const, minAttempts } });
    const bench = new Bench({ ...breaker(1_000), ...RETRY });
    void bench.call('old', old());
    await bench.clock.advance(100);
    bench.line.update(breaker(3));
    await bench.clock.advance(800);
    void bench.calls(3, 'new', { path: '/old', reply: () => ({ status: 500, ms: 500 }) });
    await bench.clock.advance(1_000);
    expect(bench.order).toBe('old new1 new2 new3 old');
    expect(bench.line.snapshot().breakers[0]?.state).toBe('open');
  });

  it('does not restore an old retry budget', async () => {
    const budget = (capacity: number, perSuccess: number) => ({
      retry: { backoff: [1_000], budget: { capacity, perSec: 0, perSuccess } },
    });
    const bench = new Bench(budget(10, 1));
    const fails = { reply: (): Reply => ({ fails: 'unknown' }) };
    void bench.call('old', { path: '/old', ...fails });
    await bench.clock.advance(100);
    bench.line.update(budget(1, 0));
    void bench.call('spends', old());
    await bench.clock.advance(2_000);
    await Promise.all(bench.calls(3, 'passes'));
    void bench.call('late', fails);
    await bench.clock.run();
    expect(bench.sent.filter(({ id }) => id === 'late').length).toBe(1);
  });
});

describe('a waiting heavy call whose limit falls below its weight', () => {
  it('is refused at once with its route, its weight and the limit', async () => {
    const bench = new Bench(perMinute(8));
    void bench.calls(8, 'first');
    void bench.call('heavy', { path: '/heavy', weight: 5 });
    await settle();
    bench.line.update(perMinute(4));
    await settle();
    expect(bench.errorOf('heavy')).toMatchObject({
      name: 'QueueFullError',
      message: 'GET /heavy was not sent: its weight 5 is above the quota of the credential (4 permits in 60 s)',
    });
  });

  it('is refused even if the line has forgotten its route', async () => {
    const bench = new Bench(perMinute(8));
    void bench.calls(8, 'first');
    void bench.call('heavy', { path: '/heavy', weight: 5 });
    await settle();
    bench.line.use(definePolicy({ name: 'other', phase: 'observe', create: () => (call, next) => next(call) })());
    bench.line.update(perMinute(4));
    await settle();
    expect(bench.errorOf('heavy')?.name).toBe('QueueFullError');
  });

  it('is refused if another route applies the new limit to a shared scope', async () => {
    const tenant = { scope: 'tenant' as const, name: 'tenant' };
    const bench = new Bench({ ...perMinute(8, tenant), endpoints: { 'GET /heavy': { priority: 'low' } } });
    void bench.calls(8, 'first', { tenant: 't', credential: 'b' });
    void bench.call('heavy', { path: '/heavy', weight: 5, tenant: 't', credential: 'a' });
    await settle();
    bench.line.update({ ...perMinute(4, tenant), endpoints: { 'GET /heavy': { governor: false } } });
    await settle();
    expect(bench.errorOf('heavy')?.name).toBe('QueueFullError');
  });
});

it('new options wake waiting calls of a route that the line has forgotten', async () => {
  const bench = new Bench(perMinute(1));
  void bench.calls(3, 'c');
  await settle();
  bench.line.use(definePolicy({ name: 'other', phase: 'observe', create: () => (call, next) => next(call) })());
  bench.line.update(perMinute(3));
  await bench.clock.advance(0);
  expect(bench.order).toBe('c1 c2 c3');
});

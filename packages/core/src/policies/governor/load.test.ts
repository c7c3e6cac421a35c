import { describe, expect, it } from 'vitest';
import { settle } from '../../testing.js';
import type { GovernorOptions, Quota } from './options.js';
import { Bench, expectIdle, maxInWindow, ROOT } from './platform.fixture.js';

// Tests with thousands of calls, which take seconds.
const quotas = (...all: Quota[]): { governor: GovernorOptions } => ({ governor: { quotas: all } });
const perSecond = (limit: number, more: Partial<Quota> = {}): Quota => ({ limit, windowMs: 1000, ...more });

describe('an aborted call', () => {
  it('leaves without a walk through the queue: 50,000 of 100,000 calls abort, one by one, from the middle', async () => {
    const bench = new Bench({ governor: { quotas: [{ limit: 1, windowMs: 60_000 }], maxQueued: Infinity } });
    let looks = 0;
    const { now } = bench.clock;
    bench.clock.now = () => (looks++, now.call(bench.clock));
    void bench.call('first');
    const controllers = Array.from({ length: 100_000 }, (_, i) => {
      const controller = new AbortController();
      void bench.call(`c${i}`, { signal: controller.signal, tenant: `t${i % 100}`, path: `/${'abcdefgh'[i % 8]}` });
      return controller;
    });
    await settle();
    expect(bench.line.snapshot().queued).toBe(100_000);
    looks = 0;
    for (let i = 25_000; i < 75_000; i++) (controllers[i] as AbortController).abort();
    // Each abort reads the clock once, for the waited time of its call. It touches no other call.
    expect(looks).toBeLessThanOrEqual(50_000);
    await settle();
    expect([bench.settled.length, bench.sent.length, bench.line.snapshot().queued]).toEqual([50_001, 1, 50_000]);
    await bench.line.close();
    expect(bench.settled.length).toBe(100_001);
    expectIdle(bench);
  }, 120_000);
});

describe('memory', () => {
  it('of 10,000 scopes, idle ones are removed, and scopes in use stay', async () => {
    const bench = new Bench(
      quotas(perSecond(1, { scope: ({ url }) => url.slice(9), name: 'entity' }), perSecond(100_000, { scope: 'host' })),
    );
    void bench.call('busy', { path: '/e/inflight', reply: () => ({ hangs: true }) });
    void bench.call('gate', { path: '/gate', reply: () => ({ status: 429, headers: { 'retry-after': '100' } }) });
    void bench.call('window', { path: '/e/window' });
    void bench.call('w1', { path: '/e/waiting', reply: () => ({ hangs: true }) });
    void bench.call('w2', { path: '/e/waiting' });
    await settle();
    for (let i = 0; i < 10_000; i++) {
      if (i % 100 === 99) {
        await bench.clock.advance(50);
        void bench.call(`window${i}`, { path: '/e/window' });
      }
      void bench.call(`c${i}`, { path: `/e/${i}` });
    }
    await settle();
    const names = bench.line.snapshot().scopes.map(({ scope }) => scope);
    expect(names.length).toBeLessThan(10_000);
    for (const name of ['entity:/e/inflight', 'entity:/gate', 'entity:/e/window', 'entity:/e/waiting', ROOT])
      expect(names).toContain(name);
    expect(bench.sent.some(({ id }) => id === 'w2')).toBe(false);
    void bench.call('g2', { path: '/gate' });
    await settle();
    expect(bench.sent.some(({ id }) => id === 'g2')).toBe(false);
    const windowSends = bench.sent.filter(({ path }) => path === '/e/window');
    expect(maxInWindow(windowSends, 1000, ({ at }) => at)).toBe(1);
  });

  it('of tenants, credentials and gated routes that are gone is freed', async () => {
    const bench = new Bench(quotas(perSecond(5)));
    for (let i = 0; i < 3_000; i++) {
      const refused = i % 10 === 0 ? { reply: () => ({ status: 429 }) } : {};
      void bench.call(`c${i}`, { credential: `token ${i}`, tenant: `t${i}`, path: `/${i % 7}`, ...refused });
      if (i % 20 === 0) await bench.clock.advance(1000);
    }
    await bench.clock.advance(100_000);
    for (let i = 0; i < 2_500; i++) void bench.call(`d${i}`, { credential: `fresh ${i}` });
    await settle();
    const { queues, scopes } = bench.line.snapshot();
    expect(queues.length).toBeLessThan(3_600);
    expect(scopes.filter(({ gate }) => gate !== 'open').length).toBe(0);
  });
});

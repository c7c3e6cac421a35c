import { describe, expect, it } from 'vitest';
import { settle } from '../../testing.js';
import type { Quota } from './options.js';
import { Bench, ROOT } from './platform.fixture.js';

/** More calls than one slice moves. */
const MANY = 1_300;
const HOUR = 3_600_000;

const closed: Quota = { limit: 1, windowMs: HOUR, name: 'all' };
const open: Quota = { limit: 1_000_000, windowMs: HOUR, name: 'all' };
const perTenant = (limit: number): Quota => ({ limit, windowMs: HOUR, scope: 'tenant', name: 'tenant' });

/** A line with a used-up quota, for which `MANY` calls of two tenants wait. The number of a call is its id. */
function full(): Bench {
  const bench = new Bench({ governor: { quotas: [closed] } });
  void bench.call('first');
  for (let i = 0; i < MANY; i++) void bench.call(String(i), { tenant: i % 2 ? 'a' : 'b' });
  return bench;
}

const idsOf = (bench: Bench): number[] => bench.sent.slice(1).map(({ id }) => Number(id));
const ascending = (ids: number[]): number[] => [...ids].sort((a, b) => a - b);

describe('an update that moves many waiting calls to other lanes', () => {
  it('keeps the order of waiting calls and of calls that come meanwhile', async () => {
    const bench = full();
    await settle();
    bench.line.update({ governor: { quotas: [closed, perTenant(1_000_000)] } });
    for (let i = MANY; i < MANY + 50; i++) void bench.call(String(i), { tenant: i % 2 ? 'a' : 'b' });
    await bench.clock.advance(0);
    bench.line.update({ governor: { quotas: [open, perTenant(1_000_000)] } });
    await bench.clock.advance(0);
    const ids = idsOf(bench);
    expect(ids.length).toBe(MANY + 50);
    for (const odd of [0, 1]) {
      const own = ids.filter((id) => id % 2 === odd);
      expect(own).toEqual(ascending(own));
    }
  });

  it('grants no permits by the old limits, to moved or new calls', async () => {
    const bench = full();
    await settle();
    bench.line.update({ governor: { quotas: [open, perTenant(3)] } });
    void bench.call(String(MANY), { tenant: 'b' });
    await settle();
    await bench.clock.advance(10);
    expect(ascending(idsOf(bench))).toEqual([0, 1, 2, 3, 4, 5]);
    expect(bench.line.snapshot().queued).toBe(MANY - 5);
  });

  it('gives the event loop a turn', async () => {
    const bench = full();
    await settle();
    const before = bench.clock.pending;
    bench.line.update({ governor: { quotas: [closed, perTenant(1)] } });
    expect(bench.clock.pending).toBe(before + 1);
    await bench.clock.advance(0);
    expect(bench.clock.pending).toBe(before);
  });

  it('moves them to the lanes of the last of two updates', async () => {
    const bench = full();
    await settle();
    bench.line.update({ governor: { quotas: [closed, perTenant(1_000_000)] } });
    bench.line.update({ governor: { quotas: [open, perTenant(2), { ...perTenant(3), scope: 'host', name: 'host' }] } });
    await bench.clock.advance(0);
    const ids = idsOf(bench);
    expect(ids.length).toBe(3);
    expect(ids.slice(0, 2).sort()).toEqual([0, 1]);
    expect(bench.scope(ROOT)?.quotas[0]?.limit).toBe(1_000_000);
  });

  it('removes a call that is aborted before its move', async () => {
    const bench = full();
    const abort = new AbortController();
    const calls = bench.calls(20, 'gone', { signal: abort.signal, tenant: 'b' });
    bench.line.update({ governor: { quotas: [open, perTenant(1_000_000)] } });
    abort.abort(new Error('enough'));
    await Promise.all(calls);
    await bench.clock.advance(0);
    expect(bench.sent.length).toBe(MANY + 1);
    expect(bench.sent.some(({ id }) => id.startsWith('gone'))).toBe(false);
    expect(bench.line.snapshot()).toMatchObject({ queued: 0, inFlight: 0, calls: 0 });
  });

  it('leaves nothing behind if the line is closed before all calls have moved', async () => {
    const bench = full();
    await settle();
    bench.line.update({ governor: { quotas: [closed, perTenant(1)] } });
    await bench.line.close();
    expect([bench.clock.pending, bench.sent.length]).toEqual([0, 1]);
    expect(bench.settled.filter(({ error }) => error?.name === 'ClosedError').length).toBe(MANY);
    await bench.clock.advance(HOUR * 2);
    expect(bench.sent.length).toBe(1);
  });

  it('refuses waiting calls, like new ones, if a key function of the user throws', async () => {
    const bench = full();
    await settle();
    const scope = ({ tenant }: { tenant: string | undefined }): string => {
      if (tenant === 'a') throw new Error('no key');
      return 'b';
    };
    bench.line.update({ governor: { quotas: [open, { limit: 5_000, windowMs: HOUR, scope, name: 'own' }] } });
    await bench.clock.advance(0);
    expect(idsOf(bench)).toEqual(Array.from({ length: MANY / 2 }, (_, i) => i * 2));
    expect(bench.settled.filter(({ error }) => error?.message === 'no key').length).toBe(MANY / 2);
  });

  it('removes the stale lanes', async () => {
    const bench = new Bench({ governor: { quotas: [closed, perTenant(1_000)] } });
    void bench.call('first');
    void bench.calls(10, 'c', { tenant: 't' });
    expect(bench.scope('tenant:t')).toBeDefined();
    bench.line.update({ governor: { quotas: [open] } });
    await bench.clock.advance(1_000);
    expect(bench.sent.length).toBe(11);
    for (let i = 0; i < 1_100; i++) void bench.call(`d${i}`, { credential: `fresh ${i}` });
    await settle();
    expect(bench.scope('tenant:t')).toBeUndefined();
  });
});

import { describe, expect, it } from 'vitest';
import { settle } from '../../testing.js';
import type { Quota } from './options.js';
import { Bench, ROOT } from './platform.fixture.js';

/** More than are moved at once. */
const MANY = 1_300;
const HOUR = 3_600_000;

const closed: Quota = { limit: 1, windowMs: HOUR, name: 'all' };
const open: Quota = { limit: 1_000_000, windowMs: HOUR, name: 'all' };
const perTenant = (limit: number): Quota => ({ limit, windowMs: HOUR, scope: 'tenant', name: 'tenant' });

/** A line behind whose used-up quota `MANY` calls of two tenants wait, called by their number. */
function full(): Bench {
  const bench = new Bench({ governor: { quotas: [closed] } });
  void bench.call('first');
  for (let i = 0; i < MANY; i++) void bench.call(String(i), { tenant: i % 2 ? 'a' : 'b' });
  return bench;
}

const numbers = (bench: Bench): number[] => bench.sent.slice(1).map(({ id }) => Number(id));
const ascending = (ids: number[]): number[] => [...ids].sort((a, b) => a - b);

describe('an update that leads many waiting calls through other scopes', () => {
  it('keeps their place, and that of calls that come meanwhile', async () => {
    const bench = full();
    await settle();
    bench.line.update({ governor: { quotas: [closed, perTenant(1_000_000)] } });
    for (let i = MANY; i < MANY + 50; i++) void bench.call(String(i), { tenant: i % 2 ? 'a' : 'b' });
    await bench.clock.advance(0);
    bench.line.update({ governor: { quotas: [open, perTenant(1_000_000)] } });
    await bench.clock.advance(0);
    const ids = numbers(bench);
    expect(ids.length).toBe(MANY + 50);
    for (const odd of [0, 1]) {
      const own = ids.filter((id) => id % 2 === odd);
      expect(own).toEqual(ascending(own));
    }
  });

  it('grants nothing against the old numbers: neither before they have moved, nor to those who come', async () => {
    const bench = full();
    await settle();
    bench.line.update({ governor: { quotas: [open, perTenant(3)] } });
    void bench.call(String(MANY), { tenant: 'b' });
    await settle();
    await bench.clock.advance(10);
    expect(ascending(numbers(bench))).toEqual([0, 1, 2, 3, 4, 5]);
    expect(bench.line.snapshot().queued).toBe(MANY - 5);
  });

  it('gives the event loop its turn', async () => {
    const bench = full();
    await settle();
    const before = bench.clock.pending;
    bench.line.update({ governor: { quotas: [closed, perTenant(1)] } });
    expect(bench.clock.pending).toBe(before + 1);
    await bench.clock.advance(0);
    expect(bench.clock.pending).toBe(before);
  });

  it('that is followed by another leads them where that one says', async () => {
    const bench = full();
    await settle();
    bench.line.update({ governor: { quotas: [closed, perTenant(1_000_000)] } });
    bench.line.update({ governor: { quotas: [open, perTenant(2), { ...perTenant(3), scope: 'host', name: 'host' }] } });
    await bench.clock.advance(0);
    const ids = numbers(bench);
    expect(ids.length).toBe(3);
    expect(ids.slice(0, 2).sort()).toEqual([0, 1]);
    expect(bench.scope(ROOT)?.quotas[0]?.limit).toBe(1_000_000);
  });

  it('takes out whoever gives up before it has moved', async () => {
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

  it('leaves nothing behind when the line is closed before all have moved', async () => {
    const bench = full();
    await settle();
    bench.line.update({ governor: { quotas: [closed, perTenant(1)] } });
    await bench.line.close();
    expect([bench.clock.pending, bench.sent.length]).toEqual([0, 1]);
    expect(bench.settled.filter(({ error }) => error?.name === 'ClosedError').length).toBe(MANY);
    await bench.clock.advance(HOUR * 2);
    expect(bench.sent.length).toBe(1);
  });

  it('refuses those whom a key function of the user fails for, as it would a new call', async () => {
    const bench = full();
    await settle();
    const scope = ({ tenant }: { tenant: string | undefined }): string => {
      if (tenant === 'a') throw new Error('no key');
      return 'b';
    };
    bench.line.update({ governor: { quotas: [open, { limit: 5_000, windowMs: HOUR, scope, name: 'own' }] } });
    await bench.clock.advance(0);
    expect(numbers(bench)).toEqual(Array.from({ length: MANY / 2 }, (_, i) => i * 2));
    expect(bench.settled.filter(({ error }) => error?.message === 'no key').length).toBe(MANY / 2);
  });

  it('forgets the lanes they came from', async () => {
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

import { describe, expect, it } from 'vitest';
import { settle } from '../../testing.js';
import type { Quota } from './options.js';
import { Bench, ROOT, ROUTE, type Reply } from './platform.fixture.js';

const refusal = (seconds: number, more: Reply = {}): (() => Reply) => {
  return () => ({ status: 429, headers: { 'retry-after': String(seconds) }, ...more });
};
const bench = (quotas: Quota[]): Bench => new Bench({ governor: { quotas, gateJitterMs: 0 }, retry: {} });
const closed = ({ line }: Bench): string[] =>
  line
    .snapshot()
    .scopes.filter(({ gate }) => gate !== 'open')
    .map(({ scope }) => scope);
/** `name: refusals` of every quota that learned something. */
const taught = ({ line }: Bench): string[] =>
  line
    .snapshot()
    .scopes.flatMap(({ scope, quotas, learned }) =>
      [...quotas, ...(learned ? [learned] : [])].map((one) => [one.name ?? scope, one.evidence.refusals] as const),
    )
    .filter(([, refusals]) => refusals > 0)
    .map(([name, refusals]) => `${name}: ${refusals}`);

describe('a refused trial', () => {
  it('is attributed to the quota of the trial, even if another quota is used up', async () => {
    const it = bench([
      { limit: 6, windowMs: 10_000, name: 'credential.rate', enforcement: 'sliding' },
      { limit: 5, windowMs: 10_000, name: 'tenant.rate', scope: 'tenant' },
    ]);
    void it.calls(5, 'c', { tenant: 't' });
    await it.clock.advance(0);
    void it.call('trial', { tenant: 't', reply: () => (it.sent.length === 6 ? refusal(7)() : {}) });
    await it.clock.advance(2_000);
    expect(it.wire).toBe('c1@0 c2@0 c3@0 c4@0 c5@0 trial@2000');
    expect([closed(it), taught(it)]).toEqual([['tenant:t'], ['tenant.rate: 1']]);
    await it.clock.run();
    expect(it.failures).toBe('');
  });

  it('is attributed to the route of the trial, even if the quota of the credential is used up', async () => {
    const it = bench([{ limit: 12, windowMs: 60_000, enforcement: 'sliding' }]);
    void it.calls(5, 'c');
    await it.clock.advance(0);
    void it.call('refused', { reply: () => (it.sent.length === 6 ? refusal(10)() : {}) });
    await it.clock.advance(10_000);
    void it.calls(4, 'd');
    await it.clock.advance(0);
    void it.call('trial', { reply: () => (it.sent.length === 12 ? refusal(9)() : {}) });
    await it.clock.advance(1_000);
    expect(it.line.snapshot().scopes.find(({ scope }) => scope === ROUTE('/x'))?.learned?.evidence.trials).toBe(1);
    expect(closed(it)).toEqual([ROUTE('/x')]);
  });
});

describe('a refusal with a limit to discover', () => {
  const quota: Quota = { limit: 'discover', windowMs: 10_000, name: 'all' };

  it('is attributed to that limit if no other route uses it', async () => {
    const it = bench([quota]);
    void it.calls(5, 'c');
    await settle();
    void it.call('refused', { reply: refusal(9) });
    await settle();
    expect([closed(it), taught(it)]).toEqual([[ROOT], ['all: 1']]);
    expect(it.scope(ROOT)?.quotas[0]).toMatchObject({ limit: 5, given: 'discover' });
  });

  it('is attributed to the route if other routes use the limit too', async () => {
    const it = bench([quota]);
    void it.call('other', { path: '/y' });
    void it.calls(5, 'c');
    await settle();
    void it.call('refused', { reply: refusal(9) });
    await settle();
    expect([closed(it), taught(it)]).toEqual([[ROUTE('/x')], [`${ROUTE('/x')}: 1`]]);
    expect(it.scope(ROOT)?.quotas[0]?.limit).toBeUndefined();
  });

  it('is attributed to the limit if other routes were used for another tenant only', async () => {
    const it = bench([{ ...quota, scope: 'tenant' }]);
    void it.call('other', { path: '/y', tenant: 'u' });
    void it.calls(5, 'c', { tenant: 't' });
    await settle();
    void it.call('refused', { tenant: 't', reply: refusal(9) });
    await settle();
    expect([closed(it), taught(it)]).toEqual([['tenant:t'], ['all: 1']]);
  });

  it('is attributed to the limit if other routes used it more than a window ago', async () => {
    const it = bench([quota]);
    void it.call('other', { path: '/y' });
    await it.clock.advance(10_000);
    void it.calls(5, 'c');
    await settle();
    void it.call('refused', { reply: refusal(9) });
    await settle();
    expect([closed(it), taught(it)]).toEqual([[ROOT], ['all: 1']]);
  });

  it('is attributed to the limit if two routes are refused until the same moment; neither route learns a limit', async () => {
    const it = bench([quota]);
    for (const path of ['/x', '/y']) void it.calls(3, path, { path });
    await settle();
    void it.call('first', { path: '/x', reply: refusal(9) });
    void it.call('second', { path: '/y', reply: refusal(9) });
    await settle();
    expect(closed(it)).toContain(ROOT);
    // The first refusal was attributed to the route, so the limit may have counted its attempt.
    expect(it.scope(ROOT)?.quotas[0]).toMatchObject({ limit: 7, evidence: { refusals: 1 } });
    for (const { learned } of it.line.snapshot().scopes) expect(learned).toBeUndefined();
  });

  it('is attributed to the routes if they are refused until different moments', async () => {
    const it = bench([quota]);
    for (const path of ['/x', '/y']) void it.calls(3, path, { path });
    await settle();
    void it.call('first', { path: '/x', reply: refusal(9) });
    void it.call('second', { path: '/y', reply: refusal(8) });
    await settle();
    expect(closed(it).sort()).toEqual([ROUTE('/x'), ROUTE('/y')]);
    expect(it.scope(ROOT)?.quotas[0]?.limit).toBeUndefined();
  });

  it('is attributed to the limit that the platform names', async () => {
    const it = bench([quota, { limit: 99, windowMs: 1_000, scope: 'tenant', name: 'org' }]);
    void it.call('refused', { tenant: 't', reply: refusal(9, { limitKey: 'org' }) });
    await settle();
    expect([closed(it), taught(it)]).toEqual([['tenant:t'], ['org: 1']]);
  });
});

describe('routes refused until the same moment', () => {
  const quota: Quota = { limit: 100, windowMs: 10_000, name: 'all' };

  it('attribute the refusals to the credential from three routes on, even if one has its own limit', async () => {
    const own = { governor: { quotas: [{ limit: 50, windowMs: 10_000 }] } };
    const it = new Bench({ governor: { quotas: [quota], gateJitterMs: 0 }, retry: {}, endpoints: { 'GET /own': own } });
    for (const path of ['/own', '/x', '/y']) void it.call(path, { path, reply: refusal(9) });
    await settle();
    expect(closed(it)).toContain(ROOT);
    expect(taught(it)).toContain('all: 1');
  });

  it('do not count a route twice that is refused twice', async () => {
    const it = bench([quota]);
    for (const path of ['/y', '/x', '/x']) void it.call(path, { path, reply: refusal(9) });
    await settle();
    expect(closed(it).sort()).toEqual([ROUTE('/x'), ROUTE('/y')]);
  });
});

describe('what a refusal teaches', () => {
  it('concerns one of two quotas in a scope; the other quota counts the attempt', async () => {
    const it = bench([
      { limit: 20, windowMs: 10_000, name: 'long' },
      { limit: 5, windowMs: 1_000, name: 'short', enforcement: 'sliding' },
    ]);
    void it.calls(4, 'c');
    await settle();
    void it.call('refused', { reply: refusal(1, { limitKey: 'short' }) });
    await settle();
    expect(taught(it)).toEqual(['short: 1']);
    const [long, short] = it.scope(ROOT)?.quotas ?? [];
    expect([long?.limit, long?.used, short?.limit, short?.used]).toEqual([20, 5, 4, 4]);
  });

  it('is nothing after a 503', async () => {
    const it = bench([{ limit: 5, windowMs: 1_000, name: 'q' }]);
    void it.call('refused', { reply: () => ({ status: 503, headers: { 'retry-after': '1' } }) });
    await settle();
    expect([taught(it), it.scope(ROOT)?.quotas[0]?.used]).toEqual([[], 1]);
  });

  it('is reported as one event per finding', async () => {
    const it = bench([{ limit: 'discover', windowMs: 10_000 }]);
    const told = it.events('quotaLearned');
    void it.calls(5, 'c');
    await settle();
    void it.call('a', { reply: refusal(10) });
    void it.call('b', { reply: refusal(10) });
    await settle();
    expect(told).toEqual([{ scope: ROOT, limit: 5, windowMs: 10_000, counts: 'sliding' }]);
  });
});

describe('scopes of one quota', () => {
  it('share a finding: one trial is enough', async () => {
    const it = bench([{ limit: 5, windowMs: 10_000, name: 'q', scope: 'tenant' }]);
    const asked = (tenant: string): number => it.scope(`tenant:${tenant}`)?.quotas[0]?.evidence.trials ?? -1;
    void it.calls(5, 'a', { tenant: 'a' });
    await it.clock.advance(0);
    void it.call('trial', { tenant: 'a', reply: () => (it.sent.length === 6 ? refusal(8)() : {}) });
    await it.clock.advance(2_000);
    expect([asked('a'), it.scope('tenant:a')?.quotas[0]?.counts]).toEqual([1, 'sliding']);
    void it.calls(10, 'b', { tenant: 'b' });
    await it.clock.advance(9_999);
    expect(it.sent.filter(({ id }) => id.startsWith('b')).length).toBe(5);
    expect([asked('b'), it.scope('tenant:b')?.quotas[0]?.counts]).toEqual([0, 'sliding']);
  });
});

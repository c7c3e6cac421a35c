import { describe, expect, it } from 'vitest';
import type { HoldlineConfig } from '../../index.js';
import { settle } from '../../testing.js';
import type { GovernorOptions } from './options.js';
import { Bench, ROOT, ROUTE, type Reply } from './platform.fixture.js';
import { between, platformOf, saturate } from './platforms.fixture.js';

const refusal = (retryAfter?: string, more: Reply = {}): (() => Reply) => {
  return () => ({
    status: 429,
    ...(retryAfter === undefined ? {} : { headers: { 'retry-after': retryAfter } }),
    ...more,
  });
};
const exact: HoldlineConfig = { governor: { gateJitterMs: 0 } };
/** The route has a known limit, so that it learns none. */
const known: HoldlineConfig = {
  governor: { gateJitterMs: 0, quotas: [{ limit: 99, windowMs: 1000, scope: 'route' }] },
};
const gatesOf = (bench: Bench): string[] =>
  bench.line
    .snapshot()
    .scopes.filter(({ gate }) => gate === 'closed')
    .map(({ scope }) => scope);

describe('the gate that a refusal closes', () => {
  const quotas = [
    { limit: 5, windowMs: 1000, name: 'token.rate' },
    { limit: 9, windowMs: 1000, scope: 'tenant' as const, name: 'org.rate' },
  ];
  it.each<[string, reply: Reply, before: number, closed: string]>([
    ['of the limit that the body names, if it is the credential’s', { status: 429, limitKey: 'token.rate' }, 0, ROOT],
    [
      'of the limit that the body names, if it is another scope’s',
      { status: 429, limitKey: 'org.rate' },
      0,
      'tenant:t',
    ],
    ['of the credential while its quota is used up', { status: 429 }, 4, ROOT],
    [
      'of the credential while its quota is used up and the body names an unknown limit',
      { status: 429, limitKey: '?' },
      4,
      ROOT,
    ],
    ['of the route while the credential has permits', { status: 429 }, 0, ROUTE('/x')],
    ['of the route if the body names an unknown limit', { status: 429, limitKey: '?' }, 0, ROUTE('/x')],
    [
      'of the route for a 503 with Retry-After, even if a quota is used up',
      { status: 503, headers: { 'retry-after': '1' } },
      4,
      ROUTE('/x'),
    ],
  ])('is that %s', async (_, reply, before, closed) => {
    const bench = new Bench({ governor: { quotas } });
    void bench.calls(before, 'b', { path: '/before', tenant: 't' });
    void bench.call('refused', { tenant: 't', reply: () => reply });
    await settle();
    expect(gatesOf(bench)).toEqual([closed]);
  });

  it.each<[string, config: HoldlineConfig, waits: string[], closed: number]>([
    ['is that of the credential if three routes are refused until the same moment', exact, ['30', '30', '30'], 1],
    [
      'is that of the credential even if the seconds are rounded',
      { governor: { gateJitterMs: 100 } },
      ['31', '30', '30'],
      0,
    ],
    ['is that of the credential for three routes without Retry-After', exact, ['', '', ''], 1],
    ['is not that of the credential for two routes', exact, ['30', '30'], 0],
    ['is not that of the credential for three routes until different moments', exact, ['30', '40', '50'], 0],
  ])('%s', async (_, config, waits, closed) => {
    const bench = new Bench(config);
    for (const [i, wait] of waits.entries()) {
      void bench.call(`c${i}`, { path: `/${'abc'[i]}`, reply: refusal(wait === '' ? undefined : wait) });
    }
    await settle();
    const expected = waits[0] === '31' ? 1 : closed;
    expect(gatesOf(bench).includes(ROOT) ? 1 : 0).toBe(expected);
  });

  it('is that of the route, even if many tenants are refused', async () => {
    const bench = new Bench({ governor: { quotas: [{ limit: 99, windowMs: 1000, scope: 'tenant' }] } });
    for (const tenant of ['a', 'b', 'c', 'd']) void bench.call(tenant, { tenant, reply: refusal('30') });
    await settle();
    expect(gatesOf(bench)).toEqual([ROUTE('/x')]);
  });

  it('of a shared limit teaches no route its own limit', async () => {
    const bench = new Bench(exact);
    for (const path of ['/a', '/b', '/c']) {
      void bench.call('ok', { path });
      void bench.call('no', { path, reply: refusal('5') });
    }
    await bench.clock.advance(5000);
    for (const path of ['/a', '/b', '/c']) {
      void bench.call('again', { path });
      await settle();
    }
    expect(bench.line.snapshot().scopes.filter(({ learned }) => learned)).toEqual([]);
  });
});

describe('the event quotaLearned', () => {
  const config: HoldlineConfig = { governor: { gateJitterMs: 0, quotas: [{ limit: 'discover', windowMs: 10_000 }] } };

  it('reports a new finding once', async () => {
    const bench = new Bench(config);
    const told = bench.events('quotaLearned');
    for (const from of [0, 10_000]) {
      await bench.clock.advance(from - bench.clock.now());
      void bench.calls(5, 'c');
      await settle();
      void bench.call('refused', { reply: refusal('10') });
      await settle();
    }
    expect(told).toEqual([{ scope: ROOT, limit: 5, windowMs: 10_000, counts: 'sliding' }]);
  });

  it('reports nothing if all attempts were refused from the start', async () => {
    const bench = new Bench(config);
    const told = bench.events('quotaLearned');
    void bench.call('refused', { reply: refusal('10') });
    await settle();
    expect(told).toEqual([]);
  });
});

describe('a closed gate', () => {
  it('holds back the calls of its scope until retryAt, and no other calls', async () => {
    const bench = new Bench(exact);
    void bench.call('refused', { reply: refusal('2') });
    await settle();
    void bench.calls(2, 'same', { priority: 'high' });
    void bench.calls(2, 'other', { path: '/y', priority: 'background' });
    void bench.call('stranger', { credential: 'b' });
    await bench.clock.run();
    expect(bench.wire).toBe('refused@0 other1@0 other2@0 stranger@0 same1@2000 same2@2000');
  });

  it('sends one probe first, and the other calls after the probe is accepted', async () => {
    const bench = new Bench(exact);
    const opened = bench.events('gateOpened');
    void bench.call('refused', { reply: refusal('2') });
    await settle();
    bench.reply = () => ({ ms: 300 });
    void bench.calls(4, 'c');
    await bench.clock.advance(2299);
    expect(bench.wire).toBe('refused@0 c1@2000');
    void bench.call('urgent', { priority: 'high' });
    await bench.clock.run();
    expect(bench.wire).toBe('refused@0 c1@2000 urgent@2300 c2@2300 c3@2300 c4@2300');
    expect(opened).toEqual([{ scope: ROUTE('/x') }]);
  });

  it.each<[string, Reply, wire: string]>([
    ['is refused', { status: 429, headers: { 'retry-after': '5' } }, 'refused@0 probe@2000 c1@7000 c2@7100'],
    ['was never sent', { fails: 'not-sent', ms: 40 }, 'refused@0 probe@2000 c1@2040 c2@2140'],
    ['is reset', { fails: 'unknown', ms: 40 }, 'refused@0 probe@2000 c1@2040 c2@2140'],
    ['is answered with an error of another kind', { status: 500, ms: 40 }, 'refused@0 probe@2000 c1@2040 c2@2040'],
    ['never ends', { hangs: true }, 'refused@0 probe@2000 c1@32000 c2@32100'],
  ])('whose probe %s opens after that probe or the next', async (_, reply, wire) => {
    const bench = new Bench(known);
    void bench.call('refused', { reply: refusal('2') });
    await settle();
    void bench.call('probe', { reply: () => reply });
    void bench.calls(2, 'c', { reply: () => ({ ms: 100 }) });
    await bench.clock.run();
    expect(bench.wire).toBe(wire);
  });

  it('sends the next probe if one is aborted in the queue or on the wire', async () => {
    const bench = new Bench(exact);
    const waiting = new AbortController();
    const wire = new AbortController();
    void bench.call('refused', { reply: refusal('2') });
    await settle();
    void bench.call('waiting', { signal: waiting.signal });
    void bench.call('wire', { signal: wire.signal, reply: () => ({ ms: 500, fails: 'unknown' }) });
    void bench.calls(2, 'c');
    waiting.abort();
    await bench.clock.advance(2100);
    wire.abort();
    await bench.clock.run();
    expect(bench.wire).toBe('refused@0 wire@2000 c1@2500 c2@2500');
  });

  it('stays closed for longer after a late 429 of an older attempt, even while the probe is on the wire', async () => {
    const bench = new Bench(known);
    void bench.call('late', { reply: refusal('10', { ms: 2500 }) });
    void bench.call('refused', { reply: refusal('2') });
    await settle();
    void bench.call('probe', { reply: () => ({ ms: 1000 }) });
    void bench.calls(2, 'c');
    await bench.clock.run();
    expect(bench.wire).toBe('late@0 refused@0 probe@2000 c1@12500 c2@12500');
  });

  it('does not open after a late success of an older attempt', async () => {
    const bench = new Bench(exact);
    void bench.call('late', { reply: () => ({ ms: 500 }) });
    void bench.call('refused', { reply: refusal('2') });
    await settle();
    void bench.call('c');
    await bench.clock.run();
    expect(bench.wire).toBe('late@0 refused@0 c@2000');
  });

  it('does not open after a late answer to an abandoned probe', async () => {
    const bench = new Bench(known);
    void bench.call('refused', { reply: refusal('1') });
    await settle();
    void bench.call('hung', { reply: () => ({ ms: 35_000 }) });
    void bench.call('second', { reply: () => ({ ms: 10_000 }) });
    void bench.call('c');
    await bench.clock.run();
    expect(bench.wire).toBe('refused@0 hung@1000 second@31000 c@41000');
  });

  it('of a credential holds back every route, and fails no call that can wait', async () => {
    const bench = new Bench({ governor: { quotas: [{ limit: 99, windowMs: 1000, name: 'q' }], gateJitterMs: 0 } });
    void bench.call('refused', { reply: refusal('2', { limitKey: 'q' }) });
    await settle();
    for (const path of ['/a', '/b', '/c']) void bench.call(path, { path });
    await bench.clock.run();
    expect(bench.wire).toBe('refused@0 /a@2000 /b@2000 /c@2000');
    expect(bench.failures).toBe('refused:Error');
  });

  it('lets a retried call leave in the place of its age', async () => {
    const bench = new Bench({ ...known, retry: {} });
    let refused = false;
    const once = (): Reply =>
      refused ? {} : ((refused = true), { status: 429, headers: { 'retry-after': '2' }, ms: 10 });
    void bench.call('old', { reply: once });
    await bench.clock.advance(5);
    void bench.call('older in flight', { reply: () => ({ ms: 1 }) });
    await bench.clock.advance(10);
    void bench.calls(2, 'young');
    await bench.clock.run();
    expect(bench.wire).toBe('old@0 older in flight@5 old@2010 young1@2010 young2@2010');
    expect(bench.failures).toBe('');
  });
});

describe('the wait after a refusal', () => {
  const NOON = Date.UTC(2026, 0, 1);
  const date = (ms: number): string => new Date(NOON + ms).toUTCString();
  it.each<[string, headers: Record<string, string>, forMs: number]>([
    ['seconds', { 'retry-after': '42' }, 42_000],
    ['fractions of a second', { 'retry-after': '0.25' }, 250],
    ['an HTTP date', { 'retry-after': date(30_000) }, 30_000],
    [
      'an HTTP date of a server whose clock is an hour ahead',
      { 'retry-after': date(3_630_000), date: date(3_600_000) },
      30_000,
    ],
    ['no header: the default', {}, 3_000],
    ['garbage: the default', { 'retry-after': 'soon' }, 3_000],
    ['a negative number: the default', { 'retry-after': '-5' }, 3_000],
    ['a date in the past: the default', { 'retry-after': date(-30_000) }, 3_000],
    ['more than 2^31 ms', { 'retry-after': '4294968' }, 4_294_968_000],
    ['issue 13, a03: zero: the default', { 'retry-after': '0' }, 3_000],
    ['issue 13, a04: RateLimit', { ratelimit: '"d";r=0;t=60' }, 60_000],
    ['issue 13, a04: RateLimit-Reset', { 'ratelimit-remaining': '0', 'ratelimit-reset': '60' }, 60_000],
    [
      'issue 13, a04: X-RateLimit-Reset',
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String((NOON + 60_000) / 1000) },
      60_000,
    ],
    ['issue 13, a04: X-RateLimit-Reset-After', { 'x-ratelimit-reset-after': '60' }, 60_000],
  ])('%s', async (_, headers, forMs) => {
    const bench = new Bench({ ...exact, retry: { maxRetryAfterMs: Infinity, maxAttempts: 1 } });
    const closed = bench.events('gateClosed');
    const started = bench.events('attemptStarted');
    void bench.call('refused', { reply: () => ({ status: 429, headers }) });
    await settle();
    void bench.call('next');
    await bench.clock.run();
    const by = { callId: started[0]?.callId, route: 'GET /x', status: 429 };
    expect(by.callId).toBeGreaterThan(0);
    expect(closed).toEqual([{ scope: ROUTE('/x'), retryAt: NOON + forMs, forMs, by }]);
    expect(bench.wire).toBe(`refused@0 next@${forMs}`);
  });

  it('grows up to a minute with each probe refused without Retry-After; success resets it', async () => {
    const bench = new Bench(exact);
    const closed = bench.events('gateClosed');
    void bench.calls(8, 'no', { reply: refusal() });
    void bench.call('yes');
    void bench.call('no again', { reply: refusal() });
    for (let i = 0; i < 8; i++) {
      await bench.clock.run();
      void bench.call(`p${i}`, { reply: i === 7 ? () => ({}) : refusal() });
    }
    await bench.clock.run();
    void bench.call('last', { reply: refusal() });
    await bench.clock.run();
    const guesses = closed.map(({ forMs }) => Math.round(forMs / 1000));
    expect(guesses[0]).toBe(3);
    expect(Math.max(...guesses)).toBe(60);
    expect(guesses[guesses.length - 1]).toBe(3);
  });

  it('issue 13, a03: with a Retry-After of zero neither uses up all attempts nor opens the circuit', async () => {
    const bench = new Bench({ breaker: {}, retry: {} });
    bench.reply = ({ at }) => (at < 2_000 ? { status: 429, ms: 2, headers: { 'retry-after': '0' } } : { ms: 2 });
    void bench.calls(50, 'c');
    await bench.clock.run();
    expect(bench.failures).toBe('');
    expect(bench.sent.length).toBe(100);
  });

  it('issue 13, a03: grows after a Retry-After of zero as without Retry-After', async () => {
    const bench = new Bench({ ...exact, retry: { maxAttempts: 5 } });
    const closed = bench.events('gateClosed');
    bench.reply = refusal('0');
    void bench.call('c');
    await bench.clock.run();
    expect(closed.map(({ forMs }) => forMs)).toEqual([3_000, 6_000, 12_000, 24_000, 48_000]);
  });

  it.each<[string, header: string, ms: number, forMs: number[]]>([
    [
      'issue 13, a03: below a round trip is followed once, then the wait grows',
      '0.05',
      100,
      [50, 3_000, 6_000, 12_000],
    ],
    ['as long as a round trip is followed', '0.1', 100, [100, 100, 100, 100]],
    ['below a round trip is never shortened by the default', '5', 8_000, [5_000, 5_000, 6_000, 12_000]],
  ])('a Retry-After %s', async (_, header, ms, forMs) => {
    const bench = new Bench({ ...exact, retry: { maxAttempts: 4 } });
    const closed = bench.events('gateClosed');
    bench.reply = refusal(header, { ms });
    void bench.call('c');
    await bench.clock.run();
    expect(closed.map((one) => one.forMs)).toEqual(forMs);
  });

  it("issue 13, a04: follows the platform's own headers, and is reported to the caller", async () => {
    const quotaHeaders = { remaining: 'X-Left', reset: 'X-Whole-Again' };
    const bench = new Bench({ governor: { gateJitterMs: 0, quotaHeaders }, retry: { maxRetryAfterMs: 30_000 } });
    bench.reply = () => ({ status: 429, headers: { 'x-left': '0', 'x-whole-again': '60' } });
    void bench.call('c');
    await bench.clock.run();
    expect(bench.line.snapshot().scopes.map(({ retryAt }) => retryAt)).toContain(NOON + 60_000);
    expect(bench.sent).toHaveLength(1);
  });

  it('is the default, once, for a burst refused as a whole without Retry-After', async () => {
    const bench = new Bench(exact);
    bench.reply = refusal(undefined, { ms: 10 });
    void bench.calls(50, 'c');
    await bench.clock.advance(10);
    expect(bench.scope(ROUTE('/x'))?.retryAt).toBe(bench.clock.wall() + 3_000);
  });

  it('has a jitter between zero and its bound', async () => {
    const opened = new Set<number>();
    for (let seed = 0; seed < 50; seed++) {
      const bench = new Bench({ governor: { gateJitterMs: 200 } }, seed);
      void bench.call('refused', { reply: refusal('2') });
      await settle();
      void bench.call('next');
      await bench.clock.run();
      const at = bench.sent[1]?.at as number;
      expect(at).toBeGreaterThanOrEqual(2000);
      expect(at).toBeLessThan(2200);
      opened.add(at);
    }
    expect(opened.size).toBeGreaterThan(40);
  });

  it('does not change when the wall clock jumps', async () => {
    const bench = new Bench(exact);
    void bench.call('refused', { reply: refusal('2') });
    await settle();
    void bench.call('next');
    bench.clock.jumpWall(-86_400_000);
    await bench.clock.run();
    expect(bench.wire).toBe('refused@0 next@2000');
  });
});

describe('a wait above maxRetryAfterMs', () => {
  const config: HoldlineConfig = {
    governor: { quotas: [{ limit: 1, windowMs: 1000, name: 'q' }], gateJitterMs: 0 },
    retry: { maxAttempts: 1 },
    endpoints: { 'GET /batch': { retry: 'batch' } },
  };
  const refused = refusal('181', { ms: 10, limitKey: 'q' });

  it('fails waiting and new calls at once with retryAt; batch calls wait', async () => {
    const bench = new Bench(config);
    void bench.call('refused', { reply: refused });
    void bench.call('queued');
    void bench.call('batch queued', { path: '/batch' });
    await bench.clock.advance(10);
    void bench.call('new');
    void bench.call('batch new', { path: '/batch' });
    await settle();
    expect(bench.failures).toBe('queued:ThrottledError refused:Error new:ThrottledError');
    for (const id of ['queued', 'new']) expect(bench.errorOf(id)?.retryAt).toBe(bench.clock.wall() + 181_000);
    await bench.clock.run();
    expect(bench.wire).toBe('refused@0 batch queued@181010 batch new@182010');
  });

  it('does not include a wait of exactly maxRetryAfterMs', async () => {
    const bench = new Bench(config);
    void bench.call('refused', { reply: refusal('180', { ms: 10, limitKey: 'q' }) });
    void bench.call('queued');
    await bench.clock.advance(10);
    void bench.call('new');
    await bench.clock.run();
    expect([bench.failures, bench.wire]).toEqual(['refused:Error', 'refused@0 queued@180010 new@181010']);
  });

  it('is judged by the route of each call, not by the route of the refusal', async () => {
    const bench = new Bench(config);
    void bench.call('refused', { path: '/batch', reply: () => (bench.sent.length === 1 ? refused() : {}) });
    void bench.call('impatient');
    void bench.call('patient', { path: '/batch' });
    await bench.clock.advance(10);
    expect(bench.failures).toBe('impatient:ThrottledError');
    await bench.clock.run();
    expect(bench.order).toBe('refused refused patient');
  });

  it('or past a deadline fails at once with a DeadlineError and its retryAt', async () => {
    const bench = new Bench({ governor: config.governor as GovernorOptions });
    void bench.call('refused', { reply: refusal('60', { ms: 10, limitKey: 'q' }) });
    void bench.call('queued', { totalTimeoutMs: 20_000 });
    void bench.call('has time', { totalTimeoutMs: 90_000 });
    await bench.clock.advance(10);
    void bench.call('new', { totalTimeoutMs: 20_000 });
    await settle();
    expect(bench.failures).toBe('refused:Error queued:DeadlineError new:DeadlineError');
    expect(bench.errorOf('queued')?.retryAt).toBe(bench.clock.wall() + 60_000);
    // One call waits in front of it.
    expect(bench.errorOf('new')?.retryAt).toBe(bench.clock.wall() + 61_000);
    await bench.clock.run();
    expect(bench.order).toBe('refused has time');
  });
});

describe('quota hints', () => {
  const config: HoldlineConfig = { governor: { quotas: [{ limit: 100, windowMs: 10_000 }], gateJitterMs: 0 } };
  it.each<[string, headers: Record<string, string>]>([
    ['RateLimit', { ratelimit: '"default";r=2;t=5' }],
    ['RateLimit-*', { 'ratelimit-limit': '100', 'ratelimit-remaining': '2', 'ratelimit-reset': '5' }],
    ['X-RateLimit-*', { 'x-ratelimit-limit': '100', 'x-ratelimit-remaining': '2', 'x-ratelimit-reset': '5' }],
    ['X-Rate-Limit-*', { 'x-rate-limit-limit': '100', 'x-rate-limit-remaining': '2', 'x-rate-limit-reset': '5' }],
    [
      'inin-ratelimit-*',
      { 'inin-ratelimit-count': '98', 'inin-ratelimit-allowed': '100', 'inin-ratelimit-reset': '5' },
    ],
  ])('of %s lower the remaining permits until their reset', async (_, headers) => {
    const bench = new Bench(config);
    await Promise.all([bench.call('a', { reply: () => ({ headers }) }), settle()]);
    void bench.calls(5, 'c');
    await bench.clock.run();
    expect(bench.wire).toBe('a@0 c1@0 c2@0 c3@5000 c4@5000 c5@5000');
  });

  it('never raise the remaining permits', async () => {
    const bench = new Bench({ governor: { quotas: [{ limit: 2, windowMs: 1000 }] } });
    bench.reply = () => ({
      headers: { 'x-ratelimit-limit': '2', 'x-ratelimit-remaining': '1000', 'x-ratelimit-reset': '0' },
    });
    await Promise.all([bench.call('a'), settle()]);
    void bench.calls(4, 'c');
    await bench.clock.run();
    expect(bench.wire).toBe('a@0 c1@0 c2@1000 c3@1000 c4@2000');
  });

  it('of an older attempt do not replace those of a newer one', async () => {
    const bench = new Bench(config);
    const left = (n: number, ms: number) => (): Reply => ({ ms, headers: { ratelimit: `"d";r=${n};t=5` } });
    void bench.call('older', { reply: left(50, 20) });
    void bench.call('newer', { reply: left(0, 10) });
    await bench.clock.advance(20);
    void bench.call('c');
    await bench.clock.run();
    expect(bench.wire).toBe('older@0 newer@0 c@5010');
  });

  it('do not include attempts in flight, which are subtracted', async () => {
    const bench = new Bench(config);
    void bench.calls(3, 'slow', { reply: () => ({ ms: 1000 }) });
    void bench.call('told', { reply: () => ({ ms: 10, headers: { ratelimit: '"d";r=5;t=5' } }) });
    await bench.clock.advance(10);
    void bench.calls(4, 'c');
    await bench.clock.run();
    expect(bench.wire.split(' ').slice(4)).toEqual(['c1@10', 'c2@10', 'c3@5010', 'c4@5010']);
  });

  it('regain the permit of an attempt that was never sent, and no more', async () => {
    const bench = new Bench(config);
    void bench.calls(3, 'unsent', { reply: () => ({ ms: 100, fails: 'not-sent' }) });
    void bench.call('told', { reply: () => ({ ms: 10, headers: { ratelimit: '"d";r=1;t=5' } }) });
    await bench.clock.advance(10);
    void bench.calls(2, 'c');
    await bench.clock.run();
    expect(bench.wire.split(' ').slice(4)).toEqual(['c1@100', 'c2@5010']);
  });

  it('stop the line for at most one window of the quota, with any reset', async () => {
    const bench = new Bench(config);
    await Promise.all([bench.call('a', { reply: () => ({ headers: { ratelimit: '"d";r=0;t=31536000' } }) }), settle()]);
    void bench.call('c');
    await bench.clock.run();
    expect(bench.wire).toBe('a@0 c@10000');
  });

  it('of a refusal are ignored in favour of its Retry-After', async () => {
    const bench = new Bench({ ...config, ...known });
    void bench.call('refused', { reply: refusal('1', { headers: { ratelimit: '"d";r=0;t=9', 'retry-after': '1' } }) });
    await settle();
    void bench.call('c');
    await bench.clock.run();
    expect(bench.wire).toBe('refused@0 c@1000');
  });

  it('with the start of windows save the trial that would find it', async () => {
    const windowMs = 10_000;
    const config = { governor: { quotas: [{ limit: 20, windowMs }] } };
    const phaseMs = 3_700;
    const secondsLeft = (at: number): number => Math.ceil((windowMs - ((at - phaseMs + windowMs) % windowMs)) / 1_000);
    const platform = platformOf('fixed', 20, windowMs, phaseMs);
    const { accepted, refused, line } = await saturate(config, platform, {
      untilMs: 103_700,
      seed: 1,
      headers: (at) => ({
        'x-ratelimit-limit': '20',
        'x-ratelimit-remaining': '20',
        'x-ratelimit-reset': String(secondsLeft(at)),
      }),
    });
    expect(refused).toEqual([]);
    expect(line.snapshot().scopes[0]?.quotas[0]?.counts).toBe('fixed');
    expect(between(accepted, 53_700, 103_700)).toBe(100);
  });

  it('are part of the estimated wait of a new call', async () => {
    const bench = new Bench(config);
    await Promise.all([bench.call('a', { reply: () => ({ headers: { ratelimit: '"d";r=0;t=8' } }) }), settle()]);
    void bench.call('late', { totalTimeoutMs: 7_000 });
    await settle();
    expect(bench.errorOf('late')?.retryAt).toBe(bench.clock.wall() + 8_000);
  });
});

describe('a hidden limit of one route', () => {
  /** A platform that counts one route in fixed windows, with a separate phase. */
  function hidden(bench: Bench, state: { limit: number }, windowMs: number): { refused: number } {
    const seen = { refused: 0 };
    let window = -1;
    let used = 0;
    bench.reply = ({ path, at }) => {
      if (path !== '/hidden') return { ms: 20 };
      const now = Math.floor((at + 321) / windowMs);
      if (now !== window) [window, used] = [now, 0];
      if (++used <= state.limit) return { ms: 20 };
      seen.refused++;
      const left = (now + 1) * windowMs - 321 - at;
      return { status: 429, ms: 20, headers: { 'retry-after': String(Math.ceil(left / 1000)) } };
    };
    return seen;
  }

  it('is learned from few refusals, and holds no other route back', async () => {
    const bench = new Bench({ governor: { quotas: [{ limit: 600, windowMs: 60_000 }] }, retry: { maxAttempts: 20 } });
    const learned = bench.events('quotaLearned');
    const platform = hidden(bench, { limit: 10 }, 10_000);
    void bench.calls(250, 'h', { path: '/hidden' });
    for (let i = 0; i < 200; i++) {
      await bench.clock.advance(1000);
      void bench.call('other', { path: `/other/${'abc'[i % 3]}` });
    }
    const others = bench.settled.filter(({ id }) => id === 'other');
    expect(others.length).toBe(199);
    expect(bench.failures).toBe('');
    const through = bench.settled.filter(({ id }) => id.startsWith('h')).length;
    expect(through).toBeGreaterThanOrEqual(140);
    // The first burst is refused before anything is known. Later there are few refusals in twenty windows.
    const firstBurst = bench.sent.filter(({ at }) => at < 20).length - 10;
    expect(platform.refused - firstBurst).toBeLessThanOrEqual(7);
    expect(learned[learned.length - 1]?.scope).toBe(ROUTE('/hidden'));
  });

  it('is followed when it rises', async () => {
    const bench = new Bench({ governor: { maxQueued: Infinity }, retry: { maxAttempts: 20 } });
    const state = { limit: 5 };
    const platform = hidden(bench, state, 1_000);
    void bench.calls(200, 'h', { path: '/hidden' });
    await bench.clock.advance(20_000);
    state.limit = 50;
    platform.refused = 0;
    void bench.calls(8_000, 'h', { path: '/hidden' });
    await bench.clock.advance(150_000);
    const lately = bench.sent.filter(({ at, reply }) => at > 150_000 && reply.status === undefined).length / 20;
    expect(lately).toBeGreaterThan(25);
    expect(platform.refused / 150).toBeLessThan(5);
  });
});

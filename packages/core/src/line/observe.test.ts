import { describe, expect, it } from 'vitest';
import { type HoldlineConfig, type HoldlineEvents, memoryStore } from '../index.js';
import { Bench, ROOT, ROUTE } from '../policies/governor/platform.fixture.js';
import { Lender } from '../policies/governor/lender.fixture.js';
import { VirtualClock } from '../testing.js';
import { ORIGIN, setup } from './transport.fixture.js';

const one: HoldlineConfig = { governor: { quotas: [{ limit: 1, windowMs: 1_000 }], gateJitterMs: 0 }, retry: false };

describe('the fingerprint of a resource', () => {
  it('is equal for calls with the same method and URL, and shows nothing of the URL', async () => {
    const { run, told } = setup({ governor: false });
    told('callStarted');
    const urls = ['/users/7?name=PLANTED', '/users/7?name=PLANTED', '/users/8?name=PLANTED', '/users/7'];
    for (const url of urls) await run({ url });
    await run({ url: '/users/7?name=PLANTED', method: 'PUT' });
    const [first, same, ...others] = told('callStarted').map(({ resource }) => resource);
    expect(same).toBe(first);
    expect(new Set([first, ...others]).size).toBe(4);
    expect(JSON.stringify(told('callStarted'))).not.toContain('PLANTED');
    for (const resource of [first, ...others]) expect(resource).toMatch(/^[0-9a-z]{1,11}$/);
  });
});

describe('a call that waits', () => {
  it('reports what it waits for, its permit, and its time in the queue', async () => {
    const { clock, start, told } = setup(one);
    for (const name of ['callStarted', 'queued', 'permitted', 'call'] as const) told(name);
    start();
    start({ context: { priority: 'high', tenant: 'acme' } });
    await clock.run();
    const callId = told('callStarted')[1]?.callId as number;
    const root = `credential:none@${ORIGIN}`;
    const who = { callId, route: 'GET /a', priority: 'high', tenant: 'acme' };
    const place = { waitsFor: root, scopes: [root, `route:${root}:GET /a`] };
    expect(told('queued')).toEqual([{ ...who, queued: 1, estimatedMs: 1_000, ...place }]);
    expect(told('permitted')).toEqual([{ ...who, waitedMs: 1_000 }]);
    expect(told('call')[1]).toMatchObject({ callId, waitedMs: 1_000, queuedMs: 1_000, durationMs: 1_000 });
  });

  it('reports no permit if it leaves the queue without one', async () => {
    const { clock, start, told, line } = setup(one);
    told('permitted');
    told('call');
    const abort = new AbortController();
    start();
    start({ signal: abort.signal });
    expect(line.snapshot().queued).toBe(1);
    abort.abort();
    await clock.run();
    expect(told('permitted')).toEqual([]);
    // The cancelled call ends first.
    expect(told('call').map(({ outcome, attempts }) => [outcome, attempts])).toEqual([
      ['failed', 0],
      ['ok', 1],
    ]);
  });
});

describe('the end of a call', () => {
  it.each<[string, HoldlineConfig, Parameters<typeof setup>[1], HoldlineEvents['call']['error'], number | undefined]>([
    ['an answer of the platform', { retry: false }, [500], undefined, 500],
    ['an error of the line after an attempt', {}, ['reset'], 'HOLDLINE_OUTCOME_UNKNOWN', undefined],
    [
      'an error of the line before an attempt',
      { ...one, endpoints: { 'POST /a': { weight: 2 } } },
      [200],
      'HOLDLINE_QUEUE_FULL',
      undefined,
    ],
  ])('names the code of %s', async (_, config, script, error, status) => {
    const { run, told } = setup({ governor: false, ...config }, script);
    told('call');
    await run({ method: 'POST' });
    expect(told('call')).toMatchObject([{ outcome: 'failed', error, status }]);
  });

  it('says where an answer that cost no request comes from', async () => {
    const store = memoryStore();
    const asked = {
      method: 'POST',
      context: { transaction: 't', step: 's' },
      payload: '{}',
      answerBody: (value: unknown) => value,
      restoreAnswer: ({ status }: { status: number }) => ({ status }),
    };
    const first = setup({ store, governor: false }, [{ status: 200, afterMs: 10 }]);
    first.told('call');
    first.start(asked);
    first.start(asked);
    await first.clock.run();
    expect(first.wire.sent).toHaveLength(1);
    const sources = first.told('call').map(({ answeredBy, attempts }) => [answeredBy, attempts]);
    expect(sources).toEqual([
      [undefined, 1],
      ['identical call', 0],
    ]);
    const second = setup({ store, governor: false });
    second.told('call');
    await second.run(asked);
    expect(second.wire.sent).toHaveLength(0);
    expect(second.told('call')).toMatchObject([{ answeredBy: 'journal', outcome: 'ok', attempts: 0 }]);
  });
});

describe('a closed gate', () => {
  it('names the refused call', async () => {
    const bench = new Bench(one);
    const started = bench.events('callStarted');
    const closed = bench.events('gateClosed');
    void bench.call('refused', { reply: () => ({ status: 503, headers: { 'retry-after': '2' } }) });
    await bench.clock.run();
    const by = { callId: started[0]?.callId, route: 'GET /x', status: 503 };
    expect(closed).toMatchObject([{ scope: ROUTE('/x'), by }]);
  });

  it('names no call if an adapter or another process closed it', async () => {
    const clock = new VirtualClock();
    const lender = new Lender(clock);
    const bench = new Bench({ ...one, store: { ...memoryStore(), leases: lender } }, 1, clock);
    const closed = bench.events('gateClosed');
    bench.line.holdBack({ method: 'GET', url: 'https://h/x' }, 2_000);
    expect(closed).toEqual([{ scope: ROUTE('/x'), retryAt: clock.wall() + 2_000, forMs: 2_000, by: undefined }]);
    lender.news?.onGate(ROOT, 3_000);
    expect(closed[1]).toMatchObject({ scope: ROOT, by: undefined });
    await clock.run();
  });
});

describe('the snapshot', () => {
  it('says what each scope is counted by, by which value, and how many calls wait for it', async () => {
    const bench = new Bench({
      ...one,
      bulkhead: { maxConcurrent: 5, scope: 'host' },
      endpoints: {
        'GET /x': {
          governor: {
            quotas: [
              { limit: 9, windowMs: 1_000, scope: 'tenant' },
              { limit: 9, windowMs: 1_000, scope: 'host' },
              { limit: 9, windowMs: 1_000, scope: () => 'mine', name: 'own' },
            ],
          },
        },
      },
    });
    void bench.calls(3, 'a', { tenant: 'acme' });
    void bench.call('b', { path: '/y' });
    const scopes = bench.line.snapshot().scopes.map(({ kind, key, waiting }) => ({ kind, key, waiting }));
    expect(scopes).toEqual([
      { kind: 'credential', key: ROOT, waiting: 3 },
      { kind: 'route', key: 'GET /x', waiting: 2 },
      { kind: 'tenant', key: 'acme', waiting: 2 },
      { kind: 'host', key: 'https://h', waiting: 2 },
      { kind: 'custom', key: 'mine', waiting: 2 },
      { kind: 'bulkhead', key: 'https://h', waiting: 3 },
      { kind: 'route', key: 'GET /y', waiting: 1 },
    ]);
    await bench.clock.run();
    expect(bench.line.snapshot().scopes.map(({ waiting }) => waiting)).toEqual([0, 0, 0, 0, 0, 0, 0]);
  });

  it('counts the waiting calls of each tenant, the busiest first, at most 100 tenants', async () => {
    const bench = new Bench(one);
    void bench.call('first');
    void bench.calls(2, 'a', { tenant: 'acme' });
    void bench.call('p', { tenant: 'acme', priority: 'low' });
    void bench.calls(2, 'b', { tenant: 'bolt' });
    void bench.call('c');
    expect(bench.line.snapshot().queues[0]?.tenants).toEqual([
      { tenant: 'acme', waiting: 3 },
      { tenant: 'bolt', waiting: 2 },
      { tenant: '', waiting: 1 },
    ]);
    for (let i = 0; i < 120; i++) void bench.call(`t${i}`, { tenant: `t${i}` });
    expect(bench.line.snapshot().queues[0]?.tenants).toHaveLength(100);
    await bench.clock.run();
    expect(bench.line.snapshot().queues[0]?.tenants).toEqual([]);
  });

  it('shows the retry budget of each host', async () => {
    const budget = { capacity: 3, perSuccess: 0.5, perSec: 1 };
    const retry = { budget, maxAttempts: 3, jitter: 'none', baseDelayMs: 0 } as const;
    const { clock, run, line } = setup({ governor: false, retry }, ['reset', 'reset', 200]);
    expect(line.snapshot().retryBudgets).toEqual([]);
    await run();
    expect(line.snapshot().retryBudgets).toEqual([{ host: ORIGIN, left: 1, capacity: 3 }]);
    await clock.advance(1_500);
    expect(line.snapshot().retryBudgets).toEqual([{ host: ORIGIN, left: 2.5, capacity: 3 }]);
    await run();
    expect(line.snapshot().retryBudgets).toEqual([{ host: ORIGIN, left: 3, capacity: 3 }]);
  });
});

import { describe, expect, it } from 'vitest';
import { ActiveCall } from '../../call/call.js';
import { type HoldlineConfig, memoryStore } from '../../index.js';
import { Events } from '../../runtime/events.js';
import { Execution } from '../../pipeline/execution.js';
import type { ActiveRoute } from '../../call/route.js';
import { seededRandom, settle, VirtualClock } from '../../testing.js';
import { Governor } from './governor.js';
import { type GovernedRoute } from './route.js';
import { GOVERNOR_DEFAULTS, type GovernorOptions, type Quota } from './options.js';
import { Bench, expectIdle, maxInWindow, ROOT } from './platform.fixture.js';

const quotas = (...all: Quota[]): { governor: GovernorOptions } => ({ governor: { quotas: all } });
const perSecond = (limit: number, more: Partial<Quota> = {}): Quota => ({ limit, windowMs: 1000, ...more });

describe('an uncontended permit', () => {
  it('is granted synchronously, with no promise and no timer', () => {
    const clock = new VirtualClock();
    const governor = new Governor(
      { clock, random: seededRandom(1), store: memoryStore() },
      new Events(),
      () => 'credential',
      () => undefined,
    );
    const route: GovernedRoute = {
      options: { ...GOVERNOR_DEFAULTS, quotas: [] },
      rootQuotas: [],
      routeQuotas: [perSecond(1), { limit: 5, windowMs: 9, shape: 'smooth' }],
      otherQuotas: [],
      bulkhead: { maxConcurrent: 5 },
      apart: false,
      generation: 0,
      maxGateWaitMs: 1,
      refusalToleranceMs: 0,
    };
    const request = { method: 'GET', url: '/x' } as unknown as ActiveCall['request'];
    const call = (): ActiveCall =>
      new ActiveCall(request, { name: 'GET /x', priority: 1, weight: 1 } as ActiveRoute, '', undefined, 0);
    const execution = (): Execution =>
      new Execution(call(), { steps: [], nexts: [], inner: () => new Promise(() => undefined) });
    expect(governor.acquire(execution(), route)).not.toBeInstanceOf(Promise);
    expect(clock.pending).toBe(0);
    expect(governor.acquire(execution(), route)).toBeInstanceOf(Promise);
  });

  it('is sent in the same tick as the call', () => {
    const bench = new Bench({ ...quotas(perSecond(1)), bulkhead: { maxConcurrent: 1 } });
    void bench.call('a');
    expect([bench.order, bench.clock.pending]).toEqual(['a', 0]);
  });
});

describe('a window', () => {
  it('allows the whole limit in one burst, and the next calls exactly windowMs after the answers', async () => {
    const bench = new Bench(quotas(perSecond(3)));
    bench.reply = () => ({ ms: 20 });
    void bench.calls(5, 'c');
    await bench.clock.run();
    expect(bench.wire).toBe('c1@0 c2@0 c3@0 c4@1020 c5@1020');
  });

  it('holds with a bucket too: 0.8 of the limit refilled at 0.9 per window never allows 1.7 of the limit', async () => {
    const bench = new Bench(quotas({ limit: 100, windowMs: 60_000, shape: 'smooth', burst: 80, ratePerSec: 1.5 }));
    void bench.calls(400, 'c');
    await bench.clock.run();
    expect(maxInWindow(bench.sent, 60_000, ({ at }) => at)).toBe(100);
    expect(bench.sent.filter(({ at }) => at === 0).length).toBe(80);
    expect(bench.sent[80]?.at).toBeCloseTo(1000 / 1.5, 6);
  });

  it('holds despite jumps of the wall clock', async () => {
    const bench = new Bench(quotas(perSecond(2)));
    void bench.calls(8, 'c');
    for (const jump of [3_600_000, -7_200_000, 5_000]) {
      bench.clock.jumpWall(jump);
      await bench.clock.advance(700);
    }
    await bench.clock.run();
    expect(bench.wire).toBe('c1@0 c2@0 c3@1000 c4@1000 c5@2000 c6@2000 c7@3000 c8@3000');
  });

  it('counts an attempt that was reset or cancelled, but not one that was never sent', async () => {
    const bench = new Bench(quotas(perSecond(2)));
    void bench.call('lost', { reply: () => ({ fails: 'unknown', ms: 10 }) });
    void bench.call('unsent', { reply: () => ({ fails: 'not-sent', ms: 20 }) });
    void bench.calls(2, 'c');
    await bench.clock.run();
    expect(bench.wire).toBe('lost@0 unsent@0 c1@20 c2@1010');
  });

  it('with a bucket gives back the token of an attempt that was never sent', async () => {
    const bench = new Bench(quotas(perSecond(2, { shape: 'smooth', burst: 1 })));
    void bench.call('unsent', { reply: () => ({ fails: 'not-sent', ms: 20 }) });
    void bench.calls(2, 'c');
    await bench.clock.run();
    expect(bench.wire).toBe('unsent@0 c1@20 c2@520');
  });

  it('counts a sent attempt even if the adapter throws afterwards', async () => {
    const bench = new Bench(quotas(perSecond(2)));
    const throws = (): never => {
      throw new Error('adapter');
    };
    void bench.call('a', { reply: throws });
    void bench.calls(2, 'c');
    await bench.clock.run();
    expect(bench.wire).toBe('a@0 c1@0 c2@1000');
    expect(bench.errorOf('a')?.message).toBe('adapter');
    expectIdle(bench);
  });

  it('charges an attempt its weight', async () => {
    const bench = new Bench({ ...quotas(perSecond(5)), endpoints: { 'GET /export': { weight: 3 } } });
    void bench.call('heavy', { path: '/export' });
    void bench.call('weighted', { weight: 2 });
    void bench.call('light');
    await bench.clock.run();
    expect(bench.wire).toBe('heavy@0 weighted@0 light@1000');
  });
});

describe('permits', () => {
  it('are all or nothing: an attempt that one quota refuses costs no permits of the others', async () => {
    const all = [
      perSecond(10),
      perSecond(8, { scope: 'tenant' }),
      perSecond(7, { scope: 'host' }),
      perSecond(6, { scope: () => 'k' }),
    ];
    const bench = new Bench(quotas(...all, perSecond(2, { scope: 'route' })));
    const spec = { tenant: 't' };
    void bench.calls(5, 'a', { ...spec, path: '/a' });
    await bench.clock.advance(0);
    const used = bench.line.snapshot().scopes.map(({ quotas: [quota] }) => quota?.used);
    expect(used).toEqual([2, 2, 2, 2, 2]);
    void bench.calls(2, 'b', { ...spec, path: '/b' });
    void bench.calls(2, 'c', { ...spec, path: '/c' });
    void bench.calls(2, 'd', { ...spec, path: '/d' });
    await bench.clock.advance(0);
    expect(bench.order).toBe('a1 a2 b1 b2 c1 c2');
  });

  it('used up by a route hold back that route only', async () => {
    const bench = new Bench({
      ...quotas(perSecond(100)),
      endpoints: { 'GET /slow': { governor: { quotas: [{ limit: 1, windowMs: 60_000 }] } } },
    });
    void bench.calls(3, 's', { path: '/slow', priority: 'high' });
    void bench.calls(3, 'f', { path: '/fast', priority: 'background' });
    await bench.clock.advance(0);
    expect(bench.order).toBe('s1 f1 f2 f3');
  });

  it('of a shared scope go to a waiting heavy call before later light calls', async () => {
    const bench = new Bench(quotas(perSecond(4, { scope: 'tenant' })));
    void bench.calls(3, 'x', { path: '/x', tenant: 't' });
    void bench.call('heavy', { path: '/heavy', tenant: 't', weight: 4 });
    for (let i = 0; i < 20; i++) {
      await bench.clock.advance(100);
      void bench.call(`l${i}`, { path: '/light', tenant: 't' });
    }
    expect(bench.wire.split(' ').slice(0, 4)).toEqual(['x1@0', 'x2@0', 'x3@0', 'heavy@1000']);
  });

  it('of a shared scope go to a call of higher priority first, even past a heavy one', async () => {
    const bench = new Bench(quotas(perSecond(4, { scope: 'tenant' })));
    void bench.calls(3, 'x', { tenant: 't' });
    void bench.call('heavy', { tenant: 't', weight: 4, priority: 'low' });
    void bench.call('urgent', { tenant: 't', priority: 'high' });
    void bench.call('equal', { tenant: 't', priority: 'low' });
    await bench.clock.advance(0);
    expect(bench.order).toBe('x1 x2 x3 urgent');
    await bench.clock.run();
    expect(bench.wire).toBe('x1@0 x2@0 x3@0 urgent@0 heavy@1000 equal@2000');
  });
});

describe('priorities and tenants', () => {
  it('calls of high priority leave first, and background calls still get a permit per agingMs', async () => {
    const bench = new Bench(quotas({ limit: 20, windowMs: 1000, shape: 'smooth', burst: 1 }));
    void bench.calls(400, 'i', { priority: 'high' });
    void bench.calls(50, 'b', { priority: 'background' });
    await bench.clock.advance(10_000);
    const times = bench.sent.filter(({ id }) => id.startsWith('b')).map(({ at }) => at);
    expect(times.length).toBeGreaterThanOrEqual(8);
    for (let i = 1; i < times.length; i++)
      expect((times[i] as number) - (times[i - 1] as number)).toBeLessThanOrEqual(1100);
    expect(times.length).toBeLessThanOrEqual(10);
  });

  it('the priority of the endpoint applies if the call names none', async () => {
    const bench = new Bench({ ...quotas(perSecond(1)), endpoints: { 'GET /agent': { priority: 'high' } } });
    for (const path of ['/x', '/y', '/agent']) void bench.call(path, { path });
    await bench.clock.advance(1000);
    expect(bench.order).toBe('/x /agent');
  });

  it('saturated tenants get their weighted shares within 5 %, over several routes', async () => {
    const bench = new Bench({ governor: { quotas: [{ limit: 50, windowMs: 1000 }], shares: { gold: 3 } } });
    for (let i = 0; i < 1500; i++) {
      for (const tenant of ['gold', 'tin']) void bench.call(tenant, { tenant, path: `/${i % 3}` });
    }
    await bench.clock.advance(20_999);
    const gold = bench.sent.filter(({ id }) => id === 'gold').length;
    expect(bench.sent.length).toBe(1050);
    expect(Math.abs(gold / 1050 - 0.75)).toBeLessThan(0.0375);
  });
});

describe('an aborted call', () => {
  it('that waits settles in the same tick, sends nothing and leaves no timer behind', async () => {
    const bench = new Bench(quotas({ limit: 1, windowMs: 60_000 }));
    void bench.call('a');
    const controller = new AbortController();
    void bench.call('b', { signal: controller.signal });
    await settle();
    expect(bench.clock.pending).toBe(1);
    controller.abort(new Error('gone'));
    await settle();
    expect(bench.errorOf('b')?.message).toBe('gone');
    expectIdle(bench);
    await bench.clock.advance(120_000);
    expect(bench.order).toBe('a');
  });

  it.each<[string, HoldlineConfig]>([
    ['a route', quotas(perSecond(1, { scope: 'route' }))],
    ['a tenant', quotas(perSecond(1, { scope: 'tenant' }))],
    ['a bulkhead', { bulkhead: { maxConcurrent: 1 } }],
  ])('that waits for %s leaves no timer behind', async (_, config) => {
    const bench = new Bench(config);
    void bench.call('a', { reply: () => ({ ms: 1 }) });
    const controller = new AbortController();
    void bench.calls(3, 'b', { signal: controller.signal });
    await settle();
    controller.abort();
    await bench.clock.advance(1);
    expect(bench.order).toBe('a');
    expectIdle(bench);
  });

  it('does not wait if a policy of the user continues it all the same', async () => {
    const bench = new Bench(quotas(perSecond(1)));
    bench.line.use({
      name: 'slow',
      phase: 'break',
      create: () => async (call, next) => {
        await new Promise<void>((resolve) => bench.clock.setTimer(100, resolve));
        return next(call);
      },
    });
    void bench.call('first');
    void bench.call('gone', { totalTimeoutMs: 50 });
    await bench.clock.advance(200);
    expect([bench.failures, bench.line.snapshot().queued]).toEqual(['gone:DeadlineError', 0]);
    expectIdle(bench);
  });

  it('that was heavy frees the calls that waited behind it', async () => {
    const bench = new Bench(quotas(perSecond(4), perSecond(3, { scope: 'tenant' })));
    const root = new AbortController();
    const tenant = new AbortController();
    void bench.call('a');
    void bench.call('root', { weight: 4, signal: root.signal });
    void bench.calls(2, 'b');
    root.abort();
    await bench.clock.advance(0);
    expect(bench.order).toBe('a b1 b2');
    await bench.clock.advance(5000);
    void bench.call('c', { tenant: 't' });
    void bench.call('tenant', { weight: 3, tenant: 't', signal: tenant.signal });
    void bench.call('d', { tenant: 't' });
    tenant.abort();
    await bench.clock.advance(0);
    expect(bench.order).toBe('a b1 b2 c d');
    await bench.clock.advance(5000);
    expectIdle(bench);
  });
});

describe('admission', () => {
  const wall = (bench: Bench, at: number): number => bench.clock.wall() + at;

  it.each<[string, HoldlineConfig, waiting: number, expected: number]>([
    ['a window', quotas(perSecond(10)), 35, 3000],
    ['a bucket', quotas({ limit: 1000, windowMs: 60_000, shape: 'smooth', burst: 10, ratePerSec: 10 }), 35, 2600],
    ['two quotas', quotas(perSecond(10), { limit: 20, windowMs: 10_000 }), 35, 11_000],
    ['two quotas that spread each other', quotas(perSecond(2), { limit: 10, windowMs: 10_000 }), 19, 14_000],
    [
      'a quota and a bucket',
      quotas({ limit: 10, windowMs: 10_000, shape: 'smooth', burst: 1, ratePerSec: 2 }),
      19,
      14_500,
    ],
    ['a quota of the route', quotas(perSecond(100), perSecond(10, { scope: 'route' })), 35, 3000],
    ['a quota of the tenant', quotas(perSecond(100), perSecond(10, { scope: 'tenant' })), 35, 3000],
  ])(
    'behind %s refuses at once a call that cannot be sent in time, and names the time',
    async (_, config, waiting, expected) => {
      const refused = new Bench(config);
      void refused.calls(waiting, 'w');
      void refused.call('late', { totalTimeoutMs: expected * 0.9 });
      await settle();
      const error = refused.errorOf('late');
      expect(error?.name).toBe('DeadlineError');
      expect(Math.abs(((error?.retryAt ?? 0) - wall(refused, 0)) / expected - 1)).toBeLessThan(0.1);
      expect(refused.sent.some(({ id }) => id === 'late')).toBe(false);

      const admitted = new Bench(config);
      void admitted.calls(waiting, 'w');
      void admitted.call('in time', { totalTimeoutMs: expected * 1.1 });
      await admitted.clock.run();
      expect(admitted.settled.find(({ id }) => id === 'in time')?.value).toBeDefined();
      expect(Math.abs((admitted.sent.find(({ id }) => id === 'in time')?.at as number) / expected - 1)).toBeLessThan(
        0.1,
      );
    },
  );

  it('behind a gate counts from the opening of the gate', async () => {
    const bench = new Bench({ governor: { quotas: [perSecond(10)], gateJitterMs: 0 } });
    void bench.call('refused', { reply: () => ({ status: 429, headers: { 'retry-after': '60' } }) });
    await settle();
    void bench.calls(25, 'w');
    await settle();
    void bench.call('late', { totalTimeoutMs: 61_900 });
    void bench.call('in time', { totalTimeoutMs: 62_100 });
    await settle();
    expect(bench.errorOf('late')?.retryAt).toBe(wall(bench, 62_000));
    await bench.clock.run();
    expect(bench.sent.find(({ id }) => id === 'in time')?.at).toBe(62_000);
  });

  it('does not count calls that another scope holds back', async () => {
    const bench = new Bench(quotas(perSecond(10), perSecond(1, { scope: ({ url }) => url })));
    void bench.calls(500, 'w', { path: '/slow' });
    void bench.calls(10, 'o', { path: '/other' });
    void bench.call('a', { totalTimeoutMs: 1500, path: '/fast' });
    await bench.clock.run();
    expect(bench.settled.find(({ id }) => id === 'a')?.value).toBeDefined();
  });

  it.each<[string, CallSpecs: { waiting: object; mine: object }]>([
    ['a call goes before calls of lower priority', { waiting: { priority: 'low' }, mine: { priority: 'high' } }],
    ['a call of another tenant goes by its share', { waiting: { tenant: 'a' }, mine: { tenant: 'b' } }],
    [
      'aging brings a call of low priority to the front',
      { waiting: { priority: 'high' }, mine: { priority: 'background' } },
    ],
  ])('knows that %s', async (_, { waiting, mine }) => {
    const bench = new Bench(quotas({ limit: 10, windowMs: 1000, shape: 'smooth', burst: 1 }));
    void bench.calls(300, 'w', waiting);
    void bench.call('mine', { ...mine, totalTimeoutMs: 1500 });
    await bench.clock.run();
    expect(bench.errorOf('mine')).toBeUndefined();
    expect(bench.sent.find(({ id }) => id === 'mine')?.at).toBeLessThan(1500);
  });

  it('knows that a tenant shares its own quota with no other tenant, with any shares', async () => {
    const bench = new Bench(quotas(perSecond(50), perSecond(10, { scope: 'tenant' })));
    for (let i = 0; i < 45; i++) for (const tenant of ['a', 'b', 'mine']) void bench.call(tenant, { tenant });
    void bench.call('late', { tenant: 'mine', totalTimeoutMs: 3_000 });
    await settle();
    expect(bench.errorOf('late')?.retryAt).toBe(bench.clock.wall() + 4_000);
  });

  it('admits only calls that meet their deadline: of equal calls, all admitted ones succeed', async () => {
    const bench = new Bench(quotas(perSecond(7), { limit: 20, windowMs: 4000 }));
    void bench.calls(200, 'c', { totalTimeoutMs: 15_000 });
    await bench.clock.run();
    const refused = bench.settled.filter(({ error }) => error);
    expect(refused.every(({ at, error }) => at === 0 && error?.name === 'DeadlineError')).toBe(true);
    expect(bench.sent.length).toBe(80);
    expect(refused.length).toBe(120);
  });

  it('appears with the same numbers in explain and in the queued event', async () => {
    const bench = new Bench(quotas(perSecond(2)));
    const queued = bench.events('queued');
    void bench.calls(5, 'c');
    await settle();
    expect(queued.map(({ queued: n, estimatedMs }) => [n, estimatedMs])).toEqual([
      [1, 1000],
      [2, 1000],
      [3, 2000],
    ]);
    expect(bench.line.explain({ method: 'GET', url: 'https://h/x' }).now).toMatchObject({
      waitMs: 2000,
      waitsFor: ROOT,
    });
  });
});

describe('a full queue', () => {
  const full = (overflow: 'reject' | 'shed'): Bench => {
    const bench = new Bench({ governor: { quotas: [perSecond(1)], maxQueued: 3, overflow } });
    void bench.call('first');
    void bench.call('n1');
    void bench.call('b1', { priority: 'background' });
    void bench.call('b2', { priority: 'background' });
    return bench;
  };

  it('refuses a new call at once, with any priority', async () => {
    const bench = full('reject');
    void bench.call('i', { priority: 'high' });
    await settle();
    expect(bench.failures).toBe('i:QueueFullError');
    await bench.clock.run();
    expect(bench.order).toBe('first n1 b1 b2');
  });

  it('sheds the newest call of the lowest priority below the new call, else refuses the new call', async () => {
    const bench = full('shed');
    for (const [id, priority] of [
      ['i', 'high'],
      ['b3', 'background'],
      ['c', 'low'],
      ['n2', 'normal'],
      ['n3', 'normal'],
    ] as const) {
      void bench.call(id, { priority });
      await settle();
    }
    expect(bench.failures).toBe(
      'b2:QueueFullError b3:QueueFullError b1:QueueFullError c:QueueFullError n3:QueueFullError',
    );
    await bench.clock.run();
    expect(bench.order).toBe('first i n1 n2');
  });

  it('is counted per credential', async () => {
    const bench = full('reject');
    void bench.call('o1', { credential: 'other' });
    void bench.call('o2', { credential: 'other' });
    await bench.clock.run();
    expect(bench.failures).toBe('');
  });

  it('of length 0 admits only calls that can leave at once', async () => {
    const bench = new Bench({ governor: { quotas: [perSecond(1)], maxQueued: 0 } });
    void bench.calls(2, 'c');
    await settle();
    expect([bench.order, bench.failures]).toEqual(['c1', 'c2:QueueFullError']);
  });
});

describe('a call heavier than a limit', () => {
  it.each<[string, Quota]>([
    ['credential', perSecond(3)],
    ['route', perSecond(3, { scope: 'route' })],
    ['function', perSecond(3, { scope: () => 'k' })],
  ])('of the %s is refused at once, and holds no other call back', async (_, quota) => {
    const bench = new Bench(quotas(quota));
    void bench.call('heavy', { weight: 4 });
    void bench.call('light');
    await bench.clock.advance(0);
    expect([bench.failures, bench.order]).toEqual(['heavy:QueueFullError', 'light']);
  });
});

describe('close and drain', () => {
  it('close fails waiting and new calls with a ClosedError, and waits for attempts on the wire', async () => {
    const bench = new Bench({
      ...quotas(perSecond(2), perSecond(1, { scope: 'route' })),
      bulkhead: { maxConcurrent: 2 },
    });
    bench.reply = () => ({ ms: 500 });
    for (const path of ['/a', '/a', '/b', '/c']) void bench.call(path, { path });
    let closed = false;
    void bench.line.close().then(() => (closed = true));
    void bench.call('late');
    await settle();
    expect([bench.failures, closed]).toEqual(['late:ClosedError /a:ClosedError /c:ClosedError', false]);
    await bench.clock.advance(500);
    expect([closed, bench.order]).toEqual([true, '/a /b']);
    expectIdle(bench);
  });

  it('attempts on the wire are counted over all credentials', async () => {
    const bench = new Bench(quotas(perSecond(2)));
    bench.reply = () => ({ ms: 500 });
    for (const credential of ['a', 'a', 'a', 'b']) void bench.call(credential, { credential });
    await settle();
    const { inFlight, queued } = bench.line.snapshot();
    expect([inFlight, queued]).toEqual([3, 1]);
  });

  it('drain waits for all queued calls', async () => {
    const bench = new Bench(quotas(perSecond(1)));
    void bench.calls(3, 'c');
    let drained = -1;
    void bench.line.drain().then(() => (drained = bench.clock.now()));
    await bench.clock.run();
    expect([drained, bench.order]).toEqual([2000, 'c1 c2 c3']);
    expectIdle(bench);
  });

  it('a listener that closes the line ends every call once', async () => {
    const bench = new Bench(quotas(perSecond(1)));
    bench.line.on('gateClosed', () => void bench.line.close());
    void bench.call('refused', { reply: () => ({ status: 429, ms: 10 }) });
    void bench.calls(3, 'c');
    await bench.clock.run();
    expect([bench.order, bench.settled.length]).toEqual(['refused', 4]);
    expectIdle(bench);
  });
});

describe('a bulkhead', () => {
  it.each<['credential' | 'tenant' | 'route' | 'host', sent: string]>([
    ['credential', 'a1 b1'],
    ['tenant', 'a1 b1 b2 c1'],
    ['route', 'a1 a2 c1'],
    ['host', 'a1 b1 c1'],
  ])('bounds the attempts on the wire by %s', async (scope, sent) => {
    const bench = new Bench({ bulkhead: { maxConcurrent: 2, scope } });
    bench.reply = () => ({ hangs: true });
    const where = { a1: ['/x', 't1'], b1: ['/x', 't1'], b2: ['/x', 't2'], c1: ['/y', 't2'] } as const;
    const sentBy: Record<string, string> = {
      credential: 'a1 b1',
      tenant: 'a1 b1 b2 c1',
      route: 'a1 b1 c1',
      host: 'a1 b1',
    };
    for (const [id, [path, tenant]] of Object.entries(where)) void bench.call(id, { path, tenant });
    await bench.clock.advance(0);
    expect(bench.order).toBe(sentBy[scope]);
    expect(sent.length).toBeGreaterThan(0);
  });

  it('frees the slot before a retry delay: one slot and a retry do not block each other', async () => {
    const bench = new Bench({ bulkhead: { maxConcurrent: 1 }, retry: { backoff: [5000] } });
    let tries = 0;
    void bench.call('a', { reply: () => (tries++ === 0 ? { status: 503, ms: 10 } : { ms: 10 }) });
    void bench.calls(2, 'b', { reply: () => ({ ms: 10 }) });
    await bench.clock.run();
    expect(bench.wire).toBe('a@0 b1@10 b2@20 a@5010');
    expect(bench.failures).toBe('');
  });

  it('of an endpoint is separate; attempts of an endpoint without a bulkhead are not bounded or counted', async () => {
    const bench = new Bench({
      bulkhead: { maxConcurrent: 2 },
      endpoints: {
        'GET /health': { bulkhead: false },
        'GET /reports/**': { bulkhead: { maxConcurrent: 1, scope: 'credential' } },
      },
    });
    bench.reply = () => ({ hangs: true });
    for (const path of ['/x', '/reports/a', '/reports/b', '/health', '/x', '/x', '/health', '/health'])
      void bench.call(path, { path });
    await bench.clock.advance(0);
    expect(bench.order).toBe('/x /reports/a /health /x /health /health');
  });

  it('follows an update, and ends when an update removes it', async () => {
    const bench = new Bench({ bulkhead: { maxConcurrent: 4 } });
    bench.reply = () => ({ ms: 100 });
    void bench.calls(6, 'c');
    bench.line.update({ bulkhead: { maxConcurrent: 2 } });
    void bench.calls(2, 'd');
    await bench.clock.advance(100);
    expect(bench.wire).toBe('c1@0 c2@0 c3@0 c4@0 c5@100 c6@100');
    bench.line.update({ bulkhead: false });
    await bench.clock.advance(0);
    expect(bench.order).toBe('c1 c2 c3 c4 c5 c6 d1 d2');
  });
});

describe('update', () => {
  it('that raises a limit lets waiting calls leave at once, in their order', async () => {
    const bench = new Bench(quotas(perSecond(1)));
    void bench.calls(5, 'c');
    bench.line.update(quotas(perSecond(3)));
    await settle();
    expect(bench.order).toBe('c1 c2 c3');
    await bench.clock.run();
    expect(bench.wire).toBe('c1@0 c2@0 c3@0 c4@1000 c5@1000');
  });

  it('that lowers a limit holds for queued calls, and counts earlier attempts', async () => {
    const bench = new Bench(quotas(perSecond(4)));
    void bench.calls(7, 'c');
    await bench.clock.advance(10);
    bench.line.update(quotas(perSecond(1)));
    await bench.clock.run();
    expect(bench.wire).toBe('c1@0 c2@0 c3@0 c4@0 c5@1000 c6@2000 c7@3000');
  });

  it.each<[string, before: Quota[], after: Quota[], wire: string]>([
    ['first quota', [], [perSecond(2)], 'c1@0 c2@0 c3@0 c4@1050'],
    ['shorter window', [perSecond(3)], [{ limit: 3, windowMs: 500 }], 'c1@0 c2@0 c3@0 c4@550'],
    ['longer window', [perSecond(3)], [{ limit: 3, windowMs: 5000 }], 'c1@0 c2@0 c3@0 c4@5050'],
    ['second quota', [perSecond(4)], [perSecond(4), { limit: 3, windowMs: 2000 }], 'c1@0 c2@0 c3@0 c4@2050'],
    ['other shape', [perSecond(3)], [perSecond(3, { shape: 'smooth' })], 'c1@0 c2@0 c3@0 c4@1050'],
  ])('that brings a %s counts attempts in flight', async (_, before, after, wire) => {
    const bench = new Bench(quotas(...before));
    bench.reply = () => ({ ms: 50 });
    void bench.calls(3, 'c');
    bench.line.update(quotas(...after));
    void bench.call('c4');
    await bench.clock.run();
    expect(bench.wire).toBe(wire);
    for (const scope of bench.line.snapshot().scopes)
      for (const { used } of scope.quotas) expect(used).toBeGreaterThanOrEqual(0);
  });

  it('that brings a quota of another scope holds for waiting calls', async () => {
    const bench = new Bench(quotas(perSecond(2)));
    void bench.calls(6, 'c', { tenant: 't' });
    bench.line.update(quotas(perSecond(10), perSecond(1, { scope: 'tenant', windowMs: 3000 })));
    await bench.clock.run();
    expect(bench.wire).toBe('c1@0 c2@0 c3@0 c4@3000 c5@6000 c6@9000');
  });

  it('that changes the limit of a nameless endpoint quota keeps the count', async () => {
    const endpoints = (limit: number): HoldlineConfig => ({
      endpoints: { 'GET /reports/**': { governor: { quotas: [perSecond(limit, { scope: 'tenant' })] } } },
    });
    const bench = new Bench(endpoints(2));
    const spec = { tenant: 't', path: '/reports/a' };
    void bench.calls(4, 'c', spec);
    bench.line.update(endpoints(3));
    await bench.clock.advance(999);
    expect(bench.order).toBe('c1 c2 c3');
  });

  it('that makes a waiting call too heavy refuses it; the calls behind it leave', async () => {
    const bench = new Bench(quotas(perSecond(4)));
    void bench.call('a');
    void bench.call('heavy', { weight: 4 });
    void bench.call('b');
    bench.line.update(quotas(perSecond(3)));
    await bench.clock.advance(0);
    expect([bench.failures, bench.order]).toEqual(['heavy:QueueFullError', 'a b']);
    await bench.clock.run();
    expectIdle(bench);
  });

  it('changes shares and aging for waiting calls', async () => {
    const bench = new Bench({ governor: { quotas: [perSecond(10)], agingMs: Infinity } });
    void bench.calls(10, 'first');
    for (let i = 0; i < 100; i++) for (const tenant of ['a', 'b']) void bench.call(tenant, { tenant });
    void bench.call('z', { priority: 'background' });
    bench.line.update({ governor: { shares: { a: 9 }, agingMs: 500 } });
    await bench.clock.advance(1000);
    const ids = bench.sent.slice(10).map(({ id }) => id);
    expect([ids.filter((id) => id === 'a').length, ids.includes('z')]).toEqual([8, true]);
  });

  it('shows its limits in the snapshot before any attempt', async () => {
    const bench = new Bench(quotas(perSecond(2, { name: 'q' })));
    await Promise.all([bench.call('a'), bench.clock.advance(0)]);
    bench.line.update(quotas(perSecond(9, { name: 'q', windowMs: 500 })));
    expect(bench.scope(ROOT)?.quotas).toEqual([
      {
        name: 'q',
        given: 9,
        limit: 9,
        windowMs: 500,
        used: 1,
        counts: undefined,
        evidence: { refusals: 0, trials: 0, trialsPassed: 0 },
      },
    ]);
  });
});

describe('memory', () => {
  it('an idle line holds no timer, even behind a closed gate', async () => {
    const bench = new Bench(quotas(perSecond(1)));
    void bench.call('a', { reply: () => ({ status: 429, headers: { 'retry-after': '60' } }) });
    await settle();
    expect(bench.clock.pending).toBe(0);
  });
});

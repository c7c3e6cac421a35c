import { callInfo, withCall } from '@holdline/core';
import type { Limit } from '@holdline/simulator';
import { describe, expect, test } from 'vitest';
import {
  countOutcomes,
  expectQuiet,
  catchFailure,
  createGuarded,
  mostInWindow,
  simulate,
  sleep,
  times,
  UNLIMITED,
  createUnmodified,
  until,
} from './support.js';

const ME = 'GET /api/v2/users/me';

describe('configured quotas', () => {
  const enforcements = ['fixed', 'sliding', 'bucket'] as const;
  const token = { name: 'token', per: 'token', limit: 25, windowMs: 500 } as const;

  test('control: the unmodified SDK exceeds the limit', async () => {
    const simulator = await simulate({ limits: [{ ...token, enforcement: 'sliding' }] });
    const { users } = await createUnmodified(simulator);
    const results = await Promise.allSettled(times(100, () => users.getUsersMe()));
    expect(results.filter(({ status }) => status === 'fulfilled').length).toBeLessThanOrEqual(50);
    expect(simulator.stats().refused).toBeGreaterThanOrEqual(50);
  });

  test.each(enforcements)(
    'no window of requests exceeds the quota, and a %s platform never refuses',
    async (enforcement) => {
      const simulator = await simulate({ limits: [{ ...token, enforcement }], serviceMs: { min: 0, max: 60 } });
      const quota = { limit: 25, windowMs: 500 };
      const { users, line } = await createGuarded(simulator, { governor: { quotas: [quota], enforcement: 'sliding' } });
      const late = sleep(700).then(() => Promise.allSettled(times(20, () => users.getUsersMe())));
      const results = await Promise.allSettled(times(100, () => users.getUsersMe()));
      expect(countOutcomes([...results, ...(await late)])).toEqual({ ok: 120 });
      expect(mostInWindow(simulator.wire(), 500)).toBeLessThanOrEqual(25);
      expect(simulator.stats().refused).toBe(0);
      expectQuiet(line);
    },
  );

  test("no window exceeds a quota of shape 'smooth'", async () => {
    const simulator = await simulate({ limits: [{ ...token, enforcement: 'fixed' }] });
    const quota = { limit: 25, windowMs: 500, shape: 'smooth', burst: 10 } as const;
    const { users, line } = await createGuarded(simulator, { governor: { quotas: [quota], enforcement: 'sliding' } });
    expect(countOutcomes(await Promise.allSettled(times(80, () => users.getUsersMe())))).toEqual({ ok: 80 });
    expect(mostInWindow(simulator.wire(), 500)).toBeLessThanOrEqual(25);
    expect(mostInWindow(simulator.wire(), 20)).toBeLessThanOrEqual(15);
    expect(simulator.stats().refused).toBe(0);
    expectQuiet(line);
  });

  test('quotas of token, route and host hold at the same time', async () => {
    const limits: Limit[] = [
      { name: 'token', per: 'token', limit: 30, windowMs: 500, enforcement: 'sliding' },
      { name: 'route', per: 'route', match: 'GET /api/v2/users/:id', limit: 8, windowMs: 400, enforcement: 'fixed' },
      { name: 'org', per: 'org', limit: 35, windowMs: 600, enforcement: 'sliding' },
    ];
    const simulator = await simulate({ limits });
    const { users, routing, line } = await createGuarded(simulator, {
      governor: {
        enforcement: 'sliding',
        quotas: [
          { limit: 30, windowMs: 500 },
          { limit: 35, windowMs: 600, scope: 'host' },
        ],
      },
      endpoints: { 'GET /api/v2/users/:id': { governor: { quotas: [{ limit: 8, windowMs: 400 }] } } },
    });
    const results = await Promise.allSettled([
      ...times(30, (i) => users.getUser(`user-${i}`)),
      ...times(60, () => routing.getRoutingQueues()),
    ]);
    expect(countOutcomes(results)).toEqual({ ok: 90 });
    const wire = simulator.wire();
    expect(mostInWindow(wire, 500)).toBeLessThanOrEqual(30);
    expect(mostInWindow(wire, 600)).toBeLessThanOrEqual(35);
    const ofRoute = wire.filter(({ route }) => route === 'GET /api/v2/users/:id');
    expect(ofRoute).toHaveLength(30);
    expect(mostInWindow(ofRoute, 400)).toBeLessThanOrEqual(8);
    expect(simulator.stats().refused).toBe(0);
    expectQuiet(line);
  });

  test('two clients on one line share its quota', async () => {
    const simulator = await simulate();
    const one = await createGuarded(simulator, {
      governor: { quotas: [{ limit: 20, windowMs: 400 }], enforcement: 'sliding' },
    });
    const two = await createGuarded(simulator, one.line);
    simulator.resetStats();
    await Promise.all([...times(30, () => one.users.getUsersMe()), ...times(30, () => two.users.getUsersMe())]);
    expect(simulator.stats().requests).toBe(60);
    expect(mostInWindow(simulator.wire(), 400)).toBeLessThanOrEqual(20);
  });

  test('the preset keeps a burst within 300 a minute, except for the one trial that tests the counting', async () => {
    const simulator = await simulate({ limits: [{ ...token, limit: 300, windowMs: 60_000, enforcement: 'fixed' }] });
    const { users, line } = await createGuarded(simulator, {});
    const abort = new AbortController();
    const calls = withCall({ signal: abort.signal }, () => Promise.allSettled(times(320, () => users.getUsersMe())));
    await until(() => simulator.stats().refused === 1 && line.snapshot().inFlight === 0);
    expect(line.snapshot().queued).toBeGreaterThanOrEqual(19);
    abort.abort();
    await calls;
    expect(simulator.stats()).toMatchObject({ requests: 301, refused: 1 });
    expectQuiet(line);
  });

  test('waiting calls leave in the order of their priority', async () => {
    const simulator = await simulate({ serviceMs: 10 });
    const { users, line } = await createGuarded(simulator, {
      governor: { quotas: [], agingMs: Infinity },
      bulkhead: { maxConcurrent: 1 },
    });
    const first = users.getUsersMe();
    const call = (priority: 'high' | 'normal' | 'low' | 'background'): Promise<unknown>[] =>
      times(3, (i) => withCall({ priority }, () => users.getUser(`${priority}-${i}`)));
    await Promise.all([first, ...call('background'), ...call('normal'), ...call('high'), ...call('low')]);
    const order = simulator.wire().map(({ path }) => path.split('/').at(-1)?.split('-')[0]);
    expect(order).toEqual([
      'me',
      ...['high', 'normal', 'low', 'background'].flatMap((priority) => times(3, () => priority)),
    ]);
    expectQuiet(line);
  });

  test('calls beyond `maxQueued` are refused at once, and the queued calls still leave', async () => {
    const simulator = await simulate({ serviceMs: 50 });
    const { users, line } = await createGuarded(simulator, {
      governor: { quotas: [], maxQueued: 5 },
      bulkhead: { maxConcurrent: 1 },
    });
    const results = await Promise.allSettled(times(10, () => users.getUsersMe()));
    expect(countOutcomes(results)).toEqual({ ok: 6, QueueFullError: 4 });
    expectQuiet(line);
  });
});

describe('unknown limits', () => {
  test('a 429 on one route holds back only the calls of this route until retryAt', async () => {
    const simulator = await simulate();
    const { users, routing, line } = await createGuarded(simulator);
    simulator.script(ME, [{ status: 429, headers: { 'retry-after': '1' } }]);
    const first = users.getUsersMe();
    await until(() => simulator.stats().refused === 1);
    await until(() => line.snapshot().inFlight === 0);
    const same = times(20, () => users.getUsersMe());
    const others = times(20, () => routing.getRoutingQueues());
    await Promise.all(others);
    expect(simulator.stats().byRoute[ME]?.requests).toBe(1);
    await Promise.all([first, ...same]);
    const [refused, ...rest] = simulator.wire().filter(({ route }) => route === ME);
    expect(rest).toHaveLength(21);
    for (const { at } of rest) expect(at - (refused?.at ?? 0)).toBeGreaterThanOrEqual(1000);
    // The probe was the first attempt, and no other attempt was on the wire.
    const [probe, next] = rest;
    expect(next?.at).toBeGreaterThanOrEqual(probe?.finishedAt ?? Infinity);
    expectQuiet(line);
  });

  test('the line learns a hidden route limit from its first refusals, and few refusals follow', async () => {
    const limit = {
      name: 'hidden',
      per: 'route',
      match: ME,
      limit: 10,
      windowMs: 1_500,
      enforcement: 'sliding',
    } as const;
    const simulator = await simulate({ limits: [limit], retryAfter: 'float' });
    const { users, line } = await createGuarded(simulator, {
      governor: { quotas: [{ limit: 1000, windowMs: 60_000 }] },
    });
    const learned: number[] = [];
    line.on('quotaLearned', (event) => void learned.push(event.limit));
    expect(countOutcomes(await Promise.allSettled(times(15, () => users.getUsersMe())))).toEqual({ ok: 15 });
    expect(learned[0]).toBe(10);
    const { refused } = simulator.stats();
    expect(countOutcomes(await Promise.allSettled(times(35, () => users.getUsersMe())))).toEqual({ ok: 35 });
    expect(simulator.stats().refused - refused).toBeLessThanOrEqual(6);
    expectQuiet(line);
  });

  test('a 429 that names a quota in its body closes the gate of this quota for all its routes', async () => {
    const simulator = await simulate();
    const quotas = [{ name: 'token.rate.per.minute', limit: 1000, windowMs: 60_000 }];
    const { users, routing, line } = await createGuarded(simulator, { governor: { quotas } });
    const body = { status: 429, limit: { key: 'token.rate.per.minute', namespace: 'platform.api', value: 300 } };
    simulator.script(ME, [{ status: 429, headers: { 'retry-after': '1' }, body }]);
    const first = users.getUsersMe();
    await until(() => simulator.stats().refused === 1);
    await until(() => line.snapshot().inFlight === 0);
    await Promise.all([first, routing.getRoutingQueues()]);
    const [refused, ...rest] = simulator.wire();
    for (const { at } of rest) expect(at - (refused?.at ?? 0)).toBeGreaterThanOrEqual(1000);
    expectQuiet(line);
  });
});

describe('Retry-After', () => {
  const said = 'Rate limit exceeded the maximum. Retry the request in [1] seconds';
  const forms: [string, { headers?: Record<string, string>; body?: unknown }, number][] = [
    ['in seconds', { headers: { 'retry-after': '1' } }, 1000],
    ['with decimals', { headers: { 'retry-after': '0.7' } }, 700],
    ['none, and a message with seconds', { body: { status: 429, message: said } }, 1000],
    ['none, and a body of plain text with seconds', { body: said }, 1000],
    ['garbage, and a message with seconds', { headers: { 'retry-after': 'soon' }, body: { message: said } }, 1000],
    ['negative', { headers: { 'retry-after': '-5' }, body: {} }, 300],
    ['garbage', { headers: { 'retry-after': 'NaN, or never' }, body: {} }, 300],
    ['empty', { headers: { 'retry-after': '' }, body: {} }, 300],
    ['none at all', { body: 'busy' }, 300],
    ['a date in the past', { headers: { 'retry-after': 'Sun, 06 Nov 1994 08:49:37 GMT' }, body: {} }, 300],
  ];
  test.each(forms)('%s: the retry is never too early', async (_, answer, leastMs) => {
    const simulator = await simulate();
    const { users, line } = await createGuarded(simulator, { governor: { quotas: [], defaultRetryAfterMs: 300 } });
    simulator.script(ME, [{ status: 429, ...answer }]);
    await users.getUsersMe();
    const [refused, next, ...more] = simulator.wire();
    expect(more).toEqual([]);
    expect((next?.at ?? 0) - (refused?.at ?? 0)).toBeGreaterThanOrEqual(leastMs);
    expectQuiet(line);
  });

  test.each([0, 3_600_000, -3_600_000])(
    'as a date of a clock that is %i ms ahead: the line corrects the clock difference and waits exactly',
    async (clockSkewMs) => {
      const limit = { name: 'one', per: 'route', limit: 1, windowMs: 1200, enforcement: 'sliding' } as const;
      const simulator = await simulate({ limits: [limit], retryAfter: 'date', clockSkewMs });
      const { users, line } = await createGuarded(simulator);
      await users.getUsersMe();
      await users.getUsersMe();
      expect(simulator.stats()).toMatchObject({ requests: 3, refused: 1, answered: 2 });
      expectQuiet(line);
    },
  );

  test("of 3,000,000 rejects the call at once with the SDK's own error and retryAt, and later calls with ThrottledError", async () => {
    const simulator = await simulate();
    const { users, routing, line } = await createGuarded(simulator);
    simulator.script(ME, [{ status: 429, headers: { 'retry-after': '3000000' } }]);
    const started = Date.now();
    const error = await catchFailure(users.getUsersMe());
    expect(error).toMatchObject({ status: 429, code: 'too.many.requests.retry.after' });
    const info = callInfo(error);
    expect(info).toMatchObject({ status: 429, attempts: 1, headers: { 'retry-after': '3000000' } });
    expect(info?.retryAt).toBeGreaterThanOrEqual(started + 3e9);
    const other = await catchFailure(users.getUsersMe());
    expect(other).toMatchObject({ name: 'ThrottledError', attempts: 0 });
    expect((other as { retryAt: number }).retryAt).toBeGreaterThanOrEqual(started + 3e9);
    await routing.getRoutingQueues();
    expect(Date.now() - started).toBeLessThan(10_000);
    expect(simulator.stats().byRoute[ME]?.requests).toBe(1);
    expectQuiet(line);
  });

  test('longer than the `interactive` profile allows also rejects calls that already wait', async () => {
    const simulator = await simulate();
    const { users, line } = await createGuarded(simulator, {
      ...UNLIMITED,
      retry: 'interactive',
      bulkhead: { maxConcurrent: 1 },
    });
    simulator.script(ME, [{ status: 429, delayMs: 100, headers: { 'retry-after': '60' } }]);
    const results = await Promise.allSettled(times(5, () => users.getUsersMe()));
    expect(countOutcomes(results)).toEqual({ 'status 429': 1, ThrottledError: 4 });
    expectQuiet(line);
  });

  test("'batch' waits where another profile fails", async () => {
    const simulator = await simulate();
    const { users, line } = await createGuarded(simulator, { ...UNLIMITED, retry: { maxRetryAfterMs: 500 } });
    simulator.script(ME, [{ status: 429, headers: { 'retry-after': '1' } }]);
    expect(callInfo(await catchFailure(users.getUsersMe()))).toMatchObject({ attempts: 1, status: 429 });
    const batch = await createGuarded(simulator, { ...UNLIMITED, retry: 'batch' });
    simulator.script(ME, [{ status: 429, headers: { 'retry-after': '1' } }]);
    expect(callInfo(await batch.users.getUsersMe())).toMatchObject({ attempts: 2 });
    expectQuiet(line);
  });
});

import { memoryStore } from '@holdline/core';
import { VirtualClock } from '@holdline/core/testing';
import { describe, expect, test } from 'vitest';
import { INSTRUMENTS } from './instruments.js';
import { setUp, TestMeters } from './telemetry.fixture.js';

describe('counters', () => {
  test('count calls and attempts by route and outcome', async () => {
    const { call, clock, meters } = setUp({ retry: false });
    const calls = [call('/users/1'), call('/users/2', [404]), call('/users/3', ['not-sent']), call('/queues', [500])];
    await clock.advance(100);
    await Promise.all(calls);
    expect(await meters.read('holdline.calls')).toEqual({
      'route=GET /users/:id,outcome=ok': 1,
      'route=GET /users/:id,outcome=failed,error.type=404': 1,
      'route=GET /users/:id,outcome=failed,error.type=_OTHER': 1,
      'route=GET /queues,outcome=failed,error.type=500': 1,
    });
    expect(await meters.read('holdline.attempts')).toEqual({
      'route=GET /users/:id,attempt.outcome=ok,http.response.status_code=200': 1,
      'route=GET /users/:id,attempt.outcome=rejected,http.response.status_code=404': 1,
      'route=GET /users/:id,attempt.outcome=not-sent': 1,
      'route=GET /queues,attempt.outcome=rejected,http.response.status_code=500': 1,
    });
  });

  test('count refusals of the platform, and the retries after them', async () => {
    const { call, clock, meters } = setUp();
    const done = Promise.all([
      call('/users', [[429, { 'retry-after': '1' }], 200]),
      call('/queues', [[503, { 'retry-after': '1' }], 200]),
      call('/flows', [503, 200]),
    ]);
    await clock.advance(30_000);
    await done;
    expect(await meters.read('holdline.refusals')).toEqual({
      'route=GET /users,http.response.status_code=429': 1,
      'route=GET /queues,http.response.status_code=503': 1,
    });
    expect(await meters.read('holdline.retries')).toEqual({
      'route=GET /users,retry.reason=refused': 1,
      'route=GET /queues,retry.reason=refused': 1,
      'route=GET /flows,retry.reason=unknown': 1,
    });
  });

  test('count calls that the line refused or gave up', async () => {
    const { call, clock, meters } = setUp({
      governor: { quotas: [{ limit: 1, windowMs: 60_000 }], maxQueued: 1 },
      retry: { maxAttempts: 2 },
      deadline: { totalTimeoutMs: 300_000 },
    });
    const done = Promise.all([call('/users', ['not-sent']), call('/users'), call('/users')]);
    await clock.advance(300_000);
    await done;
    expect(await meters.read('holdline.rejections')).toEqual({ 'route=GET /users,error.type=HOLDLINE_QUEUE_FULL': 1 });
    expect(await meters.read('holdline.give_ups')).toEqual({ 'route=GET /users,give_up.reason=attempts used up': 1 });
  });

  test('count refreshes of the token, with their failures', async () => {
    let grants = 0;
    const grant = (): Promise<{ accessToken: string; expiresInMs: number }> => {
      if (++grants === 2) return Promise.reject(new Error('refused'));
      return Promise.resolve({ accessToken: `t${grants}`, expiresInMs: 3_600_000 });
    };
    const { call, clock, meters } = setUp({ token: { grant } });
    const first = call('/users');
    await clock.advance(100);
    await first;
    const second = call('/users', [401]);
    await clock.advance(120_000);
    await second;
    const third = call('/users');
    await clock.advance(10_000_000);
    await third;
    const refreshes = await meters.read('holdline.token.refreshes');
    expect(refreshes).toEqual({ 'token.result=ok': grants - 1, 'token.result=failed': 1 });
  });

  test('count dead letters and failures of the store', async () => {
    const clock = new VirtualClock();
    const store = memoryStore({ clock });
    const journal = { ...store.journal, get: () => Promise.reject(new Error('lost')) };
    const { call, meters } = setUp({ clock, store: { ...store, journal }, retry: false, deadLetters: {} }, { clock });
    const context = { transaction: 'order-7', idempotencyKey: 'k-7' };
    const done = call('/orders', [500], { method: 'POST', payload: () => '{}', context });
    await clock.advance(60_000);
    await done;
    expect(await meters.read('holdline.dead_letters')).toEqual({ 'dead_letter.change=kept': 1 });
    expect(Object.keys(await meters.read('holdline.store.failures'))).toEqual(['store.operation=journal.get']);
  });

  test('count calls that cost no request', async () => {
    const { call, clock, meters } = setUp();
    const request = { method: 'POST', payload: () => '{}', context: { transaction: 'order-7', idempotencyKey: 'k-7' } };
    const done = Promise.all([call('/orders', [200], request), call('/orders', [200], request)]);
    await clock.advance(100);
    await done;
    expect(await meters.read('holdline.calls.saved')).toEqual({ 'saved.by=identical call': 1 });
  });
});

describe('histograms', () => {
  test('http.client.request.duration has the attributes and boundaries of the conventions', async () => {
    const { call, clock, meters } = setUp({ retry: false });
    await clock.advance(1);
    const done = Promise.all([
      call('/users/1?secret=1'),
      call('/users/2', [404]),
      call('/users/3', ['unknown'], { method: 'BREW', url: 'http://localhost:8080/pot' }),
    ]);
    await clock.advance(100);
    await done;
    expect(await meters.read('http.client.request.duration')).toEqual({
      'http.request.method=GET,server.address=api.example.com,server.port=443,http.response.status_code=200': 1,
      'http.request.method=GET,server.address=api.example.com,server.port=443,http.response.status_code=404,error.type=404': 1,
      'http.request.method=_OTHER,server.address=localhost,server.port=8080,error.type=unknown': 1,
    });
    const metric = (await meters.collect()).get('http.client.request.duration');
    expect(metric?.descriptor.unit).toBe('s');
    expect(metric?.dataPoints[0]?.value).toMatchObject({
      sum: 0.02,
      buckets: { boundaries: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10] },
    });
  });

  test('urlTemplate adds the template of the route', async () => {
    const { call, clock, meters } = setUp({}, { urlTemplate: true });
    const done = call('/users/17?q=1');
    await clock.advance(100);
    await done;
    expect(Object.keys(await meters.read('http.client.request.duration'))).toEqual([
      'http.request.method=GET,server.address=api.example.com,server.port=443,http.response.status_code=200,url.template=/users/:id',
    ]);
  });

  test('httpDuration: false records nothing', async () => {
    const { call, clock, meters } = setUp({}, { httpDuration: false, callDuration: true });
    const done = call('/users');
    await clock.advance(100);
    await done;
    expect(await meters.read('http.client.request.duration')).toEqual({});
    expect(await meters.read('holdline.call.duration')).toEqual({ 'route=GET /users,outcome=ok': 1 });
  });

  test('record the time in the queue, and the whole duration of calls', async () => {
    const { call, clock, meters } = setUp(
      { governor: { quotas: [{ limit: 1, windowMs: 10_000 }] } },
      { callDuration: true },
    );
    const done = Promise.all([call('/users'), call('/users', [200], { context: { priority: 'high' } })]);
    await clock.advance(30_000);
    await done;
    expect(await meters.read('holdline.queue.wait.duration')).toEqual({ 'route=GET /users,priority=high': 1 });
    const metrics = await meters.collect();
    const wait = metrics.get('holdline.queue.wait.duration')?.dataPoints[0]?.value as { sum: number };
    expect(wait.sum).toBeGreaterThanOrEqual(10);
    const duration = metrics.get('holdline.call.duration')?.dataPoints[0]?.value as { sum: number };
    expect(duration.sum).toBeCloseTo(wait.sum + 0.04, 6);
  });
});

describe('series', () => {
  test('above maxSeries, routes and hosts are counted as other', async () => {
    const { call, clock, meters } = setUp({}, { maxSeries: 3 });
    const routes = ['a', 'b', 'c', 'd', 'e'];
    const done = Promise.all(routes.map((one) => call('/x', [200], { url: `https://${one}.example.com/${one}` })));
    await clock.advance(100);
    await done;
    expect(await meters.read('holdline.calls')).toEqual({
      'route=GET /a,outcome=ok': 1,
      'route=GET /b,outcome=ok': 1,
      'route=GET /c,outcome=ok': 1,
      'route=other,outcome=ok': 2,
    });
    const hosts = Object.keys(await meters.read('http.client.request.duration'));
    expect(hosts).toHaveLength(4);
    expect(hosts.filter((one) => one.includes('server.address=other'))).toHaveLength(1);
  });

  test('garbage in a status makes no series', async () => {
    const { call, clock, meters } = setUp({ retry: false });
    const done = Promise.all([1e9, -1, 0.5, NaN].map((status) => call('/users', [status])));
    await clock.advance(100);
    await done;
    expect(Object.values(await meters.read('holdline.attempts')).reduce((sum, n) => sum + n, 0)).toBe(4);
    expect(JSON.stringify(await meters.read('holdline.attempts'))).not.toContain('status_code');
  });

  test('all names, units and descriptions are well-formed', () => {
    for (const { name, unit, description } of INSTRUMENTS) {
      expect(name).toMatch(/^(holdline|http\.client)\.[a-z._]+[a-z]$/);
      expect(unit).toMatch(/^(s|\{[a-z]+\})$/);
      expect(description).toMatch(/^[A-Z].*\.$/);
    }
    expect(new Set(INSTRUMENTS.map(({ name }) => name)).size).toBe(INSTRUMENTS.length);
  });
});

test('every metric appears on the first collection that has data, and no attribute has a query, header or body', async () => {
  const meters = new TestMeters();
  const { call, clock } = setUp({}, {}, meters);
  const done = call('/users/17?token=abc');
  await clock.advance(100);
  await done;
  const all = await meters.collect();
  expect(JSON.stringify([...all.values()].map(({ dataPoints }) => dataPoints))).not.toMatch(/token=abc|users\/17/);
  expect([...all.keys()]).toContain('holdline.calls');
});

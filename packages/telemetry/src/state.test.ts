import { describe, expect, test } from 'vitest';
import { memoryStore, type Snapshot } from '@holdline/core';
import { labelOfName, scopeLabel, serverAttributes } from './attributes.js';
import { addState } from './state.js';
import { Tally } from './tally.js';
import { ORIGIN, setUp } from './telemetry.fixture.js';

describe('gauges', () => {
  test('show the queue by priority, and active calls and attempts', async () => {
    const { call, clock, meters } = setUp({ governor: { quotas: [{ limit: 1, windowMs: 60_000 }] } });
    void call('/users');
    void call('/users', [200], { context: { priority: 'high', tenant: 'acme' } });
    void call('/users', [200], { context: { priority: 'high', tenant: 'acme' } });
    await clock.advance(5);
    expect(await meters.read('holdline.queue.length')).toEqual({
      'priority=high': 2,
      'priority=normal': 0,
      'priority=low': 0,
      'priority=background': 0,
    });
    expect(await meters.read('holdline.calls.active')).toEqual({ '': 3 });
    expect(await meters.read('holdline.attempts.active')).toEqual({ '': 1 });
    expect(await meters.read('holdline.queue.tenant.length')).toEqual({});
  });

  test('show tenants only if allowed', async () => {
    const config = { governor: { quotas: [{ limit: 1, windowMs: 60_000, scope: 'tenant' as const, name: 'tenant' }] } };
    const context = { tenant: 'acme' };
    const closed = setUp(config);
    const open = setUp(config, { tenants: true });
    for (const { call, clock } of [closed, open]) {
      void call('/users', [200], { context });
      void call('/users', [200], { context });
      await clock.advance(5);
    }
    expect(await open.meters.read('holdline.queue.tenant.length')).toEqual({ 'tenant=acme': 1 });
    expect(await open.meters.read('holdline.quota.used')).toEqual({
      'scope.kind=tenant,scope=acme,quota.name=tenant': 1,
    });
    expect(await closed.meters.read('holdline.quota.used')).toEqual({
      'scope.kind=tenant,scope=*,quota.name=tenant': 1,
    });
  });

  test('show quotas with their limits', async () => {
    const { call, clock, meters } = setUp({ governor: { quotas: [{ limit: 300, windowMs: 60_000 }] } });
    const done = Promise.all([call('/users'), call('/queues')]);
    await clock.advance(100);
    await done;
    const key = `scope.kind=credential,scope=credential:none@${ORIGIN},quota.name=300 per 60 s`;
    expect(await meters.read('holdline.quota.used')).toEqual({ [key]: 2 });
    expect(await meters.read('holdline.quota.limit')).toEqual({ [key]: 300 });
  });

  test('show a closed gate, its time to open, and that it opened', async () => {
    const { call, clock, meters } = setUp({ governor: { gateJitterMs: 0 } });
    const done = call('/users', [[429, { 'retry-after': '30' }], 200]);
    await clock.advance(20);
    const key = 'scope.kind=route,scope=GET /users';
    expect(await meters.read('holdline.gate.closed')).toEqual({ [key]: 1 });
    await clock.advance(10_000);
    expect((await meters.read('holdline.gate.time_to_open'))[key]).toBeCloseTo(20, 3);
    await clock.advance(60_000);
    await done;
    expect(await meters.read('holdline.gate.closed')).toEqual({ [key]: 0 });
    expect(await meters.read('holdline.gate.time_to_open')).toEqual({ [key]: 0 });
  });

  test('show circuits by state and route', async () => {
    const { call, clock, line, meters } = setUp({ breaker: { minAttempts: 1 }, retry: false });
    const done = Promise.all([call('/users/1'), call('/queues')]);
    await clock.advance(100);
    await done;
    const undo = line.isolate('GET /queues');
    expect(await meters.read('holdline.breaker.circuits')).toEqual({
      'route=GET /users/:id,breaker.state=closed': 1,
      'route=GET /queues,breaker.state=isolated': 1,
    });
    undo();
    expect(await meters.read('holdline.breaker.circuits')).toEqual({
      'route=GET /users/:id,breaker.state=closed': 1,
      'route=GET /queues,breaker.state=isolated': 0,
      'route=GET /queues,breaker.state=closed': 1,
    });
  });

  test('show the retry budget and the token', async () => {
    const grant = (): Promise<{ accessToken: string; expiresInMs: number }> =>
      Promise.resolve({ accessToken: 't1', expiresInMs: 3_600_000 });
    const { call, clock, meters } = setUp({
      token: { grant },
      retry: { budget: { capacity: 5, perSec: 0, perSuccess: 0 } },
    });
    const done = call('/users', ['not-sent', 200]);
    await clock.advance(60_000);
    await done;
    expect(await meters.read('holdline.retry.budget.left')).toEqual({
      'server.address=api.example.com,server.port=443': 4,
    });
    expect((await meters.read('holdline.token.age'))['']).toBeCloseTo(60, 1);
    expect((await meters.read('holdline.token.time_to_expiry'))['']).toBeCloseTo(3_540, 1);
  });

  test('show a lost store, and that it is back', async () => {
    let watcher: (state: never) => void = () => undefined;
    const watch = (listener: (state: never) => void): (() => void) => {
      watcher = listener;
      return () => undefined;
    };
    const { meters } = setUp({ store: { ...memoryStore(), watch } as never });
    const state = { reason: undefined, message: undefined, needsConfiguration: false, retryInMs: undefined };
    expect(await meters.read('holdline.store.lost')).toEqual({ '': 0 });
    watcher({ ...state, state: 'lost' } as never);
    expect(await meters.read('holdline.store.lost')).toEqual({ '': 1 });
    watcher({ ...state, state: 'connecting' } as never);
    expect(await meters.read('holdline.store.lost')).toEqual({ '': 1 });
    watcher({ ...state, state: 'ready' } as never);
    expect(await meters.read('holdline.store.lost')).toEqual({ '': 0 });
  });
});

describe('a series that stands for several scopes', () => {
  const quota = (used: number, limit: number | undefined): object => ({
    name: 'q',
    given: 'discover',
    limit,
    windowMs: 1_000,
    used,
    counts: undefined,
  });
  const tenant = (key: string, used: number, limit: number | undefined): object => ({
    scope: `tenant:${key}`,
    kind: 'tenant',
    key,
    inFlight: 0,
    waiting: 0,
    gate: 'open',
    retryAt: undefined,
    quotas: [quota(used, limit)],
    learned: undefined,
  });
  const snapshot = (scopes: object[]): Snapshot =>
    ({
      calls: 0,
      queued: 0,
      inFlight: 0,
      scopes,
      queues: [],
      breakers: [],
      retryBudgets: [],
      credentials: [],
    }) as never;
  const clock = { now: () => 0, wall: () => 0, setTimer: () => () => undefined };
  const options = { clock, tenants: false, isStoreLost: false };
  const read = (tally: Tally): (number | undefined)[] => {
    const all: (number | undefined)[] = [undefined, undefined];
    tally.gauges.quotaUsed.report((value) => (all[0] = value));
    tally.gauges.quotaLimit.report((value) => (all[1] = value));
    return all;
  };

  test('shows the fullest one', () => {
    const tally = new Tally(undefined);
    tally.maxSeries = 10;
    addState(snapshot([tenant('a', 50, 100), tenant('b', 9, 10), tenant('c', 60, 100)]), tally, options);
    expect(read(tally)).toEqual([9, 10]);
  });

  test('prefers a known limit, and shows no limit that nobody knows', () => {
    const tally = new Tally(undefined);
    tally.maxSeries = 10;
    addState(snapshot([tenant('a', 500, undefined)]), tally, options);
    expect(read(tally)).toEqual([500, undefined]);
    for (const gauge of Object.values(tally.gauges)) gauge.reset();
    addState(snapshot([tenant('a', 500, undefined), tenant('b', 1, 10), tenant('c', 500, undefined)]), tally, options);
    expect(read(tally)).toEqual([1, 10]);
  });

  test('10,000 scopes make at most maxSeries series and one', () => {
    const tally = new Tally(undefined);
    tally.maxSeries = 100;
    const scopes = Array.from({ length: 10_000 }, (_, i) => tenant(`t${i}`, i % 7, 10));
    addState(snapshot(scopes), tally, { ...options, tenants: true });
    let series = 0;
    let other: unknown;
    tally.gauges.quotaUsed.report((value, attributes) => {
      series++;
      if (attributes['holdline.scope'] === 'other') other = value;
    });
    expect(series).toBe(101);
    expect(other).toBe(6);
  });
});

describe('names of scopes', () => {
  test.each([
    [{ scope: 'credential', kind: 'credential', key: 'credential' }, 'credential'],
    [{ scope: 'credential/one', kind: 'credential', key: 'credential/one' }, 'credential/one'],
    [{ scope: 'route:credential:GET /users/:id', kind: 'route', key: 'GET /users/:id' }, 'GET /users/:id'],
    [{ scope: 'route/q:credential:GET /a', kind: 'route', key: 'credential:GET /a' }, 'GET /a'],
    [{ scope: `host:${ORIGIN}`, kind: 'host', key: ORIGIN }, ORIGIN],
    [{ scope: 'tenant:acme', kind: 'tenant', key: 'acme' }, '*'],
    [{ scope: 'conversation/17per60000:c-1', kind: 'custom', key: 'c-1' }, 'conversation/17per60000'],
    [{ scope: 'bulkhead/host/5:x', kind: 'bulkhead', key: 'x' }, 'bulkhead/host/5'],
  ])('%j is shown as %s', (identity, label) => {
    expect(scopeLabel(identity, false)).toBe(label);
    expect(labelOfName(identity.scope, false)).toBe(label);
  });

  test('a tenant is shown if allowed', () => {
    expect(scopeLabel({ scope: 'tenant/q:acme', kind: 'tenant', key: 'acme' }, true)).toBe('acme');
    expect(labelOfName('tenant/q:acme', true)).toBe('acme');
  });
});

describe('servers', () => {
  test.each([
    ['https://api.example.com', { 'server.address': 'api.example.com', 'server.port': 443 }],
    ['http://127.0.0.1', { 'server.address': '127.0.0.1', 'server.port': 80 }],
    ['http://localhost:8080', { 'server.address': 'localhost', 'server.port': 8080 }],
    ['other', { 'server.address': 'other' }],
    ['', {}],
  ])('%s', (origin, attributes) => {
    expect(serverAttributes(origin)).toEqual(attributes);
  });
});

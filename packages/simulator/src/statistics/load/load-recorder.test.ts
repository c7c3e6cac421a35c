import { describe, expect, it } from 'vitest';
import { Limiter } from '../../limits/limiter.js';
import { parseLimits } from '../../option-parsing/parse-limits.js';
import type { Limit } from '../../options/limit-options.js';
import { PLAIN_PATHS } from '../../paths/request-path.js';
import {
  call,
  login,
  requestToken,
  sleep,
  startCxone,
  startGenesys,
  startTwilio,
  waitUntil,
} from '../../testing/http-client.js';
import { openSocket } from '../../testing/socket-client.js';
import { Histogram } from './histogram.js';
import { LoadRecorder } from './load-recorder.js';
import { TimeSeries } from './time-series.js';
import { WindowCounter } from './window-counter.js';

const two: Limit = { name: 'two', per: 'token', limit: 2, windowMs: 60_000, enforcement: 'sliding' };
const USERS = 'GET /api/v2/users';

describe('shadow mode', () => {
  it('answers everything, and reports who would have been refused', async () => {
    const simulator = await startGenesys({ limits: [two], enforce: false });
    const heavy = await login(simulator, 'heavy-client');
    const light = await login(simulator, 'light-client');
    for (let n = 0; n < 5; n += 1) expect((await call(simulator, USERS, { token: heavy })).status).toBe(200);
    expect((await call(simulator, USERS, { token: light })).status).toBe(200);
    expect(simulator.stats()).toMatchObject({ refused: 0, answered: 6 });
    expect(simulator.wire().flatMap(({ shadowRefusedBy }) => shadowRefusedBy ?? [])).toEqual(['two', 'two', 'two']);
    const report = simulator.report();
    expect(report).toMatchObject({
      enforced: false,
      requests: 6,
      throttled: 3,
      tokenRequests: 2,
      callerCount: 2,
      throttledCallers: 1,
      early: 0,
      repeats: 0,
      latency: { count: 6 },
    });
    expect(report.callers).toEqual([
      {
        token: 't1',
        client: 'heavy-client',
        user: 'me',
        tenant: 'org',
        requests: 5,
        throttled: 3,
        byLimit: { two: 3 },
        early: 0,
        earliestByMs: 0,
      },
    ]);
    expect(report.limits).toHaveLength(1);
    expect(report.limits[0]).toMatchObject({
      name: 'two',
      of: 'requests',
      limit: 2,
      requests: 6,
      throttled: 3,
      scopes: 2,
      throttledScopes: 1,
      fill: 1,
      busiest: [
        { scope: 't1', requests: 5, throttled: 3, peakPerWindow: 5 },
        { scope: 't2', requests: 1, throttled: 0, peakPerWindow: 1 },
      ],
      pacing: { requests: 6, window: { limit: 2, windowMs: 60_000 } },
    });
    expect(JSON.stringify(report)).not.toContain(heavy);
    expect(report.routes[0]).toMatchObject({ route: USERS, requests: 6, throttled: 3 });
  });

  it('covers upgrades, frames, the token endpoint and concurrency', async () => {
    const once = { limit: 1, windowMs: 60_000, enforcement: 'sliding' } as const;
    const simulator = await startGenesys({
      enforce: false,
      tokens: { throttle: { limit: 1, windowMs: 60_000 } },
      sockets: {
        upgrades: [{ name: 'up', per: 'org', ...once }],
        frames: [{ name: 'frames', per: 'socket', ...once }],
      },
    });
    for (let n = 0; n < 3; n += 1)
      expect((await requestToken(simulator, { grant_type: 'client_credentials' })).status).toBe(200);
    const sockets = [await openSocket(simulator, '/sockets/echo'), await openSocket(simulator, '/sockets/echo')];
    for (const text of ['a', 'b']) sockets[0]?.socket.send(text);
    await waitUntil(() => sockets[0]?.messages.length === 2);
    const report = simulator.report();
    expect(report.limits.map(({ name, of, throttled }) => [name, of, throttled])).toEqual([
      ['up', 'upgrades', 1],
      ['frames', 'frames', 1],
    ]);
    expect(report.callers).toMatchObject([{ token: '', client: 'client', byLimit: { 'tokens.throttle': 2 } }]);
    expect(report.sockets).toMatchObject({ open: 2, accepted: 2, framesIn: 2 });

    const twilio = await startTwilio({ enforce: false, maxConcurrent: 1, serviceMs: 100, limits: [] });
    const headers = { Authorization: `Basic ${Buffer.from(`AC${'1'.repeat(32)}:secret`).toString('base64')}` };
    const answers = await Promise.all([1, 2].map(() => call(twilio, 'GET /v1/Workspaces', { headers })));
    expect(answers.map(({ status }) => status)).not.toContain(429);
    expect(twilio.report().throttled).toBe(1);
  });

  it('is switched on and off at run time', async () => {
    const simulator = await startGenesys({ limits: [two] });
    const token = await login(simulator);
    const statuses: number[] = [];
    for (const enforce of [true, true, true, false, true]) {
      simulator.set({ enforce });
      statuses.push((await call(simulator, USERS, { token })).status);
    }
    expect(statuses).toEqual([200, 200, 429, 200, 429]);
  });
});

describe('a report', () => {
  it('finds requests that come before the time of Retry-After, and repeats of refused ones', async () => {
    const simulator = await startGenesys({ limits: [{ ...two, windowMs: 3000 }] });
    const token = await login(simulator);
    for (let n = 0; n < 3; n += 1) await call(simulator, USERS, { token });
    // Within the grace: such a request may have been sent before the refusal arrived.
    await call(simulator, USERS, { token });
    expect(simulator.report()).toMatchObject({ throttled: 2, early: 0, repeats: 1 });
    await sleep(250);
    await call(simulator, USERS, { token });
    const { early, repeats, callers, limits } = simulator.report();
    expect([early, repeats]).toEqual([1, 2]);
    expect(callers[0]).toMatchObject({ token: 't1', early: 1 });
    expect(callers[0]?.earliestByMs).toBeGreaterThan(1000);
    // Three requests were wanted; the others repeated them.
    expect(limits[0]).toMatchObject({ requests: 5, throttled: 3, pacing: { requests: 3 } });
  });

  it('does not blame clients where no Retry-After is sent', async () => {
    const simulator = await startGenesys({ limits: [two], retryAfter: 'none' });
    const token = await login(simulator);
    for (let n = 0; n < 3; n += 1) await call(simulator, USERS, { token });
    await sleep(220);
    await call(simulator, USERS, { token });
    expect(simulator.report()).toMatchObject({ throttled: 2, early: 0 });
  });

  it('starts again with resetStats, and keeps a limit apart from its former numbers', async () => {
    const simulator = await startGenesys({ limits: [two] });
    const token = await login(simulator);
    await call(simulator, USERS, { token });
    simulator.set({ limits: [{ ...two, limit: 7 }] });
    await call(simulator, USERS, { token });
    expect(simulator.report().limits.map(({ limit, requests }) => [limit, requests])).toEqual([
      [2, 1],
      [7, 1],
    ]);
    simulator.resetStats();
    expect(simulator.report()).toMatchObject({ requests: 0, limits: [], callers: [], routes: [], callerCount: 0 });
    expect((await startCxone()).report().calls).toBeUndefined();
  });

  it('has a bounded size after 250,000 requests of 30,000 tokens on 5,000 routes', () => {
    const limits = parseLimits(
      'limits',
      [
        { ...two, limit: 300 },
        { ...two, name: 'org', per: 'org', limit: 100_000 },
      ],
      1,
      PLAIN_PATHS,
    );
    const limiter = new Limiter(limits);
    const recorder = new LoadRecorder(0);
    const requests = 250_000;
    for (let n = 0; n < requests; n += 1) {
      const now = n / 2;
      const label = `t${n % 30_000}`;
      const route = `GET /r${n % 5000}`;
      const caller = { label, clientId: 'c', user: 'u', tenant: 't' };
      const subject = { method: 'GET', segments: ['a'], route, token: label, client: 'c', user: 'u', tenant: 't' };
      const { applied, refusal } = limiter.admit({ ...subject, socket: '' }, now);
      recorder.recordRequest(route, now);
      recorder.recordDecision({ of: 'requests', applied, refusal, caller, subject: route, namesTime: true, now });
      recorder.recordEnd(route, n % 50, refusal !== undefined, refusal === undefined, now);
    }
    const sockets = { open: 0, peakOpen: 0, upgrades: 0, accepted: 0, framesIn: 0, framesOut: 0 } as never;
    const report = recorder.report({ now: requests / 2, enforced: true, sockets, calls: undefined });
    expect(report).toMatchObject({ requests, routeCount: 2001, callerCount: 20_001, peakPerSec: 2000 });
    expect(report.limits.map(({ scopes, untracked }) => [scopes, untracked > 0])).toEqual([
      [10_000, true],
      [1, false],
    ]);
    expect(JSON.stringify(report).length).toBeLessThan(40_000);
    expect(report.series.requests.length).toBeLessThanOrEqual(1200);
    expect(report.series.requests.reduce((sum, count) => sum + count, 0)).toBe(requests);
  });
});

describe('the parts of a report', () => {
  it('quantiles are right to 2 %', () => {
    const histogram = new Histogram();
    for (let n = 1; n <= 10_000; n += 1) histogram.add(n / 10);
    for (const share of [0.01, 0.5, 0.95, 0.99, 1]) {
      const exact = Math.ceil(10_000 * share) / 10;
      expect(histogram.quantile(share)).toBeGreaterThanOrEqual(exact * 0.9999);
      expect(histogram.quantile(share)).toBeLessThanOrEqual(exact * 1.0201);
    }
    expect([histogram.count, histogram.max, histogram.aboveZero]).toEqual([10_000, 1000, 10_000]);
    const zeros = new Histogram();
    for (let n = 0; n < 10; n += 1) zeros.add(0);
    zeros.merge(histogram);
    expect([zeros.count, zeros.aboveZero, zeros.quantile(0.0005), new Histogram().quantile(0.5)]).toEqual([
      10_010, 10_000, 0, 0,
    ]);
  });

  it('a series of a long run doubles its intervals and keeps its sum and its peak', () => {
    const series = new TimeSeries(['a'], 1000);
    for (let second = 0; second < 5000; second += 1)
      for (let n = 0; n < (second === 4321 ? 9 : 2); n += 1) series.add('a', 1000 + second * 1000);
    const counts = series.list('a', 5_000_000);
    expect(series.intervalMs).toBe(8000);
    expect(counts).toHaveLength(625);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(10_007);
    expect(series.peak('a')).toBe(9);
  });

  it('a window counter keeps the largest count to a fiftieth of the window', () => {
    const counter = new WindowCounter(1000);
    for (const at of [0, 100, 999, 1500, 5000, 5001, 5002, 5003, 9000]) counter.add(at);
    expect([counter.peak, counter.peakAt]).toEqual([4, 5003]);
  });
});

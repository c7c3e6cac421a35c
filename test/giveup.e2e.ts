import { callInfo, isHoldlineError, withCall } from '@holdline/core';
import { describe, expect, test } from 'vitest';
import {
  atOnce,
  ends,
  expectQuiet,
  failure,
  guarded,
  simulate,
  sleep,
  times,
  UNLIMITED,
  unmodified,
  until,
} from './support.js';

const ME = 'GET /api/v2/users/me';

describe('a caller that gives up', () => {
  test('control: a call of the unmodified SDK cannot be given up, and its time limit is 16 s', async () => {
    const simulator = await simulate({ serviceMs: 300 });
    const { client, users } = await unmodified(simulator);
    client.timeout = 50;
    await users.getUsersMe();
    expect(simulator.stats().answered).toBe(1);
  });

  test('while queued: ends at once, and nothing goes out afterwards', async () => {
    const simulator = await simulate();
    const { users, line } = await guarded(simulator, { governor: { quotas: [{ limit: 1, windowMs: 700 }] } });
    await users.getUsersMe();
    const abort = new AbortController();
    const calls = withCall({ signal: abort.signal }, () => times(50, () => failure(users.getUsersMe())));
    await until(() => line.snapshot().queued === 50);
    const reason = new Error('the agent has closed the window');
    abort.abort(reason);
    const errors = await atOnce(calls);
    expect(new Set(errors)).toEqual(new Set([reason]));
    expectQuiet(line);
    await sleep(800);
    expect(simulator.stats().requests).toBe(1);
    await users.getUsersMe();
    expectQuiet(line);
  });

  test('while it waits for Retry-After: ends at once, and nothing goes out afterwards', async () => {
    const simulator = await simulate();
    const { users, line } = await guarded(simulator);
    simulator.script(ME, [{ status: 429, headers: { 'retry-after': '1' } }]);
    const abort = new AbortController();
    const call = failure(withCall({ signal: abort.signal }, () => users.getUsersMe()));
    await until(() => simulator.stats().refused === 1);
    await until(() => line.snapshot().inFlight === 0);
    abort.abort();
    expect(await atOnce([call])).toMatchObject([{ name: 'AbortError' }]);
    expectQuiet(line);
    await sleep(1200);
    expect(simulator.stats().requests).toBe(1);
    await users.getUsersMe();
    expectQuiet(line);
  });

  test('while it waits for a retry after a lost answer: ends at once, and nothing goes out afterwards', async () => {
    const simulator = await simulate({ faults: [{ kind: 'drop-before', match: ME, times: 1 }] });
    const { users, line } = await guarded(simulator, { ...UNLIMITED, retry: { backoff: [600] } });
    const abort = new AbortController();
    const call = failure(withCall({ signal: abort.signal }, () => users.getUsersMe()));
    await until(() => simulator.stats().dropped === 1 && line.snapshot().inFlight === 0);
    abort.abort();
    expect(await call).toHaveProperty('name', 'AbortError');
    expectQuiet(line);
    await sleep(700);
    expect(simulator.stats().requests).toBe(1);
  });

  test('while on the wire: ends at once, the connection is cut, and no slot is held', async () => {
    const simulator = await simulate({ serviceMs: 3000 });
    const { users, line } = await guarded(simulator, { ...UNLIMITED, bulkhead: { maxConcurrent: 20 } });
    const abort = new AbortController();
    const calls = withCall({ signal: abort.signal }, () => times(20, () => failure(users.getUsersMe())));
    await until(() => simulator.stats().requests === 20);
    abort.abort();
    const errors = await atOnce(calls);
    for (const error of errors) expect(error).toHaveProperty('name', 'AbortError');
    await until(() => simulator.stats().dropped === 20);
    expect(simulator.wire().every(({ outcome }) => outcome === 'aborted')).toBe(true);
    await until(() => line.snapshot().inFlight === 0);
    expectQuiet(line);
    simulator.set({ serviceMs: 0 });
    expect(ends(await Promise.allSettled(times(40, () => users.getUsersMe())))).toEqual({ ok: 40 });
    expect(simulator.stats().requests).toBe(60);
    expectQuiet(line);
  });

  test('while the token is refreshed: ends at once, and nothing goes out afterwards', async () => {
    const simulator = await simulate({
      faults: [{ kind: 'delay', match: 'POST /oauth/token', delayMs: 500, after: 1 }],
    });
    const { users, line } = await guarded(simulator);
    simulator.revokeTokens();
    const abort = new AbortController();
    const call = failure(withCall({ signal: abort.signal }, () => users.getUsersMe()));
    await until(() => simulator.stats().tokenRequests === 1);
    abort.abort();
    expect(await atOnce([call])).toMatchObject([{ name: 'AbortError' }]);
    await sleep(700);
    expect(simulator.stats()).toMatchObject({ requests: 1, unauthorized: 1 });
    expectQuiet(line);
  });

  test('before it began: nothing is sent', async () => {
    const simulator = await simulate();
    const { users, line } = await guarded(simulator);
    const signal = AbortSignal.abort();
    expect(await failure(withCall({ signal }, () => users.getUsersMe()))).toHaveProperty('name', 'AbortError');
    expect(simulator.stats().requests).toBe(0);
    expectQuiet(line);
  });
});

describe('a deadline', () => {
  test('that the queue cannot meet refuses at once, and says when the call could have gone', async () => {
    const simulator = await simulate();
    const { users, line } = await guarded(simulator, { governor: { quotas: [{ limit: 1, windowMs: 60_000 }] } });
    await users.getUsersMe();
    const started = Date.now();
    const error = await failure(withCall({ totalTimeoutMs: 5000 }, () => users.getUsersMe()));
    expect(Date.now() - started).toBeLessThan(1000);
    expect(error).toMatchObject({ name: 'DeadlineError', attempts: 0 });
    expect(isHoldlineError(error) && error.retryAt).toBeGreaterThan(started + 50_000);
    expect(simulator.stats().requests).toBe(1);
    expectQuiet(line);
  });

  test('that passes while queued ends the call, and nothing goes out afterwards', async () => {
    const simulator = await simulate({ serviceMs: 1500 });
    const { users, line } = await guarded(simulator, { ...UNLIMITED, bulkhead: { maxConcurrent: 1 } });
    const first = users.getUsersMe();
    const started = performance.now();
    const error = await failure(withCall({ totalTimeoutMs: 200 }, () => users.getUsersMe()));
    expect(error).toMatchObject({ name: 'DeadlineError', attempts: 0 });
    expect(performance.now() - started).toBeGreaterThanOrEqual(195);
    // The slot it waited for is still taken.
    expect(simulator.stats().answered).toBe(0);
    await first;
    await sleep(100);
    expect(simulator.stats().requests).toBe(1);
    expectQuiet(line);
  });

  test('shorter than Retry-After fails at once, with the platform’s answer or retryAt', async () => {
    const simulator = await simulate();
    const { users, line } = await guarded(simulator);
    simulator.script(ME, [{ status: 429, headers: { 'retry-after': '30' } }]);
    const started = Date.now();
    const error = await failure(withCall({ totalTimeoutMs: 2000 }, () => users.getUsersMe()));
    expect(Date.now() - started).toBeLessThan(1500);
    expect(callInfo(error)?.retryAt).toBeGreaterThanOrEqual(started + 29_000);
    expect(simulator.stats().requests).toBe(1);
    expectQuiet(line);
  });

  test('that passes while on the wire ends the call and cuts the connection', async () => {
    const simulator = await simulate({ serviceMs: 3000 });
    const { users, line } = await guarded(simulator, { ...UNLIMITED, deadline: { totalTimeoutMs: 300 } });
    const started = performance.now();
    const results = await Promise.allSettled(times(10, () => users.getUsersMe()));
    // Long before the answer.
    expect(performance.now() - started).toBeLessThan(2_500);
    expect(ends(results)).toEqual({ DeadlineError: 10 });
    await until(() => simulator.stats().dropped === 10 && line.snapshot().inFlight === 0);
    await sleep(300);
    expect(simulator.stats().requests).toBe(10);
    expectQuiet(line);
  });
});

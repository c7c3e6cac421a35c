import { callInfo, isHoldlineError, withCall } from '@holdline/core';
import { describe, expect, test } from 'vitest';
import {
  settleAtOnce,
  countOutcomes,
  expectQuiet,
  catchFailure,
  createGuarded,
  simulate,
  sleep,
  times,
  UNLIMITED,
  createUnmodified,
  until,
} from './support.js';

const ME = 'GET /api/v2/users/me';

describe('an abort', () => {
  test('control: the unmodified SDK cannot abort a call, and its timeout is 16 s', async () => {
    const simulator = await simulate({ serviceMs: 300 });
    const { client, users } = await createUnmodified(simulator);
    client.timeout = 50;
    await users.getUsersMe();
    expect(simulator.stats().answered).toBe(1);
  });

  test('of a queued call ends the call at once, and no request follows', async () => {
    const simulator = await simulate();
    const { users, line } = await createGuarded(simulator, { governor: { quotas: [{ limit: 1, windowMs: 700 }] } });
    await users.getUsersMe();
    const abort = new AbortController();
    const calls = withCall({ signal: abort.signal }, () => times(50, () => catchFailure(users.getUsersMe())));
    await until(() => line.snapshot().queued === 50);
    const reason = new Error('the agent has closed the window');
    abort.abort(reason);
    const errors = await settleAtOnce(calls);
    expect(new Set(errors)).toEqual(new Set([reason]));
    expectQuiet(line);
    await sleep(800);
    expect(simulator.stats().requests).toBe(1);
    await users.getUsersMe();
    expectQuiet(line);
  });

  test('of a call that waits for Retry-After ends the call at once, and no request follows', async () => {
    const simulator = await simulate();
    const { users, line } = await createGuarded(simulator);
    simulator.script(ME, [{ status: 429, headers: { 'retry-after': '1' } }]);
    const abort = new AbortController();
    const call = catchFailure(withCall({ signal: abort.signal }, () => users.getUsersMe()));
    await until(() => simulator.stats().refused === 1);
    await until(() => line.snapshot().inFlight === 0);
    abort.abort();
    expect(await settleAtOnce([call])).toMatchObject([{ name: 'AbortError' }]);
    expectQuiet(line);
    await sleep(1200);
    expect(simulator.stats().requests).toBe(1);
    await users.getUsersMe();
    expectQuiet(line);
  });

  test('of a call that waits for a retry after a lost response ends the call at once, and no request follows', async () => {
    const simulator = await simulate({ faults: [{ kind: 'drop-before', match: ME, times: 1 }] });
    const { users, line } = await createGuarded(simulator, { ...UNLIMITED, retry: { backoff: [600] } });
    const abort = new AbortController();
    const call = catchFailure(withCall({ signal: abort.signal }, () => users.getUsersMe()));
    await until(() => simulator.stats().dropped === 1 && line.snapshot().inFlight === 0);
    abort.abort();
    expect(await call).toHaveProperty('name', 'AbortError');
    expectQuiet(line);
    await sleep(700);
    expect(simulator.stats().requests).toBe(1);
  });

  test('of a call on the wire ends the call at once, closes the connection and releases the slot', async () => {
    const simulator = await simulate({ serviceMs: 3000 });
    const { users, line } = await createGuarded(simulator, { ...UNLIMITED, bulkhead: { maxConcurrent: 20 } });
    const abort = new AbortController();
    const calls = withCall({ signal: abort.signal }, () => times(20, () => catchFailure(users.getUsersMe())));
    await until(() => simulator.stats().requests === 20);
    abort.abort();
    const errors = await settleAtOnce(calls);
    for (const error of errors) expect(error).toHaveProperty('name', 'AbortError');
    await until(() => simulator.stats().dropped === 20);
    expect(simulator.wire().every(({ outcome }) => outcome === 'aborted')).toBe(true);
    await until(() => line.snapshot().inFlight === 0);
    expectQuiet(line);
    simulator.set({ serviceMs: 0 });
    expect(countOutcomes(await Promise.allSettled(times(40, () => users.getUsersMe())))).toEqual({ ok: 40 });
    expect(simulator.stats().requests).toBe(60);
    expectQuiet(line);
  });

  test('of a call that waits for a token refresh ends the call at once, and no request follows', async () => {
    const simulator = await simulate({
      faults: [{ kind: 'delay', match: 'POST /oauth/token', delayMs: 500, after: 1 }],
    });
    const { users, line } = await createGuarded(simulator);
    simulator.revokeTokens();
    const abort = new AbortController();
    const call = catchFailure(withCall({ signal: abort.signal }, () => users.getUsersMe()));
    await until(() => simulator.stats().tokenRequests === 1);
    abort.abort();
    expect(await settleAtOnce([call])).toMatchObject([{ name: 'AbortError' }]);
    await sleep(700);
    expect(simulator.stats()).toMatchObject({ requests: 1, unauthorized: 1 });
    expectQuiet(line);
  });

  test('before the call starts prevents every request', async () => {
    const simulator = await simulate();
    const { users, line } = await createGuarded(simulator);
    const signal = AbortSignal.abort();
    expect(await catchFailure(withCall({ signal }, () => users.getUsersMe()))).toHaveProperty('name', 'AbortError');
    expect(simulator.stats().requests).toBe(0);
    expectQuiet(line);
  });
});

describe('a deadline', () => {
  test('that the queue cannot meet rejects the call at once and reports the time of its first possible attempt', async () => {
    const simulator = await simulate();
    const { users, line } = await createGuarded(simulator, { governor: { quotas: [{ limit: 1, windowMs: 60_000 }] } });
    await users.getUsersMe();
    const started = Date.now();
    const error = await catchFailure(withCall({ totalTimeoutMs: 5000 }, () => users.getUsersMe()));
    expect(Date.now() - started).toBeLessThan(1000);
    expect(error).toMatchObject({ name: 'DeadlineError', attempts: 0 });
    expect(isHoldlineError(error) && error.retryAt).toBeGreaterThan(started + 50_000);
    expect(simulator.stats().requests).toBe(1);
    expectQuiet(line);
  });

  test('that passes in the queue ends the call, and no request follows', async () => {
    const simulator = await simulate({ serviceMs: 1500 });
    const { users, line } = await createGuarded(simulator, { ...UNLIMITED, bulkhead: { maxConcurrent: 1 } });
    const first = users.getUsersMe();
    const started = performance.now();
    const error = await catchFailure(withCall({ totalTimeoutMs: 200 }, () => users.getUsersMe()));
    expect(error).toMatchObject({ name: 'DeadlineError', attempts: 0 });
    expect(performance.now() - started).toBeGreaterThanOrEqual(195);
    // The slot is still in use.
    expect(simulator.stats().answered).toBe(0);
    await first;
    await sleep(100);
    expect(simulator.stats().requests).toBe(1);
    expectQuiet(line);
  });

  test('shorter than Retry-After rejects the call at once with the response of the platform or with retryAt', async () => {
    const simulator = await simulate();
    const { users, line } = await createGuarded(simulator);
    simulator.script(ME, [{ status: 429, headers: { 'retry-after': '30' } }]);
    const started = Date.now();
    const error = await catchFailure(withCall({ totalTimeoutMs: 2000 }, () => users.getUsersMe()));
    expect(Date.now() - started).toBeLessThan(1500);
    expect(callInfo(error)?.retryAt).toBeGreaterThanOrEqual(started + 29_000);
    expect(simulator.stats().requests).toBe(1);
    expectQuiet(line);
  });

  test('that passes on the wire ends the call and closes the connection', async () => {
    const simulator = await simulate({ serviceMs: 3000 });
    const { users, line } = await createGuarded(simulator, { ...UNLIMITED, deadline: { totalTimeoutMs: 300 } });
    const started = performance.now();
    const results = await Promise.allSettled(times(10, () => users.getUsersMe()));
    // The call ends long before the response.
    expect(performance.now() - started).toBeLessThan(2_500);
    expect(countOutcomes(results)).toEqual({ DeadlineError: 10 });
    await until(() => simulator.stats().dropped === 10 && line.snapshot().inFlight === 0);
    await sleep(300);
    expect(simulator.stats().requests).toBe(10);
    expectQuiet(line);
  });
});

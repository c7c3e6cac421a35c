import { isHoldlineError } from '@holdline/core';
import { bottleneck } from '@holdline/bottleneck';
import { attempt, opossum } from '@holdline/opossum';
import Bottleneck from 'bottleneck';
import CircuitBreaker from 'opossum';
import { describe, expect, test } from 'vitest';
import {
  countOutcomes,
  expectQuiet,
  catchFailure,
  createGuarded,
  simulate,
  sleep,
  times,
  createUnmodified,
} from './support.js';

const ME = 'GET /api/v2/users/me';

describe('the real SDK behind bottleneck', () => {
  const refusedOnce = [{ status: 429, headers: { 'retry-after': '0.5' } }];
  const limiter = (): Bottleneck => new Bottleneck({ maxConcurrent: 4, minTime: 10 });

  test('control: without Holdline, a 429 fails its caller, and bottleneck does not stop the other calls', async () => {
    const simulator = await simulate();
    const { users } = await createUnmodified(simulator);
    const ownLimiter = limiter();
    simulator.script(ME, refusedOnce);
    const calls = times(20, () => ownLimiter.schedule(() => users.getUsersMe()));
    expect((await Promise.allSettled(calls)).filter(({ status }) => status === 'rejected')).toHaveLength(1);
  });

  test('a 429 stops all queued calls, and later every call succeeds', async () => {
    const simulator = await simulate();
    const engine = bottleneck(limiter());
    const { users, line } = await createGuarded(simulator, { governor: { engine, quotas: [] } });
    simulator.script(ME, refusedOnce);
    simulator.resetStats();
    expect(countOutcomes(await Promise.allSettled(times(20, () => users.getUsersMe())))).toEqual({ ok: 20 });
    const [refused, ...rest] = simulator.wire();
    // Some requests were on the wire when the 429 arrived. Without Holdline, all 19 continue.
    const late = rest.filter(({ at }) => at < (refused?.at ?? 0) + 500);
    expect(late.length).toBeLessThan(10);
    expect(rest).toHaveLength(20);
    expectQuiet(line);
  });
});

describe('the real SDK behind opossum', () => {
  test('the breaker of opossum opens, refuses calls with the time of the probe, and closes', async () => {
    const simulator = await simulate({ faults: [{ kind: 'status', status: 500, match: ME, times: 5 }] });
    const breaker = new CircuitBreaker(attempt, { timeout: false, volumeThreshold: 5, resetTimeout: 400 });
    const { users, line } = await createGuarded(simulator, { retry: false, breaker: { engine: opossum(breaker) } });
    for (let i = 0; i < 5; i++) expect(await catchFailure(users.getUsersMe())).toMatchObject({ status: 500 });
    expect(breaker.opened).toBe(true);
    const error = await catchFailure(users.getUsersMe());
    expect(error).toMatchObject({ name: 'CircuitOpenError', attempts: 0 });
    expect(simulator.stats().requests).toBe(5);
    await sleep((isHoldlineError(error) ? (error.retryAt ?? 0) : 0) - Date.now() + 50);
    await users.getUsersMe();
    expect(breaker.closed).toBe(true);
    expectQuiet(line);
  });
});

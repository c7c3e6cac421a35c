import { isHoldlineError } from '@holdline/core';
import { describe, expect, test } from 'vitest';
import {
  countOutcomes,
  expectQuiet,
  catchFailure,
  createGuarded,
  simulate,
  sleep,
  times,
  UNLIMITED,
  createUnmodified,
} from './support.js';

const ME = 'GET /api/v2/users/me';
const breaker = { windowMs: 5000, minAttempts: 10, failureRatio: 0.5, openMs: 400, probes: 2 };
const config = { ...UNLIMITED, retry: false, breaker } as const;

describe('the circuit breaker', () => {
  test('control: the unmodified SDK continues to call a failing platform', async () => {
    const simulator = await simulate({ faults: [{ kind: 'status', status: 500, match: ME }] });
    const { users } = await createUnmodified(simulator);
    for (let i = 0; i < 20; i++) await catchFailure(users.getUsersMe());
    expect(simulator.stats().requests).toBe(20);
  });

  test.each([500, 502, 503])(
    'opens on %i, reports the time of the next probe, admits probes, and closes',
    async (status) => {
      const simulator = await simulate({ faults: [{ kind: 'status', status, match: ME, times: 10 }] });
      const { users, routing, line } = await createGuarded(simulator, config);
      const seen: string[] = [];
      line.on('breaker', ({ to }) => void seen.push(to));
      for (let i = 0; i < 10; i++) expect(await catchFailure(users.getUsersMe())).toMatchObject({ status });
      const before = Date.now();
      const error = await catchFailure(users.getUsersMe());
      expect(error).toMatchObject({ name: 'CircuitOpenError', code: 'HOLDLINE_CIRCUIT_OPEN', attempts: 0 });
      const retryAt = isHoldlineError(error) ? (error.retryAt ?? 0) : 0;
      expect(retryAt).toBeGreaterThan(before);
      expect(retryAt).toBeLessThanOrEqual(before + breaker.openMs + 100);
      expect(simulator.stats().requests).toBe(10);
      // Each route has its own circuit.
      await routing.getRoutingQueues();

      await sleep(retryAt - Date.now() + 20);
      const probes = countOutcomes(await Promise.allSettled(times(10, () => users.getUsersMe())));
      expect(probes).toEqual({ ok: 2, CircuitOpenError: 8 });
      expect(countOutcomes(await Promise.allSettled(times(10, () => users.getUsersMe())))).toEqual({ ok: 10 });
      expect(seen).toEqual(['open', 'half-open', 'closed']);
      expectQuiet(line);
    },
  );

  test('opens again when a probe fails', async () => {
    const simulator = await simulate({ faults: [{ kind: 'drop-before', match: ME, times: 11 }] });
    const { users, line } = await createGuarded(simulator, config);
    for (let i = 0; i < 10; i++) await catchFailure(users.getUsersMe());
    expect(await catchFailure(users.getUsersMe())).toHaveProperty('name', 'CircuitOpenError');
    await sleep(450);
    await catchFailure(users.getUsersMe());
    expect(await catchFailure(users.getUsersMe())).toHaveProperty('name', 'CircuitOpenError');
    await sleep(450);
    await users.getUsersMe();
    expect(simulator.stats().requests).toBe(12);
    expectQuiet(line);
  });

  test('stays closed for 400, 404 and 409, because the platform works', async () => {
    const simulator = await simulate();
    const { users, line } = await createGuarded(simulator, config);
    const statuses = [400, 403, 404, 409, 422];
    simulator.script(
      ME,
      times(30, (i) => ({ status: statuses[i % statuses.length] as number })),
    );
    await Promise.allSettled(times(30, () => users.getUsersMe()));
    await users.getUsersMe();
    expect(line.snapshot().breakers.map(({ state }) => state)).toEqual(['closed']);
    expectQuiet(line);
  });

  test('stays closed during many 429s behind a working gate', async () => {
    // The first 80 calls meet at most two windows, so at least 40 of them are refused.
    const limit = { name: 'hidden', per: 'route', match: ME, limit: 20, windowMs: 300, enforcement: 'fixed' } as const;
    const simulator = await simulate({ limits: [limit], retryAfter: 'float' });
    const { users, line } = await createGuarded(simulator, {
      governor: { quotas: [{ limit: 80, windowMs: 300 }] },
      breaker: { openMs: 60_000 },
    });
    const seen: string[] = [];
    line.on('breaker', ({ to, reason }) => void seen.push(`${to}: ${reason}`));
    expect(countOutcomes(await Promise.allSettled(times(200, () => users.getUsersMe())))).toEqual({ ok: 200 });
    expect(simulator.stats().refused).toBeGreaterThan(20);
    expect(seen).toEqual([]);
    expectQuiet(line);
  });

  test('stays closed when one burst exceeds an unknown limit', async () => {
    const limit = { name: 'hidden', per: 'route', match: ME, limit: 50, windowMs: 300, enforcement: 'fixed' } as const;
    const simulator = await simulate({ limits: [limit], retryAfter: 'float' });
    const { users, line } = await createGuarded(simulator, UNLIMITED);
    const results = countOutcomes(await Promise.allSettled(times(300, () => users.getUsersMe())));
    expect(results).toEqual({ ok: 300 });
    expectQuiet(line);
  });

  test('a route that the user isolated sends nothing until the user restores it', async () => {
    const simulator = await simulate();
    const { users, line } = await createGuarded(simulator);
    const restore = line.isolate(ME);
    expect(await catchFailure(users.getUsersMe())).toHaveProperty('name', 'CircuitOpenError');
    expect(simulator.stats().requests).toBe(0);
    restore();
    await users.getUsersMe();
    expectQuiet(line);
  });
});

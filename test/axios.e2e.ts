import { createRequire } from 'node:module';
import { Readable } from 'node:stream';
import { guardAxios } from '@holdline/axios';
import { callInfo, release, withCall, type HoldlineConfig } from '@holdline/core';
import { clientCredentials } from '@holdline/genesys';
import type { Simulator } from '@holdline/simulator';
import type { AxiosInstance, AxiosStatic } from 'axios';
import { describe, expect, onTestFinished, test } from 'vitest';
import { settleAtOnce, countOutcomes, expectQuiet, catchFailure, lineOf, simulate, times, until } from './support.js';

const require = createRequire(import.meta.url);
const ME = 'GET /api/v2/users/me';

describe.each(['axios-oldest', 'axios'])('%s', (name) => {
  const axios = require(name) as AxiosStatic;

  function guardedApi(simulator: Simulator, config: HoldlineConfig = {}): AxiosInstance {
    const grant = clientCredentials({ clientId: 'id', clientSecret: 'secret', loginUrl: simulator.url });
    const api = guardAxios(axios.create({ baseURL: simulator.url }), { token: { grant }, ...config });
    onTestFinished(() => release(api));
    return api;
  }

  test('control: an unguarded instance makes one attempt without a token', async () => {
    const simulator = await simulate();
    expect(await catchFailure(axios.get(`${simulator.url}/api/v2/users/me`))).toHaveProperty('response.status', 401);
    expect(simulator.stats().requests).toBe(1);
  });

  test('a call succeeds after 429, 401 and a refresh, and waits at least as long as Retry-After', async () => {
    const simulator = await simulate();
    const api = guardedApi(simulator);
    simulator.script(ME, [
      { status: 429, headers: { 'retry-after': '1' } },
      { status: 401, revoke: true },
    ]);
    const answer = await api.get<{ id: string }>('/api/v2/users/me');
    expect(answer.data.id).toBeTruthy();
    expect(callInfo(answer)).toMatchObject({ attempts: 3, refreshed: true, status: 200 });
    const [login, refused, unauthorized, refresh, last] = simulator.wire();
    expect([login, refused, unauthorized, refresh, last].map((entry) => entry?.status)).toEqual([
      200, 429, 401, 200, 200,
    ]);
    expect((unauthorized?.at ?? 0) - (refused?.at ?? 0)).toBeGreaterThanOrEqual(1000);
    expectQuiet(lineOf(api));
  });

  test('500 calls with a revoked token cause one token request', async () => {
    const simulator = await simulate();
    const api = guardedApi(simulator);
    await api.get('/api/v2/users/me');
    simulator.resetStats();
    simulator.revokeTokens();
    const results = await Promise.allSettled(times(500, () => api.get('/api/v2/users/me')));
    expect(countOutcomes(results)).toEqual({ ok: 500 });
    expect(simulator.stats().tokenRequests).toBe(1);
    expectQuiet(lineOf(api));
  });

  test.each(['drop-after', 'truncate'] as const)(
    'the server executes none of 100 POSTs with %s twice',
    async (kind) => {
      const match = 'POST /api/v2/externalcontacts/contacts';
      const simulator = await simulate({ faults: [{ kind, match, rate: 0.3 }] });
      const api = guardedApi(simulator);
      const calls = times(100, (i) => api.post('/api/v2/externalcontacts/contacts', { lastName: `${i}` }));
      const results = countOutcomes(await Promise.allSettled(calls));
      const { dropped, executedWrites, duplicateWrites } = simulator.stats();
      expect({ executedWrites, duplicateWrites }).toEqual({ executedWrites: 100, duplicateWrites: 0 });
      expect(results).toEqual({ ok: 100 - dropped, OutcomeUnknownError: dropped });
      expectQuiet(lineOf(api));
    },
  );

  test('an abort rejects the call at once with the CanceledError of axios, on the wire and in the queue', async () => {
    const simulator = await simulate({ serviceMs: 1000 });
    const api = guardedApi(simulator, { bulkhead: { maxConcurrent: 1 } });
    const abort = new AbortController();
    const calls = times(3, () => catchFailure(api.get('/api/v2/users/me', { signal: abort.signal })));
    await until(() => simulator.stats().requests === 1);
    abort.abort();
    for (const error of await settleAtOnce(calls)) expect(axios.isCancel(error)).toBe(true);
    await until(() => lineOf(api).snapshot().inFlight === 0);
    expect(simulator.stats().requests).toBe(1);
    expectQuiet(lineOf(api));
  });

  test('the deadline of withCall and the timeout of the request both apply', async () => {
    const simulator = await simulate({ serviceMs: 1000 });
    const api = guardedApi(simulator);
    const ambient = catchFailure(withCall({ totalTimeoutMs: 150 }, () => api.get('/api/v2/users/me')));
    const own = catchFailure(api.get('/api/v2/users/me', { holdline: { totalTimeoutMs: 150 } }));
    for (const error of await Promise.all([ambient, own])) expect(error).toHaveProperty('name', 'DeadlineError');
    await until(() => lineOf(api).snapshot().inFlight === 0);
    expectQuiet(lineOf(api));
  });

  test('a request with a stream is sent once and never retried with an empty body', async () => {
    const simulator = await simulate();
    const api = guardedApi(simulator);
    const match = 'POST /api/v2/externalcontacts/contacts';
    simulator.script(match, [{ status: 503, headers: { 'retry-after': '0.1' } }]);
    const headers = { 'Content-Type': 'application/json' };
    const body = Readable.from(['{"lastName":', '"Stream"}']);
    const error = await catchFailure(api.post('/api/v2/externalcontacts/contacts', body, { headers }));
    expect(error).toHaveProperty('response.status', 503);
    expect(simulator.stats().byRoute[match]?.requests).toBe(1);
    expectQuiet(lineOf(api));
  });

  test('a release restores the adapter, and later calls are unguarded', async () => {
    const simulator = await simulate();
    const api = axios.create({ baseURL: simulator.url });
    const { adapter } = api.defaults;
    guardAxios(api);
    expect(api.defaults.adapter).not.toBe(adapter);
    release(api);
    expect(api.defaults.adapter).toBe(adapter);
    simulator.script(ME, [{ status: 429, headers: { 'retry-after': '0.1' } }]);
    expect(await catchFailure(api.get('/api/v2/users/me'))).toHaveProperty('response.status', 429);
    expect(simulator.stats().requests).toBe(1);
  });
});

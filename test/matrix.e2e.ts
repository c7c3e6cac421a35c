import { callInfo, release, withCall } from '@holdline/core';
import { guardGenesys } from '@holdline/genesys';
import { describe, expect, test } from 'vitest';
import {
  createApis,
  settleAtOnce,
  createBareClient,
  countOutcomes,
  expectQuiet,
  catchFailure,
  createGuarded,
  lineOf,
  loadSdk,
  SDKS,
  simulate,
  sleep,
  times,
  UNLIMITED,
  createUnmodified,
  until,
  wireLog,
  type HttpRequest,
  type HttpResponse,
} from './support.js';

const ME = 'GET /api/v2/users/me';
const versions = Object.keys(SDKS) as (keyof typeof SDKS)[];

describe.each(versions)('purecloud-platform-client-v2 %s', (version) => {
  const sdk = loadSdk(version);

  test('control: the unmodified SDK makes one attempt and rejects with the body of the 429', async () => {
    const simulator = await simulate();
    const { users } = await createUnmodified(simulator, sdk);
    simulator.script(ME, [{ status: 429, headers: { 'retry-after': '0.1' } }]);
    expect(await catchFailure(users.getUsersMe())).toMatchObject({ status: 429 });
    expect(simulator.stats().requests).toBe(1);
  });

  test('a call succeeds after 429, 401 and a refresh with exactly these requests, and waits at least as long as Retry-After', async () => {
    const simulator = await simulate();
    const { users, line } = await createGuarded(simulator, UNLIMITED, { sdk });
    simulator.script(ME, [
      { status: 429, headers: { 'retry-after': '1' } },
      { status: 401, revoke: true },
    ]);
    expect(callInfo(await users.getUsersMe())).toMatchObject({ attempts: 3, refreshed: true, status: 200 });
    expect(wireLog(simulator)).toEqual([
      'GET /api/v2/users/me 429 t1',
      'GET /api/v2/users/me 401 t1',
      'POST /oauth/token 200 t2',
      'GET /api/v2/users/me 200 t2',
    ]);
    const [refused, next] = simulator.wire();
    expect((next?.at ?? 0) - (refused?.at ?? 0)).toBeGreaterThanOrEqual(1000);
    expectQuiet(line);
  });

  test('200 calls with a revoked token cause one token request, and the SDK has the new token', async () => {
    const simulator = await simulate();
    const { client, users, line } = await createGuarded(simulator, UNLIMITED, { sdk });
    const old = client.authData.accessToken;
    simulator.revokeTokens();
    expect(countOutcomes(await Promise.allSettled(times(200, () => users.getUsersMe())))).toEqual({ ok: 200 });
    expect(simulator.stats().tokenRequests).toBe(1);
    expect(client.authData.accessToken).not.toBe(old);
    expectQuiet(line);
  });

  test('authorization code: no caller is rejected over repeated rotations', async () => {
    const simulator = await simulate();
    const client = guardGenesys(createBareClient(simulator, sdk), UNLIMITED);
    await client.loginCodeAuthorizationGrant('id', 'secret', 'code', 'https://app.example');
    const { users } = createApis(client, sdk);
    simulator.resetStats();
    for (let rotation = 1; rotation <= 3; rotation++) {
      const { refreshToken } = client.authData;
      simulator.revokeTokens();
      expect(countOutcomes(await Promise.allSettled(times(20, () => users.getUsersMe())))).toEqual({ ok: 20 });
      expect(simulator.stats().tokenRequests).toBe(rotation);
      expect(client.authData.refreshToken).not.toBe(refreshToken);
    }
    expectQuiet(lineOf(client));
    release(client);
  });

  test.each(['drop-after', 'truncate'] as const)('the server executes none of 50 POSTs with %s twice', async (kind) => {
    const simulator = await simulate({
      faults: [{ kind, match: 'POST /api/v2/externalcontacts/contacts', rate: 0.3 }],
    });
    const { contacts, line } = await createGuarded(simulator, UNLIMITED, { sdk });
    const calls = times(50, (i) => contacts.postExternalcontactsContacts({ lastName: `${i}` }));
    const results = countOutcomes(await Promise.allSettled(calls));
    const { dropped, executedWrites, duplicateWrites } = simulator.stats();
    expect({ executedWrites, duplicateWrites }).toEqual({ executedWrites: 50, duplicateWrites: 0 });
    expect(results).toEqual({ ok: 50 - dropped, OutcomeUnknownError: dropped });
    expectQuiet(line);
  });

  test('an abort ends a queued call or a call on the wire at once and leaves no call behind', async () => {
    const simulator = await simulate({ serviceMs: 1000 });
    const { users, line } = await createGuarded(simulator, { ...UNLIMITED, bulkhead: { maxConcurrent: 2 } }, { sdk });
    const abort = new AbortController();
    const calls = withCall({ signal: abort.signal }, () => times(6, () => catchFailure(users.getUsersMe())));
    await until(() => simulator.stats().requests === 2);
    abort.abort();
    for (const error of await settleAtOnce(calls)) expect(error).toHaveProperty('name', 'AbortError');
    await until(() => line.snapshot().inFlight === 0);
    await sleep(100);
    expect(simulator.stats().requests).toBe(2);
    expectQuiet(line);
  });

  test('a release makes calls unguarded and leaves no property behind', async () => {
    const simulator = await simulate();
    const untouched = await createUnmodified(simulator, sdk);
    const { client, users } = await createGuarded(simulator, UNLIMITED, { sdk });
    await users.getUsersMe();
    await untouched.users.getUsersMe();
    release(client);
    const keys = (value: object): string[] => Object.getOwnPropertyNames(value).sort();
    expect(keys(client)).toEqual(keys(untouched.client));
    expect(keys(client.config)).toEqual(keys(untouched.client.config));
    expect(keys(client.getHttpClient())).toEqual(keys(untouched.client.getHttpClient()));
    simulator.script(ME, [{ status: 429, headers: { 'retry-after': '0.1' } }]);
    const error = await catchFailure(users.getUsersMe());
    expect(error).toMatchObject({ status: 429 });
    expect(callInfo(error)).toBeUndefined();
  });

  test("calls of the user's own http client are retried and re-authorised", async () => {
    const simulator = await simulate();
    const { client, users, line } = await createGuarded(simulator, UNLIMITED, { sdk });
    class Own extends sdk.AbstractHttpClient {
      readonly #native = new sdk.DefaultHttpClient();
      override request(options: HttpRequest): Promise<HttpResponse> {
        return this.#native.request(options);
      }
    }
    client.setHttpClient(new Own());
    simulator.script(ME, [
      { status: 429, headers: { 'retry-after': '0.1' } },
      { status: 401, revoke: true },
    ]);
    expect(callInfo(await users.getUsersMe())).toMatchObject({ attempts: 3, refreshed: true });
    expectQuiet(line);
  });
});

import type { TokenRefreshError } from '@holdline/core';
import { callInfo, createHoldline, type Random } from '@holdline/core';
import { authorizationCode, clientCredentials, guardGenesys } from '@holdline/genesys';
import { describe, expect, test } from 'vitest';
import {
  createApis,
  createBareClient,
  countOutcomes,
  expectQuiet,
  catchFailure,
  createGuarded,
  lineOf,
  presetConfig,
  simulate,
  sleep,
  times,
  UNLIMITED,
  createUnmodified,
  until,
  type Client,
  type Guarded,
} from './support.js';

/** Configuration without random delays. */
const steady: Random = { next: () => 0 };
const OAUTH = 'PureCloud OAuth';

/** Holds back each login of a client until `attempts` attempts ended with 401, so that all of them wait for one refresh. */
function holdLogins({ client, line }: Pick<Guarded, 'client' | 'line'>, attempts: number): void {
  let unauthorized = 0;
  line.on('attempt', ({ status }) => void (status === 401 && unauthorized++));
  const axios = client.getHttpClient()._axiosInstance as unknown as {
    interceptors: { request: { use(fn: (config: { url: string }) => Promise<unknown>): void } };
  };
  axios.interceptors.request.use(async (config) => {
    if (config.url.endsWith('/oauth/token')) await until(() => unauthorized >= attempts);
    return config;
  });
}

const tokenOf = (client: Client): string | undefined => client.authentications[OAUTH]?.accessToken;

describe('a thousand calls, one refresh', () => {
  test('control: the unmodified SDK fails every call with a revoked client credentials token', async () => {
    const simulator = await simulate();
    const { users } = await createUnmodified(simulator);
    simulator.revokeTokens();
    const results = await Promise.allSettled(times(10, () => users.getUsersMe()));
    expect(results.every(({ status }) => status === 'rejected')).toBe(true);
    expect(simulator.stats()).toMatchObject({ requests: 10, unauthorized: 10, tokenRequests: 0 });
  });

  test('1,000 concurrent calls with a revoked token cause one token request, and all succeed', async () => {
    const simulator = await simulate();
    const { client, users, line } = await createGuarded(simulator);
    const old = tokenOf(client);
    simulator.revokeTokens();
    const results = await Promise.allSettled(times(1000, () => users.getUsersMe()));
    expect(countOutcomes(results)).toEqual({ ok: 1000 });
    expect(simulator.stats()).toMatchObject({ tokenRequests: 1, answered: 1000 });
    expect(tokenOf(client)).not.toBe(old);
    expect(client.authData.accessToken).toBe(tokenOf(client));
    expect(client.authData.tokenExpiryTime).toBeGreaterThan(Date.now());
    expectQuiet(line);
  });

  test('1,000 concurrent calls send no request with an expired token', async () => {
    const simulator = await simulate({ tokens: { expiresInMs: 1000 } });
    const { users, line } = await createGuarded(simulator);
    simulator.set({ tokens: { expiresInMs: 60_000 } });
    await sleep(1050);
    const results = await Promise.allSettled(times(1000, () => users.getUsersMe()));
    expect(countOutcomes(results)).toEqual({ ok: 1000 });
    expect(simulator.stats()).toMatchObject({ tokenRequests: 1, unauthorized: 0, requests: 1000 });
    expectQuiet(line);
  });

  test('1,000 queued calls go out with the new token after their token expires', async () => {
    const simulator = await simulate({ tokens: { expiresInMs: 2000 } });
    const quota = { limit: 250, windowMs: 700 };
    const { users, line } = await createGuarded(simulator, { governor: { quotas: [quota] } });
    simulator.set({ tokens: { expiresInMs: 60_000 } });
    const results = await Promise.allSettled(times(1000, () => users.getUsersMe()));
    expect(countOutcomes(results)).toEqual({ ok: 1000 });
    expect(simulator.stats()).toMatchObject({ tokenRequests: 1, unauthorized: 0, requests: 1000 });
    expectQuiet(line);
  });

  test('calls queued behind a quota succeed with one token request after their token is revoked', async () => {
    const simulator = await simulate();
    const { users, line } = await createGuarded(simulator, { governor: { quotas: [{ limit: 200, windowMs: 400 }] } });
    const calls = Promise.allSettled(times(600, () => users.getUsersMe()));
    await until(() => simulator.stats().answered >= 100);
    simulator.revokeTokens();
    expect(countOutcomes(await calls)).toEqual({ ok: 600 });
    expect(simulator.stats()).toMatchObject({ tokenRequests: 1, answered: 600 });
    expectQuiet(line);
  });

  test('a call with a late 401 of the old token is replayed without another refresh', async () => {
    const simulator = await simulate();
    const { users, line } = await createGuarded(simulator);
    simulator.script('GET /api/v2/users/late', [{ status: 401, delayMs: 500 }]);
    const late = users.getUser('late');
    await until(() => simulator.stats().requests === 1);
    simulator.revokeTokens();
    await users.getUsersMe();
    expect(simulator.stats().tokenRequests).toBe(1);
    expect(callInfo(await late)).toMatchObject({ attempts: 2, status: 200 });
    expect(simulator.stats().tokenRequests).toBe(1);
    expectQuiet(line);
  });

  test('many 401s of one dead token count once, and the next 401 causes a refresh', async () => {
    const simulator = await simulate();
    const { users, line } = await createGuarded(simulator);
    await users.getUsersMe();
    // The platform refuses each call twice, because the new token is revoked too.
    simulator.script(
      'GET /api/v2/users/me',
      times(40, () => ({ status: 401, delayMs: 50, revoke: true })),
    );
    expect(countOutcomes(await Promise.allSettled(times(20, () => users.getUsersMe())))).toEqual({ 'status 401': 20 });
    expect(countOutcomes(await Promise.allSettled(times(20, () => users.getUsersMe())))).toEqual({ ok: 20 });
    expect(simulator.stats().tokenRequests).toBe(2);
    expectQuiet(line);
  });

  test('the line renews a token before it expires, and no call waits or fails', async () => {
    const simulator = await simulate({ tokens: { expiresInMs: 2000 } });
    const { users, line } = await createGuarded(simulator);
    const end = Date.now() + 5000;
    while (Date.now() < end) {
      await users.getUsersMe();
      await sleep(20);
    }
    expect(simulator.stats().unauthorized).toBe(0);
    expect(simulator.stats().tokenRequests).toBeGreaterThanOrEqual(2);
    expect(simulator.stats().tokenRequests).toBeLessThanOrEqual(4);
    expectQuiet(line);
  });
});

describe('a refresh that fails', () => {
  test('rejects all its callers with TokenRefreshError, and a later call succeeds', async () => {
    const simulator = await simulate();
    const { client, users, line } = await createGuarded(simulator, { ...UNLIMITED, random: steady });
    holdLogins({ client, line }, 200);
    simulator.revokeTokens();
    simulator.set({ tokens: { fail: 3 } });
    const results = await Promise.allSettled(times(200, () => users.getUsersMe()));
    expect(countOutcomes(results)).toEqual({ TokenRefreshError: 200 });
    expect(simulator.stats().tokenRequests).toBe(3);
    const error = (results[0] as PromiseRejectedResult).reason as TokenRefreshError;
    expect(error.retryAt).toBeGreaterThan(Date.now() - 60_000);
    await users.getUsersMe();
    expect(simulator.stats().tokenRequests).toBe(4);
    expectQuiet(line);
  });

  test('is not repeated for wrong credentials, and its error does not show them', async () => {
    const simulator = await simulate({ tokens: { clients: { id: 'secret' } } });
    const { client, users, line } = await createGuarded(simulator);
    holdLogins({ client, line }, 50);
    simulator.revokeTokens();
    simulator.set({ tokens: { clients: { id: 'another-one' } } });
    const results = await Promise.allSettled(times(50, () => users.getUsersMe()));
    expect(countOutcomes(results)).toEqual({ TokenRefreshError: 50 });
    expect(simulator.stats().tokenRequests).toBe(1);
    const { reason } = results[0] as PromiseRejectedResult;
    const shown = JSON.stringify([reason, (reason as Error).message, (reason as Error).cause, String(reason)]);
    expect(shown).not.toContain('secret');
    expect(shown).not.toContain(Buffer.from('id:secret').toString('base64'));
    simulator.set({ tokens: { clients: { id: 'secret' } } });
    await users.getUsersMe();
    expectQuiet(line);
  });

  test('waits after the throttling of the token endpoint, which has status 400', async () => {
    const simulator = await simulate();
    const { users, line } = await createGuarded(simulator, { ...UNLIMITED, random: steady });
    simulator.revokeTokens();
    simulator.script('POST /oauth/token', [
      {
        status: 400,
        body: { error: 'invalid_request', error_description: 'rate limit exceeded; try later' },
      },
    ]);
    await users.getUsersMe();
    expect(simulator.stats().tokenRequests).toBe(2);
    expectQuiet(line);
  });
});

describe('sources of the token', () => {
  test('token.grant: clientCredentials() needs no login and writes its tokens to the SDK', async () => {
    const simulator = await simulate({ tokens: { clients: { id: 'secret' } } });
    const grant = clientCredentials({ clientId: 'id', clientSecret: 'secret', loginUrl: simulator.url });
    const { client, users, line } = await createGuarded(
      simulator,
      { ...UNLIMITED, token: { grant } },
      { login: false },
    );
    const first = await Promise.allSettled(times(1000, () => users.getUsersMe()));
    expect(countOutcomes(first)).toEqual({ ok: 1000 });
    expect(simulator.stats()).toMatchObject({ tokenRequests: 1, unauthorized: 0 });
    const old = tokenOf(client);
    expect(old).toBeTruthy();
    simulator.revokeTokens();
    const second = await Promise.allSettled(times(1000, () => users.getUsersMe()));
    expect(countOutcomes(second)).toEqual({ ok: 1000 });
    expect(simulator.stats()).toMatchObject({ tokenRequests: 2 });
    expect(tokenOf(client)).not.toBe(old);
    expect(client.authData.accessToken).toBe(tokenOf(client));
    expect(client.authData.tokenExpiryTime).toBeGreaterThan(Date.now() + 60_000);
    expectQuiet(line);
  });

  test('control: the unmodified SDK refreshes an authorization code token but rejects its callers', async () => {
    const simulator = await simulate();
    const client = createBareClient(simulator);
    await client.loginCodeAuthorizationGrant('id', 'secret', 'code', 'https://app.example');
    const { users } = createApis(client);
    simulator.resetStats();
    simulator.revokeTokens();
    const results = await Promise.allSettled(times(5, () => users.getUsersMe()));
    expect(results.map(({ status }) => status)).toEqual(times(5, () => 'rejected'));
    await until(() => simulator.stats().tokenRequests >= 1);
    // The SDK replays the calls, but no caller gets the responses.
    await until(() => simulator.stats().answered >= 1);
  });

  test('authorization code: the line uses every rotation, and the SDK has the newest refresh token', async () => {
    const simulator = await simulate();
    const client = guardGenesys(createBareClient(simulator), UNLIMITED);
    const { users } = createApis(client);
    await client.loginCodeAuthorizationGrant('id', 'secret', 'code', 'https://app.example');
    simulator.resetStats();
    const refreshTokens = new Set([client.authData.refreshToken]);
    for (let rotation = 1; rotation <= 4; rotation++) {
      simulator.revokeTokens();
      const results = await Promise.allSettled(times(250, () => users.getUsersMe()));
      expect(countOutcomes(results)).toEqual({ ok: 250 });
      expect(simulator.stats().tokenRequests).toBe(rotation);
      refreshTokens.add(client.authData.refreshToken);
      expect(refreshTokens.size).toBe(rotation + 1);
    }
    expectQuiet(lineOf(client));
  });

  test('authorization code: the line keeps a refresh token that the platform does not rotate', async () => {
    const simulator = await simulate({ tokens: { rotateRefreshTokens: false } });
    const client = guardGenesys(createBareClient(simulator), UNLIMITED);
    const { users } = createApis(client);
    await client.loginCodeAuthorizationGrant('id', 'secret', 'code', 'https://app.example');
    const { refreshToken } = client.authData;
    for (const n of [1, 2, 3]) {
      simulator.revokeTokens();
      await users.getUser(`user-${n}`);
    }
    expect(client.authData.refreshToken).toBe(refreshToken);
  });

  test('token.grant: authorizationCode() uses the code once, then each rotation, and passes tokens to the user and the SDK', async () => {
    const simulator = await simulate();
    const told: string[] = [];
    const grant = authorizationCode({
      clientId: 'id',
      clientSecret: 'secret',
      code: 'code',
      redirectUri: 'https://app.example',
      loginUrl: simulator.url,
      onRefreshToken: (refreshToken) => void told.push(refreshToken),
    });
    const { client, users } = await createGuarded(simulator, { ...UNLIMITED, token: { grant } }, { login: false });
    for (const n of [1, 2, 3, 4]) {
      expect(countOutcomes(await Promise.allSettled(times(50, () => users.getUsersMe())))).toEqual({ ok: 50 });
      expect(simulator.stats().tokenRequests).toBe(n);
      expect(told).toHaveLength(n);
      expect(client.authData.refreshToken).toBe(told.at(-1));
      simulator.revokeTokens();
    }
    expect(new Set(told).size).toBe(4);
  });

  test('without a grant or login, the 401 reaches the caller as the error of the SDK', async () => {
    const simulator = await simulate();
    const { client, users, line } = await createGuarded(simulator, UNLIMITED, { login: false });
    client.setAccessToken('set-by-hand-and-wrong');
    const error = await catchFailure(users.getUsersMe());
    expect(error).toMatchObject({ status: 401 });
    expect(callInfo(error)).toMatchObject({ status: 401, attempts: 1 });
    expectQuiet(line);
  });

  test('the line uses the token of a login before guarding, and its 401 reaches the caller after a revocation', async () => {
    const simulator = await simulate();
    const client = createBareClient(simulator);
    await client.loginClientCredentialsGrant('id', 'secret');
    guardGenesys(client, UNLIMITED);
    const { users } = createApis(client);
    await users.getUsersMe();
    simulator.revokeTokens();
    expect(await catchFailure(users.getUsersMe())).toMatchObject({ status: 401 });
  });

  test('a token set with setAccessToken does not take the expiry of an earlier login', async () => {
    const simulator = await simulate({ tokens: { expiresInMs: 1000 } });
    const { client, users } = await createGuarded(simulator);
    simulator.set({ tokens: { expiresInMs: 60_000 } });
    const other = await createUnmodified(simulator);
    await sleep(1050);
    client.setAccessToken(tokenOf(other.client) as string);
    simulator.resetStats();
    await users.getUsersMe();
    expect(simulator.stats().tokenRequests).toBe(0);
  });

  test('the client credentials never replace a user who logs in by code later', async () => {
    const simulator = await simulate();
    const { client, users } = await createGuarded(simulator);
    await client.loginCodeAuthorizationGrant('app', 'secret', 'code', 'https://app.example');
    const { refreshToken } = client.authData;
    simulator.revokeTokens();
    await users.getUsersMe();
    expect(client.authData.refreshToken).not.toBe(refreshToken);
  });

  test('clients on one line share its token, and all of them get the new token', async () => {
    const simulator = await simulate();
    const grant = clientCredentials({ clientId: 'id', clientSecret: 'secret', loginUrl: simulator.url });
    const line = createHoldline(presetConfig({ token: { grant } }));
    const one = await createGuarded(simulator, line, { login: false });
    const two = await createGuarded(simulator, line, { login: false });
    await Promise.all([...times(20, () => one.users.getUsersMe()), ...times(20, () => two.users.getUsersMe())]);
    expect(simulator.stats().tokenRequests).toBe(1);
    expect(tokenOf(one.client)).toBeTruthy();
    expect(tokenOf(one.client)).toBe(tokenOf(two.client));
  });
});

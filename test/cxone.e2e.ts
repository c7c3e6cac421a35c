import {
  callInfo,
  createHoldline,
  holdlineOf,
  isHoldlineError,
  memoryStore,
  release,
  withTransaction,
  type HoldlineConfig,
} from '@holdline/core';
import { accessKey, cxone, guardCxone } from '@holdline/cxone';
import type { Simulator } from '@holdline/simulator';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  bearer,
  FakeWorker,
  createGuardedNice,
  loadNice,
  login,
  createSignedIn,
  simulateCxone,
  type Nice,
  type NiceResponse,
} from './nice.js';
import { expectQuiet, catchFailure, serve, sleep, times } from './support.js';

const AGENTS = 'GET /incontactapi/services/agents';
const BREAKER = 'CIRCUIT_BREAKER_IS_IN_OPEN_STATE';
const soon = { status: 429, headers: { 'Retry-After': '1' } };

type Failure = { errorType: string; data: { status?: number } };

/** `METHOD status` of all requests, logins included. */
const listRequests = (simulator: Simulator): string[] =>
  simulator.wire().map(({ method, status }) => `${method} ${status}`);

describe('control: the unmodified SDK 25.1.2', () => {
  test.each([429, 503])('rejects a %i after one attempt, without its status', async (status) => {
    const simulator = await simulateCxone();
    const { nice, mine, api } = await createSignedIn(simulator);
    simulator.script(AGENTS, [{ status, headers: { 'Retry-After': '0' } }]);
    const error = (await catchFailure(nice.HttpClient.get(api('/agents'), mine()))) as Failure;
    expect(error).toMatchObject({ errorType: 'CXONE_API_ERROR', data: {} });
    expect(error.data.status).toBeUndefined();
    await sleep(1_200);
    expect(simulator.stats().requests).toBe(1);
  });

  test('rejects a 401 and renews no token', async () => {
    const simulator = await simulateCxone();
    const { nice, mine, api } = await createSignedIn(simulator);
    simulator.revokeTokens();
    expect(await catchFailure(nice.HttpClient.get(api('/agents'), mine()))).toMatchObject({ data: { status: 401 } });
    expect(simulator.stats().tokenRequests).toBe(0);
  });

  test('blocks the other tenant on all hosts after a quarter of the calls of one tenant is refused', async () => {
    const { nice, get } = await twoTenants((_, n) => n % 4 === 0);
    const ends: string[] = [];
    for (let i = 0; i < 100 && !ends.includes(BREAKER); i++) ends.push(await get(nice, 'a'));
    expect(ends).toContain(BREAKER);
    expect(await get(nice, 'b')).toBe(BREAKER);
  });

  test('rejects no caller when a renewal fails', async () => {
    const simulator = await simulateCxone();
    const { auth } = await createSignedIn(simulator);
    const before = auth.getAuthToken().accessToken;
    simulator.set({ faults: [{ kind: 'status', match: 'POST /auth/token', status: 500 }] });
    await auth.getRefreshToken();
    expect(auth.getAuthToken().accessToken).toBe(before);
    expect(simulator.stats().tokenRequests).toBe(1);
  });

  test('schedules the renewal of a token with a lifetime of ten minutes or less immediately', async () => {
    const simulator = await simulateCxone();
    const { auth } = await createSignedIn(simulator);
    auth.startRefreshTokenCheck({ ...auth.getAuthToken(), expiresIn: 300 }, true, true);
    const { timeoutInterval } = FakeWorker.made.at(-1)?.asked[0] as { timeoutInterval: number };
    expect(timeoutInterval).toBeLessThanOrEqual(0);
  });
});

describe('one call through all policies', () => {
  const ways: [string, (nice: Nice, url: string, request: object) => Promise<unknown>, string, string][] = [
    ['get', ({ HttpClient }, url, request) => HttpClient.get(url, request), AGENTS, 'GET'],
    [
      'post',
      ({ HttpClient }, url, request) => HttpClient.post(url, { ...request, body: { firstName: 'Ada' } }),
      'POST /incontactapi/services/agents',
      'POST',
    ],
    ['getBlob', ({ HttpClient }, url, request) => HttpClient.getBlob(url, request), AGENTS, 'GET'],
  ];

  test.each(ways)('%s has one result after 429, 401, a new token and 200', async (_, send, route, method) => {
    const simulator = await simulateCxone();
    const { nice, auth, mine, api, line } = await createGuardedNice(simulator);
    const old = auth.getAuthToken().accessToken;
    simulator.script(route, [soon, { status: 401, revoke: true }]);
    const response = (await send(nice, api('/agents'), mine())) as { status: number };
    expect(response.status).toBeLessThan(300);
    expect(listRequests(simulator)).toEqual([
      `${method} 429`,
      `${method} 401`,
      'POST 200',
      `${method} ${response.status}`,
    ]);
    expect(callInfo(response)).toMatchObject({ attempts: 3, refreshed: true, route: `${method} /agents` });
    // The adapter writes the new token to every place where the SDK keeps one.
    const { accessToken } = auth.getAuthToken();
    expect(accessToken).not.toBe(old);
    expect(nice.ACDSessionManager.instance.accessToken).toBe(accessToken);
    expect(nice.AdminService.instance.accessToken).toBe(accessToken);
    expect(simulator.stats().duplicateWrites).toBe(0);
    expectQuiet(line);
  });

  test('a too long Retry-After fails with its status and the retry time in callInfo, and no breaker counts the refusal', async () => {
    const simulator = await simulateCxone();
    const { nice, mine, api } = await createGuardedNice(simulator, {
      retry: { maxRetryAfterMs: 1_000 },
      governor: false,
    });
    simulator.set({ faults: [{ kind: 'status', status: 429, headers: { 'Retry-After': '60' }, match: AGENTS }] });
    for (let i = 0; i < 20; i++) {
      const error = await catchFailure(nice.HttpClient.get(api('/agents'), mine()));
      expect(error).toMatchObject({ errorType: 'CXONE_API_ERROR' });
      expect(callInfo(error)?.status).toBe(429);
      expect(callInfo(error)?.retryAt).toBeGreaterThan(Date.now() + 30_000);
    }
    expect(await nice.HttpClient.get(api('/skills'), mine())).toMatchObject({ status: 200 });
  });

  test('callInfo has the icStatusDescription of the platform', async () => {
    const simulator = await simulateCxone();
    const { nice, mine, api } = await createGuardedNice(simulator);
    simulator.script(AGENTS, [{ status: 400, headers: { icStatusDescription: 'skillId is no number' } }]);
    const error = await catchFailure(nice.HttpClient.get(api('/agents'), mine()));
    expect(error).toMatchObject({ data: { status: 400 } });
    expect(callInfo(error)?.headers['icstatusdescription']).toBe('skillId is no number');
  });

  test.each([204, 304])('a %i is a success', async (status) => {
    const simulator = await simulateCxone();
    const { nice, mine, api } = await createGuardedNice(simulator);
    simulator.script(AGENTS, [{ status, body: '' }]);
    expect(await nice.HttpClient.get(api('/agents'), mine())).toMatchObject({ status });
    expect(simulator.stats().requests).toBe(1);
  });

  test('a transaction that runs again answers its done write from the journal', async () => {
    const simulator = await simulateCxone();
    const store = memoryStore();
    const results: NiceResponse[] = [];
    const executions: number[] = [];
    for (let run = 0; run < 2; run++) {
      const { nice, mine, api } = await createGuardedNice(simulator, { store });
      results.push(
        await withTransaction('t', () =>
          nice.HttpClient.post(api('/agents'), { ...mine(), body: { firstName: 'Ada' } }),
        ),
      );
      executions.push(simulator.stats().executedWrites);
      release(nice.HttpClient);
    }
    const [first, second] = results as [NiceResponse, NiceResponse];
    expect(second).toEqual(first);
    expect(results.map((result) => callInfo(result)?.fromJournal)).toEqual([false, true]);
    expect(executions).toEqual([1, 0]);
  });

  test('a lost write is not sent twice and rejects with OutcomeUnknownError', async () => {
    const simulator = await simulateCxone();
    const { nice, mine, api } = await createGuardedNice(simulator);
    simulator.set({ faults: [{ kind: 'drop-after', times: 1, match: 'POST /incontactapi/services/agents' }] });
    const error = await catchFailure(nice.HttpClient.post(api('/agents'), { ...mine(), body: { firstName: 'Ada' } }));
    expect(isHoldlineError(error) && error.name).toBe('OutcomeUnknownError');
    expect(simulator.stats()).toMatchObject({ requests: 1, executedWrites: 1 });
  });
});

/** Starts a server that refuses calls of tenant a by `refuses`. `get` calls the server with the real HttpClient. */
async function twoTenants(
  refuses: (tenant: string, n: number) => boolean,
  guard?: HoldlineConfig,
): Promise<{ nice: Nice; get(nice: Nice, tenant: string): Promise<string>; counts: Record<string, number> }> {
  const nice = await loadNice();
  const counts: Record<string, number> = { a: 0, b: 0 };
  const { url } = await serve((request, response) => {
    const tenant = request.headers.authorization === `Bearer ${createToken('a')}` ? 'a' : 'b';
    const n = (counts[tenant] as number)++;
    const refused = tenant === 'a' && refuses(tenant, n);
    response.writeHead(refused ? 429 : 200, refused ? { 'Retry-After': '1' } : {}).end('{}');
  });
  if (guard) {
    const sdk = guardCxone({ HttpClient: nice.HttpClient, origins: [url] }, guard);
    onTestFinished(() => release(sdk));
  }
  const get = (from: Nice, tenant: string): Promise<string> =>
    from.HttpClient.get(`${url}/incontactapi/services/v31.0/agents`, bearer(createToken(tenant))).then(
      () => 'ok',
      (error: Failure) => error.errorType,
    );
  return { nice, get, counts };
}

/** Creates a token in the format of the platform. No test checks its signature. */
function createToken(tenant: string): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return [part({ alg: 'none' }), part({ tenantId: tenant, sub: 'user:1' }), 'x'].join('.');
}

describe('two tenants in one page', () => {
  test.each<[string, (tenant: string, n: number) => boolean]>([
    ['a quarter of the', (_, n) => n % 4 === 0],
    ['all', () => true],
  ])('the server refuses %s calls of tenant A, and all calls of tenant B succeed', async (_, refuses) => {
    const { nice, get, counts } = await twoTenants(refuses, { deadline: { totalTimeoutMs: 4_000 } });
    const line = holdlineOf(nice.HttpClient);
    const a = times(30, () => get(nice, 'a'));
    const b: string[] = [];
    for (let i = 0; i < 200; i++) b.push(await get(nice, 'b'));
    expect(new Set(b)).toEqual(new Set(['ok']));
    // No call of B needed a second attempt.
    expect(counts['b']).toBe(200);
    await Promise.all(a);
    // B shares neither gates nor circuits with A.
    expect(await get(nice, 'b')).toBe('ok');
    if (line) expectQuiet(line);
  });

  test('each tenant and user has quotas, gates and circuits that outlive a token', async () => {
    const { nice, get } = await twoTenants(() => false, {});
    await get(nice, 'a');
    await get(nice, 'b');
    await get(nice, 'a');
    const { scopes, breakers } = holdlineOf(nice.HttpClient)?.snapshot() ?? { scopes: [], breakers: [] };
    expect(scopes.filter(({ scope }) => /^credential:\w+$/.test(scope))).toHaveLength(2);
    expect(breakers).toHaveLength(2);
    expect(JSON.stringify({ scopes, breakers })).not.toContain(createToken('a').slice(0, 20));
  });
});

describe('tokens', () => {
  test('200 concurrent calls with an expired token cause one renewal', async () => {
    const simulator = await simulateCxone();
    const { nice, mine, api, line } = await createGuardedNice(simulator);
    simulator.revokeTokens();
    simulator.set({ faults: [{ kind: 'delay', match: 'POST /auth/token', delayMs: 300 }] });
    const results = await Promise.all(times(200, () => nice.HttpClient.get(api('/agents'), mine())));
    expect(results.every(({ status }) => status === 200)).toBe(true);
    expect(simulator.stats()).toMatchObject({ tokenRequests: 1, answered: 200 });
    expectQuiet(line);
  });

  test('a renewal that the SDK fails silently rejects every caller with a separate TokenRefreshError', async () => {
    const simulator = await simulateCxone();
    const { nice, mine, api, line } = await createGuardedNice(simulator);
    simulator.revokeTokens();
    simulator.set({ faults: [{ kind: 'status', match: 'POST /auth/token', status: 400, delayMs: 500 }] });
    const errors = await Promise.all(times(20, () => catchFailure(nice.HttpClient.get(api('/agents'), mine()))));
    expect(new Set(errors.map((error) => isHoldlineError(error) && error.name))).toEqual(
      new Set(['TokenRefreshError']),
    );
    expect(new Set(errors).size).toBe(20);
    expect(simulator.stats().tokenRequests).toBe(1);
    expect(JSON.stringify(errors)).not.toMatch(/eyJ/);
    expectQuiet(line);
  });

  test('the SDK keeps its refresh token after a response without a token', async () => {
    const simulator = await simulateCxone();
    const { nice, auth, mine, api } = await createGuardedNice(simulator);
    const before = auth.getAuthToken().refreshToken;
    simulator.script('POST /auth/token', [{ status: 200, body: {} }]);
    simulator.revokeTokens();
    expect(await nice.HttpClient.get(api('/agents'), mine())).toMatchObject({ status: 200 });
    expect(simulator.stats().tokenRequests).toBe(2);
    expect(auth.getAuthToken().refreshToken).not.toBe(before);
  });

  test('the 401 reaches the caller when no refresh token and no grant exist', async () => {
    const simulator = await simulateCxone();
    const { nice, auth, mine, api } = await createGuardedNice(simulator);
    const { accessToken } = auth.getAuthToken();
    auth.setAuthToken({ ...(accessToken !== undefined && { accessToken }) });
    simulator.revokeTokens();
    expect(await catchFailure(nice.HttpClient.get(api('/agents'), mine()))).toMatchObject({ data: { status: 401 } });
  });

  test('the configured grant takes precedence over the SDK, and the SDK gets the new token', async () => {
    const simulator = await simulateCxone();
    const grant = accessKey({ accessKeyId: 'key@acme', accessKeySecret: 's', loginUrl: simulator.url });
    const { nice, auth, mine, api } = await createGuardedNice(simulator, { token: { grant } });
    simulator.revokeTokens();
    expect(await nice.HttpClient.get(api('/agents'), mine())).toMatchObject({ status: 200 });
    expect(simulator.wire().map(({ path }) => path)).toContain('/authentication/v1/token/access-key');
    // The next call of the application uses the new token.
    expect(await nice.HttpClient.get(api('/agents'), mine())).toMatchObject({ status: 200 });
    expect(simulator.stats().unauthorized).toBe(1);
    expect(auth.getAuthToken().expiresIn).toBeGreaterThan(0);
  });

  test('the line and the SDK renew a token of ten minutes or less shortly before it expires', async () => {
    const simulator = await simulateCxone({ tokens: { expiresInMs: 300_000 } });
    const { nice, auth, mine, api } = await createGuardedNice(simulator);
    auth.startRefreshTokenCheck(auth.getAuthToken(), true, true);
    const { timeoutInterval } = FakeWorker.made.at(-1)?.asked[0] as { timeoutInterval: number };
    expect(timeoutInterval).toBeGreaterThan(200_000);
    for (let i = 0; i < 10; i++) await nice.HttpClient.get(api('/agents'), mine());
    expect(simulator.stats().tokenRequests).toBe(0);
  });

  test('the SDK renews once when its timer and the line request a renewal together', async () => {
    const simulator = await simulateCxone();
    const { nice, auth, mine, api } = await createGuardedNice(simulator);
    simulator.revokeTokens();
    await Promise.all([auth.getRefreshToken(), nice.HttpClient.get(api('/agents'), mine()), auth.getRefreshToken()]);
    expect(simulator.stats().tokenRequests).toBe(1);
  });

  test('a service with an access key uses one line for the SDK and its own requests', async () => {
    const simulator = await simulateCxone();
    const nice = await loadNice();
    const grant = accessKey({ accessKeyId: 'key@acme', accessKeySecret: 's', loginUrl: simulator.url });
    const { HttpClient } = nice;
    const sdk = guardCxone({ HttpClient, origins: [simulator.url] }, { token: { grant } });
    const url = `${simulator.url}/incontactapi/services/v31.0/agents`;
    expect(await HttpClient.get(url, { headers: [] })).toMatchObject({ status: 200 });
    expect((await fetch(url)).status).toBe(200);
    expect(simulator.stats().tokenRequests).toBe(1);
    release(sdk);
  });

  test('a pool distributes the calls over several access keys', async () => {
    const simulator = await simulateCxone({
      limits: [{ name: 'token', per: 'token', limit: 3, windowMs: 60_000, enforcement: 'sliding' }],
    });
    const { HttpClient } = await loadNice();
    const key = (accessKeyId: string) => accessKey({ accessKeyId, accessKeySecret: 's', loginUrl: simulator.url });
    const pool = ['k1@acme', 'k2@acme', 'k3@acme'].map((name) => ({ name, grant: key(name) }));
    const sdk = guardCxone({ HttpClient, origins: [simulator.url] }, { token: { pool } });
    const url = `${simulator.url}/incontactapi/services/v31.0/agents`;
    const results = await Promise.all(times(9, () => HttpClient.get(url, { headers: [] })));
    expect(results.every(({ status }) => status === 200)).toBe(true);
    expect(simulator.stats()).toMatchObject({ tokenRequests: 3, refused: 0 });
    release(sdk);
  });
});

describe('requests that the adapter leaves alone', () => {
  test('a request to another origin stays unchanged and carries no token of the line', async () => {
    const seen: (string | undefined)[] = [];
    const other = await serve((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(429, { 'Retry-After': '0' }).end('{}');
    });
    const simulator = await simulateCxone();
    const { nice } = await createGuardedNice(simulator);
    await catchFailure(nice.HttpClient.get(`${other.url}/incontactapi/services/v1.0/agents`, { headers: [] }));
    expect((await fetch(other.url)).status).toBe(429);
    expect(seen).toEqual([undefined, undefined]);
  });

  test('a redirect to another origin carries no token', async () => {
    const seen: (string | undefined)[] = [];
    const other = await serve((request, response) => {
      seen.push(request.headers.authorization);
      response.end('{}');
    });
    const simulator = await simulateCxone();
    const { nice, mine, api } = await createGuardedNice(simulator);
    simulator.script(AGENTS, [{ status: 302, headers: { Location: `${other.url}/away` } }]);
    await nice.HttpClient.get(api('/agents'), mine());
    expect(seen).toEqual([undefined]);
  });

  test('a request with another token goes out unchanged', async () => {
    const simulator = await simulateCxone();
    const { nice, api } = await createGuardedNice(simulator);
    const other = await login(simulator, 'key@other');
    expect(await nice.HttpClient.get(api('/agents'), bearer(other.accessToken))).toMatchObject({ status: 200 });
    simulator.revokeTokens();
    expect(await catchFailure(nice.HttpClient.get(api('/agents'), bearer(other.accessToken)))).toMatchObject({
      data: { status: 401 },
    });
    expect(simulator.stats().tokenRequests).toBe(1);
  });
});

describe('release', () => {
  test('a release restores the SDK and the global fetch exactly', async () => {
    const simulator = await simulateCxone();
    const { nice, mine, api } = await createSignedIn(simulator);
    const { HttpClient, CXoneAuth, LoadWorker } = nice;
    const owners = [HttpClient, HttpClient.circuitBreaker, CXoneAuth.prototype, LoadWorker.prototype, globalThis];
    const state = (): unknown[] => owners.map((owner) => Object.getOwnPropertyDescriptors(owner));
    const before = state();
    const sdk = { HttpClient, CXoneAuth, LoadWorker, origins: [simulator.url] };
    expect(guardCxone(sdk)).toBe(sdk);
    expect(holdlineOf(sdk)).toBe(holdlineOf(HttpClient));
    const guarded = globalThis.fetch;
    expect(() => guardCxone({ HttpClient }, createHoldline(cxone()))).toThrow('is guarded with another configuration');
    expect(globalThis.fetch).toBe(guarded);
    await nice.HttpClient.get(api('/agents'), mine());
    release(sdk);
    expect(holdlineOf(HttpClient)).toBeUndefined();
    const after = state();
    for (const [i, owner] of before.entries()) expect(after[i]).toEqual(owner);
    simulator.script(AGENTS, [soon]);
    expect(await catchFailure(nice.HttpClient.get(api('/agents'), mine()))).toMatchObject({ data: {} });
  });
});

import { createRequire } from 'node:module';
import { Agent, request } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { callInfo, createHoldline, holdlineOf, release, withCall } from '@holdline/core';
import { guardGenesys } from '@holdline/genesys';
import { startSimulator } from '@holdline/simulator';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  createApis,
  createBareClient,
  direct,
  expectQuiet,
  catchFailure,
  createGuarded,
  lineOf,
  loadSdk,
  mostInWindow,
  presetConfig,
  serve,
  simulate,
  sleep,
  times,
  UNLIMITED,
  createUnmodified,
  type Client,
  type HttpRequest,
  type HttpResponse,
  type Sdk,
} from './support.js';

const ME = 'GET /api/v2/users/me';
const QUEUE = 'DELETE /api/v2/routing/queues/:id';
const OAUTH = 'PureCloud OAuth';

/** Own properties of an object with their descriptors, to check that a release leaves none behind. */
const shapeOf = (value: object): object => Object.getOwnPropertyDescriptors(value);

describe.each([
  ['plain', false],
  ['extended', true],
])('%s responses', (_, extended) => {
  test('equal those of the unmodified SDK for success, 429, 500, 503, an empty body and a network error', async () => {
    const end = async (client: Client, make: (client: Client) => Promise<unknown>): Promise<unknown> => {
      client.setReturnExtendedResponses(extended);
      const [settled] = await Promise.allSettled([make(client)]);
      return comparable(settled);
    };
    const simulator = await simulate();
    const bare = await createUnmodified(simulator);
    const own = await createGuarded(simulator, { ...UNLIMITED, retry: false });
    const cases: [string, Parameters<typeof simulator.script>[1], (client: Client) => Promise<unknown>][] = [
      ['success', [{ status: 200, body: { id: 'me', name: 'Ada' } }], me],
      ['429', [{ status: 429, headers: { 'retry-after': '0.2' }, body: { status: 429, code: 'too.many' } }], me],
      ['500', [{ status: 500, body: { status: 500, message: 'broken' } }], me],
      ['503 without a body', [{ status: 503, body: '' }], me],
      ['text instead of JSON', [{ status: 502, body: '<html>Bad Gateway</html>' }], me],
      ['204', [{ status: 204 }], (client) => new (loadSdk().RoutingApi)(client).deleteRoutingQueue('q')],
      ['network error', [{ status: 200, drop: 'before' }], me],
    ];
    for (const [name, script, make] of cases) {
      const match = name === '204' ? QUEUE : ME;
      simulator.script(match, script);
      const control = await end(bare.client, make);
      simulator.script(match, script);
      expect(await end(own.client, make), name).toEqual(control);
    }
    expectQuiet(own.line);
  });

  test('carry callInfo with status, headers, attempts and retryAt on the result, the error, or the promise', async () => {
    const simulator = await simulate();
    const { client, users } = await createGuarded(simulator, { ...UNLIMITED, retry: { maxRetryAfterMs: 500 } });
    client.setReturnExtendedResponses(extended);
    const result = await users.getUsersMe();
    expect(callInfo(result)).toMatchObject({ status: 200, attempts: 1, route: ME });

    simulator.script(ME, [{ status: 429, headers: { 'retry-after': '1' } }]);
    const before = Date.now();
    const error = await catchFailure(users.getUsersMe());
    const info = callInfo(error);
    expect(info).toMatchObject({ status: 429, attempts: 1, headers: { 'retry-after': '1' } });
    expect(info?.headers['inin-correlation-id']).toBeTruthy();
    expect(info?.retryAt).toBeGreaterThanOrEqual(before + 1000);
    expect(info?.headers).not.toHaveProperty('authorization');

    await sleep(1000);
    const empty = await createGuarded(simulator, { ...UNLIMITED, retry: false });
    simulator.script(ME, [{ status: 503, body: '' }]);
    const call = empty.users.getUsersMe();
    await catchFailure(call);
    expect(callInfo(call)).toMatchObject({ status: 503, attempts: 1 });
  });
});

const me = (client: Client): Promise<unknown> => new (loadSdk().UsersApi)(client).getUsersMe();

/** A result or error without the parts that differ between runs. */
function comparable(settled: PromiseSettledResult<unknown> | undefined): unknown {
  const value: unknown = settled?.status === 'fulfilled' ? settled.value : settled?.reason;
  if (value instanceof Error) {
    const { name, message, code } = value as Error & { code?: string };
    return { status: settled?.status, error: { name, message, code, keys: Object.keys(value).sort() } };
  }
  if (typeof value !== 'object' || value === null) return { status: settled?.status, value };
  const { headers, error, ...rest } = value as { headers?: object; error?: object };
  return {
    status: settled?.status,
    prototype: Object.getPrototypeOf(value) === Object.prototype,
    headers: headers && [headers.constructor.name, Object.keys(headers).sort()],
    error: error && [(error as Error).name, (error as Error).message, Object.keys(error).sort()],
    ...rest,
  };
}

describe('http clients', () => {
  const custom = (sdk: Sdk, seen: HttpRequest[]) =>
    new (class extends sdk.AbstractHttpClient {
      override async request(options: HttpRequest): Promise<HttpResponse> {
        seen.push({ ...options, headers: { ...options.headers } });
        const { method } = options;
        const headers = { 'Content-Type': 'application/x-www-form-urlencoded', ...options.headers };
        const body = typeof options.data === 'string' ? options.data : JSON.stringify(options.data);
        const answer = await fetch(options.url, { method, headers, ...(options.data !== undefined && { body }) });
        const response = {
          status: answer.status,
          headers: Object.fromEntries(answer.headers),
          data: (await answer.json()) as unknown,
        };
        if (answer.ok) return response;
        throw Object.assign(new Error(`status ${answer.status}`), { response });
      }
    })();

  test("calls of the user's own AbstractHttpClient are paced, retried and re-authorised", async () => {
    const simulator = await simulate();
    const { client, users, sdk, line } = await createGuarded(simulator);
    const seen: HttpRequest[] = [];
    client.setHttpClient(custom(sdk, seen));
    const said = 'Rate limit exceeded the maximum. Retry the request in [1] seconds';
    simulator.script(ME, [
      { status: 429, body: { status: 429, message: said } },
      { status: 401, revoke: true },
    ]);
    const started = performance.now();
    const result = await users.getUsersMe();
    expect(performance.now() - started).toBeGreaterThanOrEqual(1000);
    expect(callInfo(result)).toMatchObject({ attempts: 3, status: 200, refreshed: true });
    expect(seen.filter(({ url }) => url.endsWith('/users/me'))).toHaveLength(3);
    expect(seen.filter(({ url }) => url.endsWith('/oauth/token'))).toHaveLength(1);
    expectQuiet(line);
  });

  test("the user's own client is unguarded after the release", async () => {
    const simulator = await simulate();
    const { client, users, sdk } = await createGuarded(simulator);
    const http = custom(sdk, []);
    client.setHttpClient(http);
    await users.getUsersMe();
    release(client);
    expect(shapeOf(http)).not.toHaveProperty('request');
    simulator.script(ME, [{ status: 500 }]);
    expect(callInfo(await catchFailure(users.getUsersMe()))).toBeUndefined();
  });

  test('a client set after guarding is guarded too, and the earlier client is not guarded twice', async () => {
    const simulator = await simulate();
    const { client, users, sdk, line } = await createGuarded(simulator);
    const first = client.getHttpClient();
    client.setHttpClient(new sdk.DefaultHttpClient());
    for (const http of [client.getHttpClient(), first]) {
      client.setHttpClient(http);
      simulator.script(ME, [{ status: 503, headers: { 'retry-after': '0.1' } }]);
      expect(callInfo(await users.getUsersMe())).toMatchObject({ attempts: 2, status: 200 });
    }
    expectQuiet(line);
  });

  test('client.timeout set after guarding and before the first call applies', async () => {
    const simulator = await simulate({ serviceMs: 30_000 });
    const client = guardGenesys(createBareClient(simulator), { ...UNLIMITED, retry: false });
    client.timeout = 100;
    client.setAccessToken('any');
    const started = performance.now();
    await catchFailure(createApis(client).users.getUsersMe());
    // The call ends before the response and before the timeout of 16 s of the SDK.
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(client.getHttpClient().timeout).toBe(100);
  });

  test('control: the unmodified SDK ignores client.timeout after its first call', async () => {
    const simulator = await simulate();
    const { client, users } = await createUnmodified(simulator);
    client.timeout = 100;
    simulator.set({ serviceMs: 300 });
    await users.getUsersMe();
  });

  test('the timeout applies to each attempt', async () => {
    const simulator = await simulate({ faults: [{ kind: 'delay', delayMs: 30_000, match: ME, times: 2 }] });
    const { client, users, line } = await createGuarded(simulator, { ...UNLIMITED, retry: { backoff: [10] } });
    client.getHttpClient().setTimeout(300);
    const started = performance.now();
    expect(callInfo(await users.getUsersMe())).toMatchObject({ attempts: 3, status: 200 });
    expect(performance.now() - started).toBeGreaterThanOrEqual(590);
    expectQuiet(line);
  });

  test('setProxyAgent before and after guarding reaches the transport', async () => {
    const simulator = await simulate();
    const agents = [new HttpsAgent(), new HttpsAgent()];
    const seen: unknown[] = [];
    const client = createBareClient(simulator);
    client.setProxyAgent(agents[0]);
    // A test adapter in place of the proxy records the config of the transport.
    const axios = client.getHttpClient()._axiosInstance as { defaults: { adapter: unknown }; getUri?: unknown };
    axios.defaults.adapter = (config: { httpsAgent: unknown; url: string }) => {
      seen.push(config.httpsAgent);
      return Promise.resolve({ status: 200, statusText: 'OK', headers: {}, config, data: '{"id":"me"}' });
    };
    guardGenesys(client, UNLIMITED);
    client.setAccessToken('any');
    expect(await createApis(client).users.getUsersMe()).toEqual({ id: 'me' });
    client.setProxyAgent(agents[1]);
    expect(await createApis(client).users.getUsersMe()).toEqual({ id: 'me' });
    expect(seen[0]).toBe(agents[0]);
    expect(seen[1]).toBe(agents[1]);
    release(client);
  });

  test("hooks of the SDK run once per call and get the user's request", async () => {
    const simulator = await simulate();
    const { client, users } = await createGuarded(simulator);
    let hooked = 0;
    const http = client.getHttpClient() as unknown as { setPreHook(hook: (config: object) => Promise<object>): void };
    http.setPreHook((config) => {
      hooked++;
      return Promise.resolve(config);
    });
    simulator.script(ME, [{ status: 429, headers: { 'retry-after': '0.1' } }]);
    expect(callInfo(await users.getUsersMe())).toMatchObject({ attempts: 2 });
    expect(hooked).toBe(1);
  });
});

describe('gateways', () => {
  test('path prefixes for login and API change neither routes, quotas nor the refresh', async () => {
    const paths: string[] = [];
    const simulator = await simulate();
    const gateway = await serve((req, res) => {
      paths.push(req.url ?? '');
      const path = (req.url ?? '').replace(/^\/(tenant-1\/api|tenant-1\/login)/, '');
      const onward = request(`${simulator.url}${path}`, { method: req.method, headers: req.headers }, (answer) => {
        res.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(res);
      });
      req.pipe(onward);
    });
    const sdk = loadSdk();
    const client = direct(createBareClient(simulator), gateway, {
      path_params_api: 'tenant-1/api',
      path_params_login: '/tenant-1/login',
    });
    guardGenesys(client, UNLIMITED);
    await client.loginClientCredentialsGrant('id', 'secret');
    const { users } = createApis(client, sdk);
    simulator.revokeTokens();
    const result = await users.getUser('7c1f4e0a-1');
    expect(callInfo(result)).toMatchObject({ route: 'GET /api/v2/users/:id', attempts: 2, refreshed: true });
    expect(paths).toEqual([
      '/tenant-1/login/oauth/token',
      '/tenant-1/api/api/v2/users/7c1f4e0a-1',
      '/tenant-1/login/oauth/token',
      '/tenant-1/api/api/v2/users/7c1f4e0a-1',
    ]);
  });
});

describe('credentials', () => {
  test('the line never replaces an Authorization header of the request, even after a 401', async () => {
    const simulator = await simulate();
    const { users, client, line } = await createGuarded(simulator);
    const seen: unknown[] = [];
    const server = await serve((req, res) => {
      seen.push(req.headers.authorization);
      res.writeHead(seen.length === 1 ? 401 : 200, { 'content-type': 'application/json' });
      res.end('{"id":"x"}');
    });
    direct(client, server);
    const customHeaders = { Authorization: 'Bearer guest-jwt' };
    expect(callInfo(await catchFailure(users.getUser('x', { customHeaders })))).toMatchObject({
      status: 401,
      attempts: 1,
    });
    await users.getUser('x', { customHeaders });
    expect(seen).toEqual(['Bearer guest-jwt', 'Bearer guest-jwt']);
    expect(simulator.stats().tokenRequests).toBe(0);
    expectQuiet(line);
  });

  test('the JWT of a guest goes out unchanged', async () => {
    const simulator = await simulate();
    const { client } = await createGuarded(simulator);
    const seen: unknown[] = [];
    const axios = client.getHttpClient()._axiosInstance as unknown as {
      interceptors: { request: { use(fn: (config: { headers: { get(name: string): unknown } }) => unknown): void } };
    };
    axios.interceptors.request.use((config) => {
      seen.push(config.headers.get('Authorization'));
      return config;
    });
    Object.assign(client.authentications['Guest Chat JWT'] as object, { apiKey: 'guest', apiKeyPrefix: 'Bearer' });
    const types = [['Guest Chat JWT'], ['application/json'], ['application/json']];
    const end = await catchFailure(client.callApi('/api/v2/users/me', 'GET', {}, {}, {}, {}, null, ...types));
    expect(callInfo(end)).toMatchObject({ status: 401, attempts: 1 });
    expect(seen).toEqual(['Bearer guest']);
    expect(simulator.stats().tokenRequests).toBe(0);
  });

  test('the token never goes to another origin', async () => {
    const simulator = await simulate();
    const seen: unknown[] = [];
    const other = await serve((req, res) => {
      seen.push(req.headers.authorization);
      res.writeHead(401).end();
    });
    const { client, sdk, line } = await createGuarded(simulator);
    const options = new sdk.HttpRequestOptions(`${other.url}/api/v2/users/me`, 'GET', { Accept: 'application/json' });
    const error = await catchFailure(client.getHttpClient().request(options));
    expect(callInfo(error)).toMatchObject({ status: 401, attempts: 1 });
    expect(simulator.stats().tokenRequests).toBe(0);
    // A redirect does not carry the token either. Its 401 counts as one of the API.
    simulator.script(ME, [{ status: 307, headers: { location: `${other.url}/api/v2/users/me` } }]);
    await Promise.allSettled([createApis(client).users.getUsersMe()]);
    expect(seen).toEqual([undefined, undefined]);
    expectQuiet(line);
  });
});

describe('guard and release', () => {
  test('guarding a client twice guards it once', async () => {
    const simulator = await simulate();
    const { client, users, line } = await createGuarded(simulator);
    guardGenesys(client);
    guardGenesys(client, line);
    const other = 'guardGenesys: the client is guarded with another configuration';
    expect(() => guardGenesys(client, createHoldline())).toThrow(other);
    expect(holdlineOf(client)).toBe(line);
    simulator.script(
      ME,
      times(4, () => ({ status: 503, headers: { 'retry-after': '0.1' } })),
    );
    const info = callInfo(await users.getUsersMe());
    expect(info).toMatchObject({ attempts: 5 });
    expect(simulator.stats().requests).toBe(5);
  });

  test('a release restores every property and makes calls unguarded', async () => {
    const simulator = await simulate();
    const client = createBareClient(simulator);
    await client.loginClientCredentialsGrant('id', 'secret');
    const http = client.getHttpClient();
    const axios = http._axiosInstance as object & { defaults: { adapter?: unknown } };
    const { adapter } = axios.defaults;
    const before = [client, client.config, http, axios, axios.defaults, client.authentications].map(shapeOf);
    guardGenesys(client, UNLIMITED);
    await client.loginClientCredentialsGrant('id', 'secret');
    await createApis(client).users.getUsersMe();
    expect(client.config.refresh_access_token).toBe(false);
    expect(axios.defaults.adapter).not.toBe(adapter);
    release(client);
    const after = [client, client.config, http, axios, axios.defaults, client.authentications].map(shapeOf);
    expect(after.map((shape) => Object.keys(shape))).toEqual(before.map((shape) => Object.keys(shape)));
    expect(client.config.refresh_access_token).toBe(true);
    expect(axios.defaults.adapter).toBe(adapter);
    expect(holdlineOf(client)).toBeUndefined();

    simulator.resetStats();
    simulator.script(ME, [{ status: 429, headers: { 'retry-after': '0.1' } }]);
    const error = await catchFailure(createApis(client).users.getUsersMe());
    expect(error).toMatchObject({ status: 429 });
    expect(callInfo(error)).toBeUndefined();
    expect(simulator.stats().requests).toBe(1);
    // The client can be guarded again.
    guardGenesys(client, UNLIMITED);
    simulator.script(ME, [{ status: 429, headers: { 'retry-after': '0.1' } }]);
    expect(callInfo(await createApis(client).users.getUsersMe())).toMatchObject({ attempts: 2 });
    release(client);
  });

  test('a value that the user sets on refresh_access_token while guarded stays after the release', async () => {
    const simulator = await simulate();
    const { client } = await createGuarded(simulator);
    client.config.refresh_access_token = false;
    release(client);
    expect(client.config.refresh_access_token).toBe(false);
    client.config.refresh_access_token = true;
    expect(client.config.refresh_access_token).toBe(true);
  });

  test("a later wrapper of the client stays after the release and calls the client's own method", async () => {
    const simulator = await simulate();
    const { client, users } = await createGuarded(simulator);
    const ours = client.getHttpClient;
    let asked = 0;
    client.getHttpClient = function () {
      asked++;
      return ours.call(client);
    };
    release(client);
    client.setHttpClient(new (loadSdk().DefaultHttpClient)());
    simulator.script(ME, [{ status: 429, headers: { 'retry-after': '0.1' } }]);
    expect(callInfo(await catchFailure(users.getUsersMe()))).toBeUndefined();
    expect(asked).toBeGreaterThan(0);
    expect(simulator.stats().requests).toBe(1);
  });

  test('calls pending at the release end as guarded calls', async () => {
    const simulator = await simulate();
    const { client, users, line } = await createGuarded(simulator);
    simulator.script(ME, [{ status: 429, delayMs: 100, headers: { 'retry-after': '0.3' } }]);
    const call = users.getUsersMe();
    await sleep(30);
    release(client);
    expect(callInfo(await call)).toMatchObject({ attempts: 2, status: 200 });
    expectQuiet(line);
  });

  test('one line of code guards the singleton and earlier API objects', async () => {
    const simulator = await simulate();
    const sdk = loadSdk();
    const client = direct(sdk.ApiClient, simulator);
    const users = new sdk.UsersApi();
    onTestFinished(() => release(client));
    guardGenesys(sdk.ApiClient);
    await client.loginClientCredentialsGrant('id', 'secret');
    simulator.script(ME, [{ status: 429, headers: { 'retry-after': '0.2' } }]);
    expect(callInfo(await users.getUsersMe())).toMatchObject({ attempts: 2, status: 200 });
    expect(callInfo(await new sdk.UsersApi().getUsersMe())).toMatchObject({ attempts: 1 });
    expect(lineOf(client).explain({ method: 'POST', url: `${simulator.url}/api/v2/search` }).repeatable.safe).toBe(
      true,
    );
  });

  test('the line reports each SDK defect with a workaround once', async () => {
    const simulator = await simulate();
    const sdk = loadSdk();
    const { line } = await createGuarded(simulator);
    const told: string[] = [];
    line.on('defect', ({ client, defect, remedy }) => {
      expect(client).toBe('purecloud-platform-client-v2');
      expect(remedy).not.toBe('');
      told.push(defect);
    });
    guardGenesys(createBareClient(simulator, sdk), line);
    expect(told.length).toBeGreaterThanOrEqual(2);
    expect(new Set(told).size).toBe(told.length);
  });
});

describe('the class', () => {
  /** Loads a fresh copy of the SDK, so that guarding its class does not affect other tests. */
  function freshSdk(): Sdk {
    const require = createRequire(import.meta.url);
    const path = require.resolve('purecloud-platform-client-v2');
    const cached = require.cache[path];
    delete require.cache[path];
    try {
      const sdk = require(path) as Sdk;
      sdk.ApiClient.config.live_reload_config = false;
      return sdk;
    } finally {
      if (cached) require.cache[path] = cached;
    }
  }

  test('guards existing and future clients, each with its own line', async () => {
    const simulator = await simulate();
    const sdk = freshSdk();
    direct(sdk.ApiClient, simulator);
    const present = createBareClient(simulator, sdk);
    guardGenesys(sdk.ApiClientClass, { governor: { quotas: [{ limit: 5, windowMs: 60_000 }] } });
    onTestFinished(() => release(sdk.ApiClientClass));
    const future = createBareClient(simulator, sdk);
    for (const client of [sdk.ApiClient, present, future]) {
      await client.loginClientCredentialsGrant('id', 'secret');
      simulator.script(ME, [{ status: 429, headers: { 'retry-after': '0.1' } }]);
      expect(callInfo(await createApis(client, sdk).users.getUsersMe())).toMatchObject({ attempts: 2 });
    }
    const lines = [sdk.ApiClient, present, future].map(lineOf);
    expect(new Set(lines).size).toBe(3);
    expect(holdlineOf(sdk.ApiClientClass)).toBe(lines[0]);
    // A refresh of one client does not affect the others.
    simulator.revokeTokens();
    simulator.resetStats();
    await createApis(future, sdk).users.getUsersMe();
    expect(simulator.stats()).toMatchObject({ tokenRequests: 1, unauthorized: 1 });
    expect(simulator.stats().answered).toBe(1);
  });

  test('guards all clients with a given line', async () => {
    const simulator = await simulate();
    const sdk = freshSdk();
    const line = createHoldline(presetConfig());
    guardGenesys(sdk.ApiClientClass, line);
    onTestFinished(() => release(sdk.ApiClientClass));
    const clients = times(2, () => createBareClient(simulator, sdk));
    for (const client of clients) {
      await client.loginClientCredentialsGrant('id', 'secret');
      await createApis(client, sdk).users.getUsersMe();
      expect(holdlineOf(client)).toBe(line);
    }
  });

  test('guarded with a configuration, can be guarded with a line later', async () => {
    const simulator = await simulate();
    const sdk = freshSdk();
    guardGenesys(sdk.ApiClientClass, UNLIMITED);
    release(sdk.ApiClientClass);
    const line = createHoldline(presetConfig());
    guardGenesys(sdk.ApiClientClass, line);
    onTestFinished(() => release(sdk.ApiClientClass));
    const client = createBareClient(simulator, sdk);
    client.setAccessToken('any');
    await catchFailure(createApis(client, sdk).users.getUsersMe());
    expect(holdlineOf(client)).toBe(line);
  });

  test('a release restores the class and only the clients that the class guarded', async () => {
    const simulator = await simulate();
    const sdk = freshSdk();
    const before = Object.getOwnPropertyDescriptors(sdk.ApiClientClass.prototype);
    const own = guardGenesys(createBareClient(simulator, sdk), UNLIMITED);
    guardGenesys(sdk.ApiClientClass, UNLIMITED);
    const client = createBareClient(simulator, sdk);
    await client.loginClientCredentialsGrant('id', 'secret');
    await createApis(client, sdk).users.getUsersMe();
    expect(holdlineOf(client)).toBeDefined();
    release(sdk.ApiClientClass);
    expect(Object.getOwnPropertyDescriptors(sdk.ApiClientClass.prototype)).toEqual(before);
    expect(holdlineOf(client)).toBeUndefined();
    expect(Object.keys(shapeOf(client))).toEqual(
      Object.keys(shapeOf(createBareClient(simulator, sdk))).concat('clientId', 'httpClient'),
    );
    expect(holdlineOf(own)).toBeDefined();
    simulator.resetStats();
    simulator.script(ME, [{ status: 429, headers: { 'retry-after': '0.1' } }]);
    expect(callInfo(await catchFailure(createApis(client, sdk).users.getUsersMe()))).toBeUndefined();
    release(own);
  });
});

describe('two copies of the SDK in one process', () => {
  test('share nothing on two lines', async () => {
    const simulator = await simulate();
    const one = await createGuarded(simulator);
    const two = await createGuarded(simulator, UNLIMITED, { sdk: loadSdk('242') });
    expect(one.line).not.toBe(two.line);
    simulator.resetStats();
    simulator.script(ME, [{ status: 429, headers: { 'retry-after': '5' } }]);
    const abort = new AbortController();
    const waiting = catchFailure(withCall({ signal: abort.signal }, () => one.users.getUsersMe()));
    await sleep(50);
    expect(callInfo(await two.users.getUsersMe())).toMatchObject({ attempts: 1, waitedMs: 0 });
    abort.abort();
    await waiting;
  });

  test('share quota and gates on one line', async () => {
    const simulator = await simulate();
    const line = createHoldline(
      presetConfig({ governor: { enforcement: 'sliding', quotas: [{ limit: 10, windowMs: 400, scope: 'host' }] } }),
    );
    const one = await createGuarded(simulator, line);
    const two = await createGuarded(simulator, line, { sdk: loadSdk('219') });
    expect(holdlineOf(one.client)).toBe(holdlineOf(two.client));
    simulator.resetStats();
    await Promise.all([...times(15, () => one.users.getUsersMe()), ...times(15, () => two.users.getUsersMe())]);
    expect(mostInWindow(simulator.wire(), 400)).toBeLessThanOrEqual(10);
    expectQuiet(line);
  });
});

test('the guard keeps the keep-alive connections of the SDK open', async () => {
  const simulator = await startSimulator({ platform: 'genesys', limits: [] });
  onTestFinished(() => simulator.stop());
  const agent = new Agent({ keepAlive: true, maxSockets: 2 });
  onTestFinished(() => agent.destroy());
  const { client, users } = await createGuarded(simulator);
  const axios = client.getHttpClient()._axiosInstance as unknown as { defaults: { httpAgent: unknown } };
  axios.defaults.httpAgent = agent;
  await Promise.all(times(50, () => users.getUsersMe()));
  expect(simulator.stats().peakInFlight).toBeLessThanOrEqual(2);
  expect(client.authentications[OAUTH]?.accessToken).toBeTruthy();
});

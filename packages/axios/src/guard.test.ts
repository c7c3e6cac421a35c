import type { AxiosInstance, AxiosRequestConfig, AxiosStatic, InternalAxiosRequestConfig } from 'axios';
import {
  callInfo,
  createHoldline,
  holdlineOf,
  release,
  type CallContext,
  type CallRequest,
  type Holdline,
} from '@holdline/core';
import { afterEach, beforeEach, describe, expect, expectTypeOf, it } from 'vitest';
import { attachAxios } from './attach.js';
import { guardAxios } from './guard.js';
import {
  hideAxiosClass,
  AXIOS_COPIES,
  captureRejection,
  startServer,
  cleanUpAfterTests,
  until,
  type TestServer,
} from './server.fixture.js';

cleanUpAfterTests();

const startOkServer = (): Promise<TestServer> => startServer((_, response) => void response.end('{}'));
const startBusyServer = (): Promise<TestServer> =>
  startServer((_, response, before) => void response.writeHead(before < 1 ? 429 : 200, { 'retry-after': '0.1' }).end());
const limitOnePer = (windowMs: number) => ({ governor: { quotas: [{ limit: 1, windowMs }] } });

describe.each(AXIOS_COPIES)('axios $version', ({ axios }) => {
  const original = axios.defaults.adapter as NonNullable<AxiosRequestConfig['adapter']>;
  afterEach(() => {
    release(axios);
    axios.defaults.adapter = original;
    delete axios.defaults.baseURL;
  });

  describe('arguments', () => {
    it('types config.holdline', () => {
      expectTypeOf<AxiosRequestConfig['holdline']>().toEqualTypeOf<CallContext | undefined>();
      expectTypeOf<InternalAxiosRequestConfig['holdline']>().toEqualTypeOf<CallContext | undefined>();
      expectTypeOf(guardAxios(axios)).toEqualTypeOf<AxiosStatic>();
      const api = axios.create();
      expectTypeOf(guardAxios(api)).toEqualTypeOf<AxiosInstance>();
      expect(guardAxios(api)).toBe(api);
    });

    it.each<[string, object]>([
      ['config.holdline.prio is not known', { prio: 'low' }],
      ['config.holdline.priority must be', { priority: 'urgent' }],
      ['config.holdline.totalTimeoutMs must be', { totalTimeoutMs: '5' }],
      ['config.holdline.signal must be', { signal: {} }],
      ['config.holdline must be', [] as object],
    ])('refuses a call with a wrong context: %s', async (message, holdline) => {
      const server = await startOkServer();
      const line = createHoldline();
      const error = await captureRejection(guardAxios(axios.create(), line).get(server.url, { holdline }));
      expect(error.name).toBe('ConfigError');
      expect(error.message).toContain(message);
      expect(line.snapshot()).toMatchObject({ calls: 0, queued: 0, inFlight: 0 });
      expect(server.heads).toBe(0);
    });

    it('reads the context from the instance defaults; the request overrides them', async () => {
      const server = await startOkServer();
      const line = createHoldline(limitOnePer(60_000));
      const api = guardAxios(axios.create({ holdline: { priority: 'low', tenant: 'a' } }), line);
      await api.get(server.url);
      const controller = new AbortController();
      const waiting = [
        captureRejection(api.get(server.url, { signal: controller.signal })),
        captureRejection(api.get(server.url, { signal: controller.signal, holdline: { priority: 'high' } })),
      ];
      await until(() => line.snapshot().queued === 2);
      expect(line.snapshot().queues[0]?.waiting).toMatchObject({ low: 1, high: 1 });
      controller.abort();
      await Promise.all(waiting);
    });

    it.each<[string, () => unknown]>([
      ['null', () => guardAxios(null as never)],
      ['undefined', () => guardAxios(undefined as never)],
      ['a string', () => guardAxios('axios' as never)],
      ['{}', () => guardAxios({} as never)],
      ['an object without defaults', () => guardAxios({ request: () => undefined, defaults: null } as never)],
      [
        'an object that only resembles an instance',
        () => guardAxios({ request: () => undefined, defaults: {} } as never),
      ],
      [
        'an object that makes itself',
        () => {
          const { interceptors } = hideAxiosClass(axios.create());
          const mock = { request: () => undefined, defaults: {}, create: () => mock, interceptors };
          guardAxios(mock as never);
        },
      ],
      ['the Axios class', () => guardAxios(axios.Axios as never)],
      ['a number as configuration', () => guardAxios(axios, 5 as never)],
      ['null as configuration', () => guardAxios(axios, null as never)],
      ['an unknown key', () => guardAxios(axios, { retries: 3 } as never)],
      [
        'an object without defaults, attached',
        () => attachAxios({ request: () => undefined, defaults: {} } as never, createHoldline()),
      ],
    ])('refuses %s', (_, guard) => {
      expect(guard).toThrow(expect.objectContaining({ name: 'ConfigError' }) as Error);
      expect(axios.defaults.adapter).toBe(original);
    });

    it('accepts an instance of the Axios class', async () => {
      const server = await startBusyServer();
      const api = new axios.Axios({ headers: {} as never });
      guardAxios(api as never, {});
      expect((await api.get(server.url)).status).toBe(200);
      expect(server.seen).toHaveLength(2);
    });
  });

  describe('guard and release', () => {
    const own = (config: InternalAxiosRequestConfig) =>
      Promise.resolve({ data: 'own', status: 200, statusText: '', headers: {}, config });

    it.each<[string, AxiosRequestConfig['adapter']]>([
      ['the default names', undefined],
      ['a name', 'http'],
      ['names', ['fetch', 'http']],
      ['a function', own],
    ])('restores %s', async (_, adapter) => {
      const server = await startBusyServer();
      const api = axios.create(adapter === undefined ? {} : { adapter });
      const before = api.defaults.adapter;
      const keys = Object.keys(api.defaults);
      expect(guardAxios(api)).toBe(api);
      expect(api.defaults.adapter).not.toBe(before);
      release(api);
      expect(api.defaults.adapter).toBe(before);
      expect(Object.keys(api.defaults)).toEqual(keys);
      expect(holdlineOf(api)).toBeUndefined();
      if (adapter === own) return;
      const error = await captureRejection(api.get(server.url));
      expect(error).toMatchObject({ response: { status: 429 } });
      expect(callInfo(error)).toBeUndefined();
      expect(server.seen).toHaveLength(1);
    });

    it('removes the adapter if none was set before', async () => {
      const server = await startBusyServer();
      for (const api of [axios.create(), axios]) {
        delete api.defaults.adapter;
        guardAxios(api, {});
        expect((await api.get(server.url)).status).toBe(200);
        release(api);
        expect(Object.keys(api.defaults)).not.toContain('adapter');
      }
    });

    it('guards again after a release', async () => {
      const server = await startBusyServer();
      const api = guardAxios(axios.create(), { retry: false });
      release(api);
      release(api);
      expect((await guardAxios(api, {}).get(server.url)).status).toBe(200);
    });

    it('passes requests through if another wrapper is in place', async () => {
      const server = await startServer((_, response) => void response.writeHead(503).end());
      const api = guardAxios(axios.create(), { retry: { maxAttempts: 2, baseDelayMs: 1 } });
      const inner = api.defaults.adapter as (config: InternalAxiosRequestConfig) => Promise<never>;
      let passed = 0;
      const outer = (config: InternalAxiosRequestConfig) => (
        passed++,
        inner({ ...config, headers: { ...config.headers } as never })
      );
      api.defaults.adapter = outer;
      await captureRejection(api.get(server.url));
      expect([passed, server.seen.length]).toEqual([1, 2]);
      release(api);
      expect(api.defaults.adapter).toBe(outer);
      await captureRejection(api.get(server.url));
      expect([passed, server.seen.length]).toEqual([2, 3]);
      guardAxios(api, { retry: { maxAttempts: 3, baseDelayMs: 1 } });
      await captureRejection(api.get(server.url));
      expect([passed, server.seen.length]).toEqual([5, 6]);
    });

    it('does not guard a request with its own adapter', async () => {
      const api = guardAxios(axios.create(), {});
      const response = await api.get('http://nowhere.invalid', { adapter: own });
      expect(response.data).toBe('own');
      expect(callInfo(response)).toBeUndefined();
    });
  });

  describe('instances and lines', () => {
    it('guards instances that a guarded axios creates, but not earlier ones', async () => {
      const server = await startServer((_, response) => void response.writeHead(503).end());
      const before = axios.create();
      guardAxios(axios, { retry: { maxAttempts: 2, baseDelayMs: 1 } });
      const after = axios.create();
      await captureRejection(before.get(server.url));
      expect(server.seen).toHaveLength(1);
      await captureRejection(after.get(server.url));
      expect(server.seen).toHaveLength(3);
      release(axios);
      await captureRejection(after.get(server.url));
      expect(server.seen).toHaveLength(4);
    });

    it('guards once if such an instance gets its own line', async () => {
      const server = await startServer((_, response) => void response.writeHead(503).end());
      const outer = createHoldline({ retry: { maxAttempts: 3, baseDelayMs: 1 } });
      guardAxios(axios, outer);
      const api = axios.create();
      const inherited = api.defaults.adapter;
      guardAxios(api, { retry: { maxAttempts: 2, baseDelayMs: 1 } });
      const error = await captureRejection(api.get(server.url));
      expect(callInfo(error)?.attempts).toBe(2);
      expect(server.seen).toHaveLength(2);
      expect(outer.snapshot().scopes).toEqual([]);
      release(api);
      expect(api.defaults.adapter).toBe(inherited);
    });

    it('separates quotas by basic credentials', async () => {
      const server = await startOkServer();
      const line = createHoldline(limitOnePer(60_000));
      const api = guardAxios(axios.create(), line);
      await api.get(server.url, { auth: { username: 'a', password: 'secret' } });
      await api.get(server.url, { auth: { username: 'b', password: 'secret' } });
      expect(server.seen).toHaveLength(2);
      expect(JSON.stringify(line.snapshot())).not.toContain('secret');
    });
  });

  describe('the token', () => {
    let granted = 0;
    const grant = (): Promise<{ accessToken: string }> => Promise.resolve({ accessToken: `t${++granted}` });
    beforeEach(() => void (granted = 0));

    /** Accepts only tokens from `t<valid>` on. */
    const strict = (valid: number): Promise<TestServer> =>
      startServer(({ headers }, response) => {
        const number = Number(/^Bearer t(\d+)$/.exec(headers.authorization ?? '')?.[1] ?? 0);
        response.writeHead(number >= valid ? 200 : 401).end('{}');
      });
    const tokens = (server: TestServer): (string | undefined)[] =>
      server.seen.map(({ headers }) => headers.authorization);

    const CLIENTS = [
      {
        kind: 'instance',
        client: (baseURL?: string): AxiosInstance => axios.create(baseURL === undefined ? {} : { baseURL }),
      },
      {
        kind: 'axios itself',
        client: (baseURL?: string): AxiosInstance => {
          if (baseURL !== undefined) axios.defaults.baseURL = baseURL;
          return axios;
        },
      },
      {
        kind: 'fetch adapter',
        client: (baseURL?: string): AxiosInstance =>
          axios.create({ adapter: 'fetch', ...(baseURL !== undefined && { baseURL }) }),
      },
    ];

    it('is not sent by an instance without baseURL; the line says so once, and explain names the reason', async () => {
      const server = await startOkServer();
      const line = createHoldline({ token: { grant } });
      const [one, two] = [guardAxios(axios.create(), line), guardAxios(axios.create(), line)];
      const defects: unknown[] = [];
      line.on('defect', (defect) => void defects.push(defect));
      for (const api of [one, two, one]) await api.get(`${server.url}/a`);
      expect(tokens(server)).toEqual([undefined, undefined, undefined]);
      expect(defects).toEqual([
        {
          client: 'axios',
          defect: 'no token is sent: the instance has no baseURL',
          remedy: 'set its baseURL, or token.origins',
        },
      ]);
      const explained = line.explain({ method: 'GET', url: `${server.url}/a` });
      expect(explained.now.token).toBe('none, but axios: no token is sent: the instance has no baseURL');
      expect(granted).toBe(0);
    });

    it('needs no baseURL with token.origins, and explain names an origin that is not in them', async () => {
      const server = await startOkServer();
      const line = createHoldline({ token: { grant, origins: [server.url] } });
      const defects: unknown[] = [];
      line.on('defect', (defect) => void defects.push(defect));
      await guardAxios(axios.create(), line).get(`${server.url}/a`);
      expect(tokens(server)).toEqual(['Bearer t1']);
      expect(line.explain({ method: 'GET', url: `${server.url}/a` }).now.token).toBe('valid');
      const { token } = line.explain({ method: 'GET', url: 'https://other.test/a' }).now;
      expect(token).toBe('not sent: token.origins lacks https://other.test');
      expect(defects).toEqual([]);
    });

    describe.each(CLIENTS)('$kind', ({ kind, client }) => {
      it('is written per attempt and refreshed once for all calls', async () => {
        const server = await strict(2);
        const api = guardAxios(client(server.url), { token: { grant } });
        const responses = await Promise.all(
          Array.from({ length: 10 }, () => api.post('/a', { a: 1 }, { headers: { Authorization: 'Bearer stale' } })),
        );
        expect(responses.map(({ status }) => status)).toEqual(Array(10).fill(200));
        expect(granted).toBe(2);
        expect(tokens(server).sort()).toEqual([
          ...Array<string>(10).fill('Bearer t1'),
          ...Array<string>(10).fill('Bearer t2'),
        ]);
        expect(new Set(server.seen.map(({ body }) => body.toString()))).toEqual(new Set(['{"a":1}']));
        expect(callInfo(responses[0])).toMatchObject({ attempts: 2, refreshed: true });
        expect(responses[0]?.config.headers['Authorization']).toBe('Bearer t2');
      });

      it('does not go to another server', async () => {
        const [home, away] = [await startOkServer(), await startOkServer()];
        const moved = await startServer(
          (_, response) => void response.writeHead(302, { location: `${away.url}/to` }).end(),
        );
        const api = guardAxios(client(home.url), { token: { grant } });
        await api.get('/a');
        await api.get(`${away.url}/absolute`);
        await api.get('/baseURL', { baseURL: away.url });
        await api.get(`${away.url}/a`, { allowAbsoluteUrls: false });
        // The target of the last request depends on the version.
        expect(tokens(home).filter(Boolean)).toEqual(['Bearer t1']);
        expect(home.seen.length + away.seen.length).toBe(4);

        const adapter = kind === 'fetch adapter' && { adapter: 'fetch' as const };
        const mover = guardAxios(axios.create({ baseURL: moved.url, ...adapter }), { token: { grant } });
        await mover.get('/from');
        expect(tokens(moved)).toEqual(['Bearer t2']);
        expect(tokens(away).filter(Boolean)).toEqual([]);
      });

      it('goes nowhere without baseURL unless token.origins names the origin', async () => {
        const server = await startOkServer();
        const api = guardAxios(client(), { token: { grant } });
        await api.get(`${server.url}/a`);
        expect(tokens(server)).toEqual([undefined]);
        expect(granted).toBe(0);
        release(api);
        await guardAxios(client(), { token: { grant, origins: [server.url] } }).get(`${server.url}/a`);
        expect(tokens(server)).toEqual([undefined, 'Bearer t1']);
      });

      it('keeps the basic credentials of a request', async () => {
        const server = await startOkServer();
        const api = guardAxios(client(server.url), { token: { grant } });
        await api.get('/a', { auth: { username: 'me', password: 'pw' } });
        expect(tokens(server)).toEqual([`Basic ${Buffer.from('me:pw').toString('base64')}`]);
      });
    });

    it('does not follow a redirect to a subdomain, although follow-redirects permits it', async () => {
      const server = await startServer((seen, response) => {
        const { port } = new URL(server.url);
        if (seen.url === '/from') response.writeHead(302, { location: `http://login.home.test:${port}/to` }).end();
        else response.end('{}');
      });
      const home = server.url.replace('127.0.0.1', 'home.test');
      const lookup = (_: string, __: object, done: (error: null, address: string, family: number) => void): void =>
        done(null, '127.0.0.1', 4);
      const local = { lookup } as unknown as AxiosRequestConfig;
      const redirected: string[] = [];
      const api = guardAxios(axios.create({ baseURL: home, ...local }), { token: { grant } });
      const beforeRedirect = ({ href }: Record<string, string>): void => void redirected.push(String(href));
      const response = await api.get('/from', { beforeRedirect });
      expect(tokens(server)).toEqual(['Bearer t1', undefined]);
      expect(redirected).toHaveLength(1);
      expect(response.config.beforeRedirect).toBe(beforeRedirect);

      // Control: bare axios with the user's own header.
      await axios.get(`${home}/from`, { ...local, headers: { Authorization: 'Bearer mine' } });
      expect(tokens(server)[3]).toBe(axios.VERSION === '1.7.0' ? 'Bearer mine' : undefined);
    });

    it('follows a redirect within its origin', async () => {
      const server = await startServer((seen, response) => {
        if (seen.url === '/from') response.writeHead(302, { location: '/to' }).end();
        else response.end('{}');
      });
      await guardAxios(axios.create({ baseURL: server.url }), { token: { grant } }).get('/from');
      expect(tokens(server)).toEqual(['Bearer t1', 'Bearer t1']);
    });

    it('does not go to the servers of instances that a guarded axios created', async () => {
      const [home, away] = [await startOkServer(), await startOkServer()];
      axios.defaults.baseURL = home.url;
      guardAxios(axios, { token: { grant } });
      await axios.create({ baseURL: away.url }).get('/a');
      await axios.get('/a');
      expect([...tokens(away), ...tokens(home)]).toEqual([undefined, 'Bearer t1']);
    });
  });

  it('gives each caller of a joined call a separate response', async () => {
    const server = await startServer(({ url }, response) => {
      setTimeout(() => void response.writeHead(url === '/ok' ? 200 : 404).end('{"a":1}'), 40);
    });
    const api = guardAxios(axios.create({ baseURL: server.url }), {});
    const transformResponse = (data: string): unknown => ({ once: JSON.parse(data) as unknown });
    const call = (url: string) => api.post(url, 'body', { holdline: { idempotencyKey: url }, transformResponse });
    const [first, second] = await Promise.all([call('/ok'), call('/ok')]);
    expect(server.seen).toHaveLength(1);
    expect([first.data, second.data]).toEqual(Array(2).fill({ once: { a: 1 } }));
    expect(second).not.toBe(first);
    expect(second.config).not.toBe(first.config);
    expect(callInfo(second)).toMatchObject({ attempts: 0, status: 200 });
  });

  it('copies an error for the second caller of a joined call', async () => {
    const server = await startServer((_, response) => void response.writeHead(404).end('{"a":1}'));
    const line = createHoldline({ retry: false });
    let copy: ((value: unknown) => unknown) | undefined;
    const spy: Holdline = Object.create(line, {
      replacesOtherRetries: { value: false },
      managesToken: { value: false },
      run: { value: (request: CallRequest) => ((copy = request.copy?.bind(request)), line.run(request)) },
    }) as Holdline;
    const api = axios.create();
    attachAxios(api, spy);
    const error = await captureRejection(api.get(server.url));
    const copied = copy?.(error) as typeof error;
    expect(axios.isAxiosError(copied)).toBe(true);
    expect(copied).not.toBe(error);
    expect(copied).toMatchObject({ message: error.message, code: error['code'], response: { status: 404 } });
    expect(copied['response']).not.toBe(error['response']);
    expect(copy?.('else')).toBe('else');
  });

  it('gives the call info of a response and of an error', async () => {
    const server = await startServer((_, response, before) => {
      response.setHeader('x-ratelimit-remaining', '7');
      response.setHeader('set-cookie', 'secret=1');
      if (before < 1) response.writeHead(429, { 'retry-after': '0.1' }).end();
      else if (before < 2) response.end('{}');
      else response.writeHead(429, { 'retry-after': '3600' }).end();
    });
    const api = guardAxios(axios.create(), {});
    const info = callInfo(await api.get(`${server.url}/users/42?secret=1`));
    expect(info).toMatchObject({
      route: 'GET /users/:id',
      attempts: 2,
      status: 200,
      retryAt: undefined,
      refreshed: false,
    });
    expect(info?.headers).toMatchObject({ 'x-ratelimit-remaining': '7' });
    expect(JSON.stringify(info?.headers)).not.toContain('secret');

    const from = Date.now();
    const error = await captureRejection(api.get(`${server.url}/users/43`));
    expect(error).toMatchObject({ response: { status: 429 }, isAxiosError: true });
    expect(callInfo(error)).toMatchObject({ attempts: 1, status: 429, headers: { 'retry-after': '3600' } });
    expect(callInfo(error)?.retryAt).toBeGreaterThanOrEqual(from + 3_600_000);

    const refused = await captureRejection(api.get(`${server.url}/users/44`));
    expect(refused).toMatchObject({ name: 'ThrottledError' });
    expect(callInfo(refused)).toMatchObject({ attempts: 0, status: undefined });
    expect(callInfo(refused)?.retryAt).toBeGreaterThanOrEqual(from + 3_600_000);
  });
});

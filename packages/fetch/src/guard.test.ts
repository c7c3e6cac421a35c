import { callInfo, createHoldline, holdlineOf, release, type CallContext, type Holdline } from '@holdline/core';
import { afterEach, beforeEach, describe, expect, expectTypeOf, it, vi } from 'vitest';
import { guardFetch, installFetch } from './guard.js';
import { guardedFetch } from './guarded-fetch.js';
import type { FetchFunction } from './types.js';
import { FETCH_FUNCTIONS, captureRejection, startServer, until, type TestServer } from './server.fixture.js';

const startOkServer = (): Promise<TestServer> => startServer((response) => void response.end('{}'));
const startBusyServer = (): Promise<TestServer> =>
  startServer((response, before) => void response.writeHead(before < 1 ? 429 : 200, { 'retry-after': '0.1' }).end());
const startRefusingServer = (): Promise<TestServer> =>
  startServer((response) => void response.writeHead(429, { 'retry-after': '0.1' }).end());
const limitOnePer = (windowMs: number) => ({ governor: { quotas: [{ limit: 1, windowMs }] } });
const twice = { retry: { maxAttempts: 2, baseDelayMs: 1 } };

describe('arguments', () => {
  it('types init.holdline', () => {
    expectTypeOf<RequestInit['holdline']>().toEqualTypeOf<CallContext | undefined>();
    expectTypeOf(guardFetch(fetch)).toEqualTypeOf<typeof fetch>();
  });

  it.each<[string, () => unknown, string]>([
    ['null', () => guardFetch(null as never), 'the first argument of guardFetch'],
    ['an object', () => guardFetch({} as never), 'the first argument of guardFetch'],
    ['a number as configuration', () => guardFetch(fetch, 5 as never), 'the second argument of guardFetch'],
    ['null as configuration', () => guardFetch(fetch, null as never), 'the second argument of guardFetch'],
    ['an unknown key', () => guardFetch(fetch, { retries: 3 } as never), 'retries is not known'],
    ['an origin that is a path', () => guardFetch(fetch, { origins: ['/api'] }), 'origins[0] must be an origin'],
    ['a URL for an origin', () => guardFetch(fetch, { origins: ['https://a.b/c'] }), 'origins[0] must be an origin'],
    ['an invalid line', () => guardFetch(fetch, { line: {} as never }), 'line must be'],
    ['a line and a configuration', () => guardFetch(fetch, { line: createHoldline(), retry: false }), 'retry'],
    ['no origins', () => installFetch({} as never), 'origins must be an array'],
    ['nothing', () => installFetch(undefined as never), 'origins must be an array'],
  ])('refuses %s', (_, guard, message) => {
    const { fetch } = globalThis;
    expect(guard).toThrow(expect.objectContaining({ name: 'ConfigError' }) as Error);
    expect(guard).toThrow(message);
    expect(globalThis.fetch).toBe(fetch);
  });

  it.each<[string, object]>([
    ['init.holdline.prio is not known', { prio: 'low' }],
    ['init.holdline.priority must be', { priority: 'urgent' }],
    ['init.holdline must be', []],
  ])('refuses a call with a wrong context: %s', async (message, holdline) => {
    const server = await startOkServer();
    const line = createHoldline();
    const error = await captureRejection(guardFetch(fetch, line)(server.url, { holdline }));
    expect(error.name).toBe('ConfigError');
    expect(error.message).toContain(message);
    expect(server.seen).toHaveLength(0);
    expect(line.snapshot()).toMatchObject({ calls: 0, inFlight: 0 });
    const request = new Request(server.url, { method: 'POST', body: 'x' });
    await captureRejection(guardFetch(fetch, line)(request, { holdline }));
    expect(request.bodyUsed).toBe(false);
  });

  it('reads the context from the request over that of the adapter, and does not pass it on', async () => {
    const native = vi.fn<typeof fetch>(() => Promise.resolve(new Response('{}')));
    const line = createHoldline(limitOnePer(60_000));
    const told: unknown[] = [];
    const guarded = guardedFetch<typeof fetch>(native, line, {
      context: ({ method, url, headers }) => {
        told.push([method, url, headers.get('x-tenant')]);
        return { tenant: headers.get('X-Tenant') ?? 'none', priority: 'low' };
      },
    });
    const init = { headers: { 'X-Tenant': 'acme' }, holdline: { priority: 'high' as const } };
    await guarded('http://a.test/x', init);
    // The signal of the attempt: closing the line aborts it.
    const sent = { headers: [['X-Tenant', 'acme']], signal: expect.any(AbortSignal) as AbortSignal };
    expect(native.mock.calls).toEqual([['http://a.test/x', sent]]);
    expect(init.holdline).toEqual({ priority: 'high' });
    const abort = new AbortController();
    const waiting = [
      captureRejection(guarded('http://a.test/x', { ...init, signal: abort.signal })),
      captureRejection(guarded('http://a.test/x', { signal: abort.signal })),
    ];
    await until(() => line.snapshot().queued === 2);
    expect(line.snapshot().queues[0]?.waiting).toMatchObject({ high: 1, low: 1 });
    expect(told[0]).toEqual(['GET', 'http://a.test/x', 'acme']);
    abort.abort();
    await Promise.all(waiting);
  });
});

describe.each(FETCH_FUNCTIONS)('$name', ({ fetch, Request }) => {
  it('is guarded and released', async () => {
    const server = await startBusyServer();
    const guarded = guardFetch(fetch, {});
    expect(guarded).not.toBe(fetch);
    expect([guarded.name, Object.keys(guarded)]).toEqual([fetch.name, Object.keys(fetch)]);
    expect(guardFetch(guarded)).toBe(guarded);
    expect(holdlineOf(guarded)).toBeDefined();
    expect(holdlineOf(fetch)).toBeUndefined();
    const response = await guarded(server.url);
    expect([response.status, callInfo(response)?.attempts]).toEqual([200, 2]);
    release(guarded);
    release(guarded);
    expect(holdlineOf(guarded)).toBeUndefined();
    expect(callInfo(await guarded(server.url))).toBeUndefined();
    const again = guardFetch(guarded, {});
    expect(callInfo(await again(server.url))?.attempts).toBe(1);
  });

  it('is refused with another configuration or line, and returned for the same', () => {
    const origins = ['https://a.test'];
    const guarded = guardFetch(fetch, { origins, ...twice });
    for (const same of [{ origins }, { origins, ...twice }, { origins, line: holdlineOf(guarded) as Holdline }])
      expect(guardFetch(guarded, same)).toBe(guarded);
    for (const another of [
      { origins, retry: false as const },
      { origins, line: createHoldline() },
    ])
      expect(() => guardFetch(guarded, another)).toThrow(
        'guardFetch: the client is guarded with another configuration',
      );
    // Other origins have a guard of their own.
    const both = guardFetch(guarded, { origins: ['https://b.test'], retry: false });
    expect(both).not.toBe(guarded);
    expect(guardFetch(both, { origins, ...twice })).toBe(both);
    release(both);
    release(guarded);
  });

  it('gets out-of-scope requests with unchanged arguments and promise', async () => {
    const server = await startRefusingServer();
    const seen: unknown[][] = [];
    const promise = fetch(server.url);
    const native = (...args: Parameters<typeof fetch>): Promise<Response> => (seen.push(args), promise);
    const guarded = guardFetch(native, { origins: ['https://api.example.com'] });
    const request = new Request(server.url);
    const init = { headers: { A: 'b' }, holdline: { priority: 'nonsense' } } as never;
    for (const args of [[request, init], [server.url, init], [new URL(server.url)], []] as never[])
      expect(guarded(...(args as Parameters<typeof fetch>))).toBe(promise);
    expect(seen[0]?.[0]).toBe(request);
    expect(seen[0]?.[1]).toBe(init);
    expect(seen[1]?.[1]).toBe(init);
    expect(seen.map(({ length }) => length)).toEqual([2, 2, 1, 0]);
    expect((await promise).status).toBe(429);
  });
});

it('sends the same bytes to an origin that is out of scope', async () => {
  const raw: string[] = [];
  const server = await startServer((response, _, seen, { rawHeaders, httpVersion }) => {
    raw.push(JSON.stringify([seen.method, seen.url, httpVersion, rawHeaders, seen.body]));
    response.end('{}');
  });
  const guarded = guardFetch(fetch, {
    origins: ['https://api.example.com'],
    token: { grant: () => Promise.reject(new Error()) },
  });
  for (const send of [fetch, guarded]) {
    await send(`${server.url}/a?b=c`, {
      method: 'POST',
      body: '{"a": 1}',
      headers: new Headers({ 'X-Own-Case': 'Yes' }),
    });
    await send(new Request(`${server.url}/r`, { method: 'PUT', body: 'x', headers: { 'X-Own-Case': 'Yes' } }));
  }
  expect(raw.slice(2)).toEqual(raw.slice(0, 2));
});

describe('scopes', () => {
  it('governs the given origins in any spelling', async () => {
    const [mine, other] = [await startBusyServer(), await startBusyServer()];
    const guarded = guardFetch(fetch, { origins: [`${mine.url.toUpperCase()}/`] });
    expect((await guarded(mine.url)).status).toBe(200);
    expect((await guarded(other.url)).status).toBe(429);
  });

  it('bypasses token requests of an adapter', async () => {
    const server = await startRefusingServer();
    const guarded = guardedFetch(fetch, createHoldline(), { bypass: (url) => url.endsWith('/token') });
    const response = await guarded(`${server.url}/token`);
    expect([response.status, callInfo(response), server.seen.length]).toEqual([429, undefined, 1]);
  });

  it('adds a scope to a guarded function, and guards each URL once', async () => {
    const [one, two] = [await startRefusingServer(), await startRefusingServer()];
    const inner = guardFetch(fetch, { origins: [one.url], ...twice });
    expect(guardFetch(inner, { origins: [one.url] })).toBe(inner);
    const outer = guardFetch(inner, { retry: { maxAttempts: 3, baseDelayMs: 1 } });
    expect(outer).not.toBe(inner);
    await outer(one.url);
    await outer(two.url);
    expect([one.seen.length, two.seen.length]).toEqual([2, 3]);
    expect(guardFetch(outer, { origins: [one.url] })).toBe(outer);
    release(inner);
    await outer(one.url);
    expect(one.seen).toHaveLength(2 + 3);
  });

  it('shares a line, passed alone or with origins', async () => {
    const server = await startOkServer();
    const line = createHoldline(limitOnePer(200));
    const a = guardFetch(fetch, line);
    const b = guardFetch(fetch, { origins: [server.url], line });
    const from = performance.now();
    await Promise.all([a(server.url), b(server.url), a(server.url)]);
    expect(performance.now() - from).toBeGreaterThan(395);
    expect([holdlineOf(a), holdlineOf(b)]).toEqual([line, line]);
  });
});

describe('installFetch', () => {
  const native = globalThis.fetch;
  const descriptor = Object.getOwnPropertyDescriptor(globalThis, 'fetch');
  let server: TestServer;
  beforeEach(async () => void (server = await startRefusingServer()));
  afterEach(() => void (globalThis.fetch = native));

  it.each<[string, (undo: () => void) => void]>([
    ['its undo function', (undo) => undo()],
    ['release', () => release(globalThis.fetch)],
  ])('guards the global fetch, until %s', async (_, end) => {
    const other = await startRefusingServer();
    const undo = installFetch({ origins: [server.url], ...twice });
    expect(holdlineOf(globalThis.fetch)).toBeDefined();
    await fetch(server.url);
    await fetch(other.url);
    expect([server.seen.length, other.seen.length]).toEqual([2, 1]);
    end(undo);
    expect(globalThis.fetch).toBe(native);
    expect(Object.getOwnPropertyDescriptor(globalThis, 'fetch')).toEqual(descriptor);
    await fetch(server.url);
    expect(server.seen).toHaveLength(3);
    undo();
    expect(globalThis.fetch).toBe(native);
  });

  it('does nothing on the second call, and adds other origins', async () => {
    const other = await startRefusingServer();
    const undo = installFetch({ origins: [server.url], ...twice });
    const first = globalThis.fetch;
    installFetch({ origins: [server.url] })();
    expect(globalThis.fetch).toBe(first);
    const undoOther = installFetch({ origins: [other.url, server.url], retry: { maxAttempts: 3, baseDelayMs: 1 } });
    await fetch(server.url);
    await fetch(other.url);
    expect([server.seen.length, other.seen.length]).toEqual([2, 3]);
    undoOther();
    expect(globalThis.fetch).toBe(first);
    undo();
    expect(globalThis.fetch).toBe(native);
  });

  it('does not deadlock if the grant uses the guarded fetch', async () => {
    const platform = await startServer((response, _, { url, headers }) => {
      if (url === '/token') response.end('{"accessToken":"t1"}');
      else response.writeHead(headers.authorization === 'Bearer t1' ? 200 : 401).end();
    });
    const grant = async (): Promise<{ accessToken: string }> => {
      await (await fetch(`${platform.url}/token`)).text();
      return (await (await fetch(`${platform.url}/token`)).json()) as { accessToken: string };
    };
    const undo = installFetch({ origins: [platform.url], token: { grant } });
    const answers = await Promise.all([fetch(platform.url), fetch(platform.url)]);
    undo();
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(platform.seen.map(({ url }) => url)).toEqual(['/token', '/token', '/', '/']);
  });

  it('leaves no own property if fetch is inherited, as in workers', () => {
    const own = Object.getOwnPropertyDescriptor(globalThis, 'fetch') as PropertyDescriptor;
    const above = Object.getPrototypeOf(globalThis) as object;
    Reflect.deleteProperty(globalThis, 'fetch');
    Object.defineProperty(above, 'fetch', own);
    try {
      installFetch({ origins: [server.url] })();
      expect(Object.hasOwn(globalThis, 'fetch')).toBe(false);
    } finally {
      Reflect.deleteProperty(above, 'fetch');
      Object.defineProperty(globalThis, 'fetch', own);
    }
  });

  it('passes requests through if another wrapper is in place', async () => {
    const undo = installFetch({ origins: [server.url], ...twice });
    const inner = globalThis.fetch;
    const outer: FetchFunction & typeof fetch = (...args) => inner(...args);
    globalThis.fetch = outer;
    await fetch(server.url);
    undo();
    expect(globalThis.fetch).toBe(outer);
    await fetch(server.url);
    expect(server.seen).toHaveLength(3);
  });
});

it('gives the call info', async () => {
  const server = await startBusyServer();
  const line: Holdline = createHoldline();
  const info = callInfo(await guardFetch(fetch, line)(`${server.url}/users/42?secret=1`));
  expect(info).toMatchObject({ route: 'GET /users/:id', attempts: 2, status: 200, refreshed: false });
  expect(info?.headers).not.toHaveProperty('authorization');
});

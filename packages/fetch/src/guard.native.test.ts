import { callInfo, createHoldline } from '@holdline/core';
import { Headers as NodeFetchHeaders } from 'node-fetch';
import { describe, expect, it } from 'vitest';
import { guardFetch } from './guard.js';
import { FETCH_FUNCTIONS, captureRejection, startServer } from './server.fixture.js';

describe.each(FETCH_FUNCTIONS)('$name', ({ fetch, Request }) => {
  // Issue 13, a11.
  it('accepts requests of derived classes with any constructor', async () => {
    const server = await startServer((response) => void response.end());
    class ApiRequest extends Request {
      constructor(path: string, init?: RequestInit) {
        super(server.url + path, init);
      }
    }
    class ReportRequest extends ApiRequest {
      constructor() {
        super('/reports', { method: 'PUT', body: 'x', headers: { 'x-a': '1' } });
      }
    }
    const api = guardFetch(fetch);
    const response = await api(new ApiRequest('/users/1'));
    expect(callInfo(response)?.route).toBe('GET /users/:id');
    await api(new ReportRequest());
    expect(server.seen).toMatchObject([
      { method: 'GET', url: '/users/1' },
      { method: 'PUT', url: '/reports', body: 'x', headers: { 'x-a': '1' } },
    ]);
  });

  it('gets requests of other implementations, and gives its own result', async () => {
    const server = await startServer((response) => void response.end('{}'));
    const tell = (call: Promise<Response>): Promise<unknown> =>
      call.then(
        ({ status }) => status,
        (error: Error) => [error.name, error.message],
      );
    const line = createHoldline({ retry: { baseDelayMs: 1 } });
    const api = guardFetch(fetch, line);
    for (const Other of new Set(FETCH_FUNCTIONS.map((other) => other.Request))) {
      const request = (): Request => new Other(server.url, { headers: { 'x-a': '1' } });
      expect(await tell(api(request()))).toEqual(await tell(fetch(request())));
    }
    expect(line.snapshot().breakers.every(({ failed }) => failed === 0)).toBe(true);
  });

  // Issue 13, d-fetch-diffs.
  it('gets headers in their original case and order', async () => {
    const raw: string[][] = [];
    const server = await startServer((response, _, __, { rawHeaders }) => {
      raw.push(rawHeaders.filter((name) => /^(x-two|content-type|a-one|x-b)$/i.test(name)));
      response.end();
    });
    const pairs: [string, string][] = [
      ['X-Two', '2'],
      ['Content-Type', 'text/plain'],
      ['A-One', '1'],
    ];
    const kinds = [pairs, Object.fromEntries(pairs), new Headers(pairs)];
    const other = new NodeFetchHeaders(pairs) as unknown as Headers;
    for (const api of [fetch, guardFetch(fetch)])
      for (const headers of [...kinds, other]) await api(server.url, { headers });
    expect(raw.slice(4)).toEqual(raw.slice(0, 4));
  });

  // Issue 13, d-node-fetch-abort: such requests were sent five times.
  it.each(['ftp://127.0.0.1/', 'data:text/plain,x', 'blob:nodedata:1', 'file:///etc/hostname', 'about:blank'])(
    'gets %s directly, because it is not HTTP',
    async (url) => {
      const line = createHoldline();
      const tell = (p: Promise<Response>): Promise<unknown> =>
        p.then(
          ({ status }) => status,
          (error: Error) => [error.name, error.message, callInfo(error)],
        );
      expect(await tell(guardFetch(fetch, line)(url))).toEqual(await tell(fetch(url)));
      expect(line.snapshot()).toMatchObject({ calls: 0, breakers: [] });
    },
  );
});

it('writes to a copy of the headers in their original case', async () => {
  const raw: string[] = [];
  const server = await startServer((response, _, __, { rawHeaders }) => {
    raw.push(...rawHeaders);
    response.end();
  });
  const headers = new Headers({ 'X-Own-Case': '1', Authorization: 'Bearer stale' });
  const token = { grant: () => Promise.resolve({ accessToken: 'line' }), origins: [server.url] };
  await guardFetch(fetch, { token })(server.url, { headers });
  expect(raw).toEqual(expect.arrayContaining(['X-Own-Case', 'Authorization', 'Bearer line']));
  expect(headers.get('authorization')).toBe('Bearer stale');
});

// Issue 13, d-fetch-broken and d-broken-breaker.
describe('requests that undici refuses', () => {
  it.each<[string, RequestInit]>([
    ['a header with a control character', { headers: { x: 'a\u0014b' } }],
    ['a connection header', { headers: { connection: 'foo, bar/' } }],
    ['expect', { headers: { expect: '100-continue' } }],
    ['upgrade', { headers: { upgrade: 'websocket' } }],
    ['a wrong length', { method: 'POST', body: 'abc', headers: { 'content-length': '7' } }],
    ['transfer-encoding', { method: 'PUT', body: 'abc', headers: { 'transfer-encoding': 'chunked' } }],
    ['a wrong digest', { method: 'POST', body: 'x', integrity: 'sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=' }],
  ])('are sent once and open no circuit: %s', async (_, init) => {
    const server = await startServer((response) => void response.end('ok'));
    const line = createHoldline({ retry: { baseDelayMs: 1 }, breaker: { minAttempts: 2 } });
    const api = guardFetch(fetch, line);
    const bare = await captureRejection(fetch(server.url, init));
    for (let i = 0; i < 3; i++) {
      const error = await captureRejection(api(server.url, init));
      expect([error.name, error.message, callInfo(error)?.attempts]).toEqual([bare.name, bare.message, 1]);
    }
    expect(line.snapshot().breakers).toMatchObject([{ state: 'closed', failed: 0 }]);
    expect((await api(server.url, { method: init.method ?? 'GET' })).status).toBe(200);
  });

  it('cost no quota if nothing was sent', async () => {
    const server = await startServer((response) => void response.end('ok'));
    const line = createHoldline({ governor: { quotas: [{ limit: 1, windowMs: 60_000 }] } });
    const api = guardFetch(fetch, line);
    await captureRejection(api(server.url, { headers: { expect: '100-continue' } }));
    expect((await api(server.url)).status).toBe(200);
  });
});

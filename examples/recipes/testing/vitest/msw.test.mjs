// msw answers instead of the network. The guard sits above it, so each attempt is one request for msw.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { promisify } from 'node:util';
import axios from 'axios';
import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { guardAxios } from '@holdline/axios';
import { createHoldline, holdlineOf } from '@holdline/core';
import { guardFetch, installFetch } from '@holdline/fetch';

const USER = 'https://api.example.com/users/1';
const ORDERS = 'https://api.example.com/orders';
const server = setupServer();
let seen = 0;

beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
afterEach(() => {
  server.resetHandlers();
  seen = 0;
});
afterAll(() => server.close());

const lineOf = () => createHoldline({ retry: { maxAttempts: 3, baseDelayMs: 5 } });
const early = { fetch: guardFetch(fetch, { line: lineOf() }), axios: guardAxios(axios.create(), lineOf()) };
const clients = [
  [
    'fetch',
    () => {
      const api = guardFetch((input, init) => fetch(input, init), { line: lineOf() });
      return (method, url) => api(url, { method });
    },
  ],
  [
    'axios',
    () => {
      const api = guardAxios(axios.create(), lineOf());
      return (method, url) => api.request({ method, url });
    },
  ],
];

test.each(clients)('%s: a 429 is waited for', async (_, open) => {
  vi.useFakeTimers();
  server.use(
    http.get(USER, () =>
      ++seen === 1 ? new HttpResponse(null, { status: 429, headers: { 'retry-after': '30' } }) : HttpResponse.json({}),
    ),
  );
  const call = open()('GET', USER);
  // msw answers in several turns of the event loop, so the time moves in small steps.
  while (seen < 2) await vi.advanceTimersByTimeAsync(1_000);
  vi.useRealTimers();
  expect((await call).status).toBe(200);
});

test.each(clients)('%s: a read is repeated after a network error', async (_, open) => {
  server.use(http.get(USER, () => (++seen < 3 ? HttpResponse.error() : HttpResponse.json({}))));
  expect((await open()('GET', USER)).status).toBe(200);
  expect(seen).toBe(3);
});

test.each(clients)(
  '%s: a write is not, because a network error of msw says nothing about the request',
  async (_, open) => {
    server.use(http.post(ORDERS, () => (seen++, HttpResponse.error())));
    await expect(open()('POST', ORDERS)).rejects.toMatchObject({ code: 'HOLDLINE_OUTCOME_UNKNOWN' });
    expect(seen).toBe(1);
  },
);

test('before listen(): a guarded axios is intercepted, a guarded fetch keeps the function of that time', async () => {
  const closed = createServer().listen(0, '127.0.0.1');
  await once(closed, 'listening');
  const url = `http://127.0.0.1:${closed.address().port}/users/1`;
  await promisify(closed.close.bind(closed))();
  server.use(http.get(url, () => HttpResponse.json({})));
  expect((await early.axios.get(url)).status).toBe(200);
  await expect(early.fetch(url)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
});

test('server.close() restores the fetch of the time of listen(), and drops a guard that came later', () => {
  const own = setupServer();
  own.listen();
  const uninstall = installFetch({ origins: ['https://api.example.com'] });
  expect(holdlineOf(globalThis.fetch)).toBeDefined();
  own.close();
  expect(holdlineOf(globalThis.fetch)).toBeUndefined();
  uninstall();
});

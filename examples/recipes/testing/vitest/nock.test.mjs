// nock answers instead of the network, and can fail with the error codes of Node.
import axios from 'axios';
import nock from 'nock';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { guardAxios } from '@holdline/axios';
import { createHoldline } from '@holdline/core';
import { guardFetch } from '@holdline/fetch';

const API = 'https://api.example.com';
const failure = (code) => Object.assign(new Error(code), { code });

beforeAll(() => nock.disableNetConnect());
afterEach(() => nock.cleanAll());
afterAll(() => nock.restore());

const lineOf = () => createHoldline({ retry: { maxAttempts: 3, baseDelayMs: 5 } });
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

test.each(clients)('%s: a write is repeated after a refused connection', async (_, open) => {
  nock(API).post('/orders').replyWithError(failure('ECONNREFUSED')).post('/orders').reply(201);
  expect((await open()('POST', `${API}/orders`)).status).toBe(201);
  expect(nock.isDone()).toBe(true);
});

test.each(clients)('%s: a write is not repeated after a reset', async (_, open) => {
  nock(API).post('/orders').replyWithError(failure('ECONNRESET')).post('/orders').reply(201);
  await expect(open()('POST', `${API}/orders`)).rejects.toMatchObject({ code: 'HOLDLINE_OUTCOME_UNKNOWN' });
  expect(nock.pendingMocks()).toHaveLength(1);
});

test.each(clients)('%s: each attempt uses up one interceptor', async (_, open) => {
  nock(API).get('/users/1').reply(503).get('/users/1').reply(200, {});
  expect((await open()('GET', `${API}/users/1`)).status).toBe(200);
});

test.each(clients)('%s: a request that no interceptor expects is repeated too', async (_, open) => {
  // nock gives it the code ENETUNREACH, which means that nothing was sent. The test sees the error after all attempts.
  await expect(open()('GET', `${API}/unexpected`)).rejects.toMatchObject({ code: 'ENETUNREACH' });
});

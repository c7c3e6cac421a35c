import { Readable } from 'node:stream';
import type { AxiosInstance, AxiosRequestConfig } from 'axios';
import axiosRetry from 'axios-retry';
import FormDataPackage from 'form-data';
import { callInfo, createHoldline, release, type HoldlineConfig } from '@holdline/core';
import { afterEach, describe, expect, it } from 'vitest';
import { guardAxios } from './guard.js';
import {
  hideAxiosClass,
  AXIOS_COPIES,
  reserveRefusingUrl,
  captureRejection,
  startBrokenServer,
  startServer,
  cleanUpAfterTests,
  type TestServer,
} from './server.fixture.js';

cleanUpAfterTests();

const quick: HoldlineConfig = { governor: { gateJitterMs: 0, defaultRetryAfterMs: 5 }, retry: { baseDelayMs: 1 } };

/** Answers with these statuses; the last one repeats. `reset` closes the connection after the request arrived. */
const startServerWith = (...list: (number | 'reset')[]): Promise<TestServer> =>
  startServer((_, response, before, raw) => {
    const answer = list[Math.min(before, list.length - 1)] as number | 'reset';
    if (answer === 'reset') raw.socket.resetAndDestroy();
    else response.writeHead(answer, answer === 429 ? { 'retry-after': '0' } : {}).end('{}');
  });

const readBodies = (server: TestServer): string[] => server.seen.map(({ body }) => body.toString());

describe.each(AXIOS_COPIES)('axios $version', ({ axios }) => {
  afterEach(() => {
    release(axios);
    axios.interceptors.request.clear();
    axios.interceptors.response.clear();
  });

  describe.each([
    { kind: 'instance', client: (): AxiosInstance => axios.create() },
    { kind: 'bundled instance', client: (): AxiosInstance => hideAxiosClass(axios.create()) },
    { kind: 'axios itself', client: (): AxiosInstance => axios },
    { kind: 'fetch adapter', client: (): AxiosInstance => axios.create({ adapter: 'fetch' }) },
  ])('$kind', ({ client }) => {
    it.each([
      { name: 'GET after 503', method: 'get', list: [503, 200], attempts: 2, status: 200 },
      { name: 'GET after a reset', method: 'get', list: ['reset', 200], attempts: 2, status: 200 },
      { name: 'PUT after a reset', method: 'put', list: ['reset', 200], attempts: 2, status: 200 },
      { name: 'POST after 429', method: 'post', list: [429, 429, 201], attempts: 3, status: 201 },
      { name: 'DELETE after 504', method: 'delete', list: [504, 502, 204], attempts: 3, status: 204 },
    ] as const)('repeats a $name', async ({ method, list, attempts, status }) => {
      const server = await startServerWith(...list);
      const response = await guardAxios(client(), quick).request({
        url: server.url,
        method,
        ...(method !== 'get' && { data: { a: 1 } }),
      });
      expect(response.status).toBe(status);
      expect(callInfo(response)).toMatchObject({ attempts, status });
      expect(server.seen).toHaveLength(attempts);
    });

    it.each([
      { name: 'POST after a reset', list: ['reset', 200] },
      { name: 'POST after 503', list: [503, 200] },
      { name: 'POST after 504', list: [504, 200] },
    ] as const)('does not repeat a $name', async ({ list }) => {
      const server = await startServerWith(...list);
      const error = await captureRejection(guardAxios(client(), quick).post(server.url, { a: 1 }));
      expect(error).toMatchObject({ name: 'OutcomeUnknownError', code: 'HOLDLINE_OUTCOME_UNKNOWN', attempts: 1 });
      expect(callInfo(error)?.attempts).toBe(1);
      expect(server.seen).toHaveLength(1);
    });

    it('does not repeat a POST after a timeout', async () => {
      const server = await startServer(() => undefined);
      const error = await captureRejection(guardAxios(client(), quick).post(server.url, { a: 1 }, { timeout: 400 }));
      expect(error).toMatchObject({ name: 'OutcomeUnknownError' });
      expect(server.seen).toHaveLength(1);
    });

    it('repeats a GET after a truncated response, but not a POST', async () => {
      const broken = await startBrokenServer(
        'HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 100\r\n\r\nhalf of it',
      );
      const config = { ...quick, retry: { baseDelayMs: 1, maxAttempts: 3 } };
      const error = await captureRejection(guardAxios(client(), config).get(broken.url));
      expect(callInfo(error)?.attempts).toBe(3);
      expect(broken.connections).toBe(3);
      expect(await captureRejection(guardAxios(client(), config).post(broken.url))).toMatchObject({
        name: 'OutcomeUnknownError',
      });
      expect(broken.connections).toBe(4);
    });

    it('repeats a POST after a refused connection', async () => {
      const url = await reserveRefusingUrl();
      const error = await captureRejection(
        guardAxios(client(), { retry: { baseDelayMs: 1, maxAttempts: 3 } }).post(url, { a: 1 }),
      );
      expect(callInfo(error)?.attempts).toBe(3);
      expect(error['isAxiosError']).toBe(true);
    });

    it.each<{ name: string; request: (url: string) => AxiosRequestConfig; list?: number[] }>([
      { name: 'an invalid url', request: () => ({ url: 'http://a b' }) },
      { name: 'an unknown protocol', request: () => ({ url: 'gopher://127.0.0.1/' }) },
      { name: '400', request: (url) => ({ url }), list: [400] },
      { name: '500', request: (url) => ({ url }), list: [500] },
      { name: '501', request: (url) => ({ url }), list: [501] },
    ])('does not repeat a request that cannot succeed: $name', async ({ request, list = [200] }) => {
      const server = await startServerWith(...list);
      const error = await captureRejection(guardAxios(client(), quick).request(request(server.url)));
      expect(callInfo(error)?.attempts).toBe(1);
      expect(error.name).not.toBe('OutcomeUnknownError');
    });
  });

  it.each<{ name: string; request: (url: string) => AxiosRequestConfig; sent: number }>([
    { name: 'too many redirects', request: (url) => ({ url: `${url}/from`, maxRedirects: 3 }), sent: 4 },
    { name: 'a response above maxContentLength', request: (url) => ({ url, maxContentLength: 10 }), sent: 1 },
    {
      name: 'a body above maxBodyLength',
      request: (url) => ({ url, method: 'post', data: 'too long', maxBodyLength: 3 }),
      sent: 0,
    },
    {
      name: 'an invalid header',
      request: (url) => ({ url: `${url}/ä ö`, maxRedirects: 0, headers: { 'a b': '1' } }),
      sent: 0,
    },
    {
      name: 'an invalid query',
      request: (url) => ({ url, paramsSerializer: { serialize: () => JSON.parse('{') as string }, params: { a: 1 } }),
      sent: 0,
    },
    {
      name: 'a beforeRedirect that throws',
      request: (url) => ({
        url: `${url}/from`,
        beforeRedirect: () => {
          throw new Error('no');
        },
      }),
      sent: 1,
    },
  ])('does not repeat a request that cannot succeed: $name', async ({ request, sent }) => {
    const server = await startServer((seen, response) => {
      if (seen.url.startsWith('/from')) response.writeHead(302, { location: '/from' }).end();
      else response.end('an answer that is longer than ten');
    });
    for (const client of [axios.create(), axios]) {
      const before = server.heads;
      const error = await captureRejection(guardAxios(client, quick).request(request(server.url)));
      expect(callInfo(error)?.attempts).toBe(1);
      expect(error.name).not.toBe('OutcomeUnknownError');
      expect(server.heads - before).toBe(sent);
    }
  });

  describe('bodies that can be sent only once', () => {
    const form = (): FormDataPackage => {
      const data = new FormDataPackage();
      data.append('file', Readable.from(['bytes']), { filename: 'a.txt' });
      return data;
    };
    const kinds: { kind: string; make: () => unknown; defaults?: AxiosRequestConfig }[] = [
      { kind: 'a Readable', make: () => Readable.from(['by', 'tes']) },
      { kind: 'a form of form-data', make: form },
      {
        kind: 'an object that axios turns into a form',
        make: () => ({ file: 'bytes' }),
        defaults: { headers: { 'Content-Type': 'multipart/form-data' } },
      },
      { kind: 'a ReadableStream', make: () => new Blob(['bytes']).stream(), defaults: { adapter: 'fetch' } },
    ];

    it.each(kinds)('rejects with the refusal of $kind, and sends it once', async ({ make, defaults }) => {
      for (const [method, status] of [
        ['post', 503],
        ['put', 503],
        ['post', 429],
        ['put', 504],
        ['put', 429],
      ] as const) {
        const server = await startServerWith(status, 200);
        const line = createHoldline(quick);
        const api = guardAxios(axios.create(defaults), line);
        const error = await captureRejection(api.request({ url: server.url, method, data: make() }));
        if (method === 'post' && status === 503)
          expect(error).toMatchObject({ name: 'OutcomeUnknownError', cause: { status: 503 } });
        else expect(error).toMatchObject({ isAxiosError: true, response: { status } });
        expect(callInfo(error)).toMatchObject({ attempts: 1, status });
        expect(readBodies(server)).toHaveLength(1);
        expect(readBodies(server)[0]).toContain('bytes');
        expect(line.snapshot()).toMatchObject({ calls: 0, inFlight: 0 });
      }
    });

    it.each(kinds)('reports an unknown outcome of $kind after a reset', async ({ make, defaults }) => {
      const server = await startServerWith('reset', 200);
      const api = guardAxios(axios.create(defaults), quick);
      const error = await captureRejection(api.post(server.url, make()));
      expect(error.name).toBe('OutcomeUnknownError');
      const put = await captureRejection(api.put((await startServerWith('reset', 200)).url, make()));
      expect(put['isAxiosError']).toBe(true);
      expect(callInfo(put)?.attempts).toBe(1);
      expect(server.seen).toHaveLength(1);
    });

    it.each(kinds)('sends $kind completely', async ({ make, defaults }) => {
      const server = await startServerWith(200);
      await guardAxios(axios.create(defaults), quick).post(server.url, make());
      expect(readBodies(server)[0]).toContain('bytes');
    });
  });

  describe('axios-retry on the same instance', () => {
    const ORDERS = [
      {
        order: 'before',
        attach: (api: AxiosInstance, retry: () => void, guard: () => void) => (retry(), guard(), api),
      },
      { order: 'after', attach: (api: AxiosInstance, retry: () => void, guard: () => void) => (guard(), retry(), api) },
    ];
    const CLIENTS = [
      { kind: 'instance', client: (): AxiosInstance => axios.create() },
      { kind: 'axios itself', client: (): AxiosInstance => axios },
    ];
    const combine = (
      { attach }: (typeof ORDERS)[number],
      client: AxiosInstance,
      config: HoldlineConfig,
      options: Parameters<typeof axiosRetry>[1] = { retries: 3 },
    ): AxiosInstance =>
      attach(
        client,
        () => axiosRetry(client as never, options),
        () => guardAxios(client, config),
      );

    describe.each(ORDERS)('attached $order', (order) => {
      it.each(CLIENTS)('is the only retry layer: $kind', async ({ client }) => {
        const server = await startServerWith(503);
        const error = await captureRejection(combine(order, client(), quick).get(server.url));
        expect(error).toMatchObject({ response: { status: 503 } });
        expect(server.seen).toHaveLength(4);
      });

      it.each(CLIENTS)('gets its response: $kind', async ({ client }) => {
        const server = await startServerWith(503, 503, 200);
        expect((await combine(order, client(), quick).get(server.url)).status).toBe(200);
        expect(server.seen).toHaveLength(3);
      });

      it.each(CLIENTS)('does not retry if it is replaced: $kind', async ({ client }) => {
        const server = await startServerWith(503);
        const api = combine(order, client(), {
          ...quick,
          retry: { baseDelayMs: 1, maxAttempts: 2, otherLayer: 'replace' },
        });
        const error = await captureRejection(api.get(server.url));
        expect(error).toMatchObject({ response: { status: 503 } });
        expect(callInfo(error)?.attempts).toBe(2);
        expect(server.seen).toHaveLength(2);
      });

      it('does not repeat a POST if it is replaced', async () => {
        const server = await startServerWith('reset', 200);
        const api = combine(order, axios.create(), { retry: { baseDelayMs: 1, otherLayer: 'replace' } });
        expect(await captureRejection(api.post(server.url, {}))).toMatchObject({ name: 'OutcomeUnknownError' });
        expect(server.seen).toHaveLength(1);
      });

      it('disables retries if its own setting is 0', async () => {
        const server = await startServerWith(503, 200);
        await captureRejection(combine(order, axios.create(), quick, { retries: 0 }).get(server.url));
        expect(server.seen).toHaveLength(1);
      });

      it('does not loop on a Retry-After that overflows its timer', async () => {
        const server = await startServer(
          (_, response) => void response.writeHead(429, { 'retry-after': '3000000' }).end(),
        );
        const error = await captureRejection(combine(order, axios.create(), {}).get(server.url));
        expect(error).toMatchObject({ name: 'ThrottledError' });
        expect(error['retryAt']).toBeGreaterThan(Date.now() + 2_000_000_000);
        expect(server.seen).toHaveLength(1);
      });

      it('does not send a stream again', async () => {
        const server = await startServerWith(503, 200);
        const api = combine(order, axios.create(), quick);
        expect(await captureRejection(api.put(server.url, Readable.from(['bytes'])))).toMatchObject({
          response: { status: 503 },
        });
        expect(readBodies(server)).toEqual(['bytes']);
      });

      it('retries under the quota', async () => {
        const server = await startServerWith(503, 503, 200);
        const from = performance.now();
        await combine(order, axios.create(), { governor: { quotas: [{ limit: 1, windowMs: 150 }] } }).get(server.url);
        expect(performance.now() - from).toBeGreaterThan(295);
      });
    });

    it('does not count as attached by its options alone', async () => {
      const server = await startServerWith(503, 200);
      const response = await guardAxios(axios.create(), quick).get(server.url, { 'axios-retry': { retries: 0 } });
      expect(response.status).toBe(200);
      expect(server.seen).toHaveLength(2);
    });
  });
});

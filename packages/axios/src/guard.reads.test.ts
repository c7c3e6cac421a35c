import {
  callInfo,
  createHoldline,
  definePolicy,
  type CallRequest,
  type Holdline,
  type HoldlineConfig,
} from '@holdline/core';
import type { AxiosInstance, AxiosResponse } from 'axios';
import { Agent } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { guardAxios } from './guard.js';
import {
  AXIOS_COPIES,
  captureRejection,
  cleanUpAfterTests,
  startServer,
  until,
  type TestServer,
} from './server.fixture.js';

cleanUpAfterTests();

/** Makes a line that closes after the test. */
function makeLine(config: HoldlineConfig): Holdline {
  const line = createHoldline(config);
  onTestFinished(() => line.close({ timeoutMs: 0 }));
  return line;
}

/** Notes the requests that reach a line, and lets them pass. */
function watchRequests(line: Holdline): CallRequest[] {
  const seen: CallRequest[] = [];
  const watch = definePolicy<undefined>({
    name: 'watch',
    phase: 'answer',
    create: () => (call, next) => {
      seen.push(call.request);
      return next(call);
    },
  });
  line.use(watch(undefined));
  return seen;
}

describe.each(AXIOS_COPIES)('reads of the line with axios $version', ({ axios }) => {
  const startOrders = (): Promise<TestServer> =>
    startServer(({ url }, response) => {
      if (url.startsWith('/missing')) response.writeHead(404, { 'x-why': 'gone' }).end('{"message":"no"}');
      else response.writeHead(200, { 'content-type': 'application/json' }).end('{"name":"ä","tags":[1]}');
    });

  it('makes a read with other parts of the URL and headers, without what belongs to the caller', async () => {
    const server = await startOrders();
    const line = makeLine({});
    const seen = watchRequests(line);
    const api = guardAxios(axios.create({ baseURL: server.url, headers: { 'X-Team': 'one' } }), line);
    const { signal } = new AbortController();
    const options = { params: { page: 2 }, signal, holdline: { tenant: 'a' }, onDownloadProgress: () => undefined };
    await api.get('/orders/1', options);
    const [request] = seen;
    expect(request?.url).toBe(`${server.url}/orders/1?page=2`);
    const variant = request?.variant?.({ url: `${server.url}/orders?ids=1,2`, headers: { 'if-none-match': '"1"' } });
    expect(variant).toMatchObject({ url: `${server.url}/orders?ids=1,2`, context: undefined, signal: undefined });
    const value = (await line.run(variant as CallRequest)) as AxiosResponse;
    expect(value).toMatchObject({ status: 200, data: '{"name":"ä","tags":[1]}' });
    expect(value.config).toMatchObject({ onDownloadProgress: undefined, params: undefined });
    const [first, second] = server.seen;
    expect(second?.url).toBe('/orders?ids=1,2');
    expect(second?.headers).toMatchObject({ 'x-team': 'one', 'if-none-match': '"1"' });
    expect(first?.headers['if-none-match']).toBeUndefined();
    expect(request?.headers.get('if-none-match')).toBeUndefined();
  });

  it('repeats the query and the body of a read that is a POST', async () => {
    const server = await startOrders();
    const line = makeLine({});
    const seen = watchRequests(line);
    const api = guardAxios(axios.create({ baseURL: server.url }), line);
    await api.post('/search', { text: 'ä' }, { params: { page: 2 } });
    await line.run(seen[0]?.variant?.({}) as CallRequest);
    const [first, second] = server.seen;
    expect([second?.method, second?.url, second?.body.toString()]).toEqual(['POST', '/search?page=2', '{"text":"ä"}']);
    expect(second?.headers['content-type']).toBe(first?.headers['content-type']);
  });

  it.each(['Cookie', 'X-Api-Key', 'x-team-session', 'Authorization'])(
    'shares nothing between two values of %s',
    async (name) => {
      const server = await startServer(({ headers }, response) => response.end(String(headers[name.toLowerCase()])));
      const line = makeLine({ endpoints: { 'GET /**': { coalesce: true, cache: { ttlMs: 60_000 } } } });
      const api = guardAxios(axios.create({ baseURL: server.url }), line);
      const read = async (value: string): Promise<unknown> =>
        (await api.get('/me', { headers: { [name]: value } })).data;
      expect(await Promise.all(['one', 'two'].map(read))).toEqual(['one', 'two']);
      expect(await Promise.all(['one', 'two'].map(read))).toEqual(['one', 'two']);
      expect(server.seen).toHaveLength(2);
    },
  );

  it('shares nothing between two agents, whose certificates or cookies no header shows', async () => {
    const server = await startOrders();
    const api = guardAxios(axios.create({ baseURL: server.url }), makeLine({ coalesce: true }));
    const [one, other] = [new Agent(), new Agent()];
    await Promise.all([one, other, one].map((httpAgent) => api.get('/me', { httpAgent })));
    expect(server.seen).toHaveLength(2);
  });

  it('makes none of a request whose body or answer is a stream', async () => {
    const server = await startOrders();
    const line = makeLine({});
    const seen = watchRequests(line);
    const api = guardAxios(axios.create({ baseURL: server.url }), line);
    const { data } = await api.get<NodeJS.ReadableStream>('/orders/1', { responseType: 'stream' });
    data.resume();
    expect(seen[0]?.variant).toBeUndefined();
    expect(seen[0]?.copy).toBeUndefined();
  });

  it('makes an outcome of a 304', async () => {
    const server = await startServer((_, response) => response.writeHead(304, { etag: '"1"' }).end());
    const line = makeLine({});
    const seen = watchRequests(line);
    const api = guardAxios(axios.create({ baseURL: server.url }), line);
    await captureRejection(api.get('/orders/1'));
    const statuses: (number | undefined)[] = [];
    line.on('attempt', ({ status, outcome }) => void statuses.push(outcome === 'ok' ? status : undefined));
    await captureRejection(line.run(seen[0]?.variant?.({ headers: { 'if-none-match': '"1"' } }) as CallRequest));
    expect(statuses).toEqual([304]);
  });

  describe('with coalescing and a cache', () => {
    const open = (
      server: TestServer,
      more: HoldlineConfig['endpoints'] = {},
    ): { api: AxiosInstance; line: Holdline } => {
      const line = makeLine({ retry: false, endpoints: { 'GET /**': { coalesce: true }, ...more } });
      return { api: guardAxios(axios.create({ baseURL: server.url }), line), line };
    };

    it('gives each caller an answer of its own', async () => {
      const server = await startOrders();
      const { api } = open(server);
      const [one, two] = await Promise.all([
        api.get<{ tags: number[] }>('/orders/1', { params: { page: 1 } }),
        api.get<{ tags: number[] }>('/orders/1', { params: { page: 1 }, headers: { 'X-Mine': '2' } }),
      ]);
      expect(server.seen).toHaveLength(1);
      one.data.tags.push(2);
      one.headers['x-mine'] = 'changed';
      expect(two.data).toEqual({ name: 'ä', tags: [1] });
      expect(two.headers['x-mine']).toBeUndefined();
      expect(two.config.headers['X-Mine']).toBe('2');
      expect(two.headers.constructor).toBe(one.headers.constructor);
    });

    it('gives each caller the error of axios, with its own configuration', async () => {
      const server = await startOrders();
      const { api } = open(server);
      const errors = await Promise.all(
        ['1', '2'].map((mine) => captureRejection(api.get('/missing/1', { headers: { 'X-Mine': mine } }))),
      );
      expect(server.seen).toHaveLength(1);
      expect(errors[0]).not.toBe(errors[1]);
      for (const [at, error] of errors.entries()) {
        if (!axios.isAxiosError(error)) throw error;
        expect(error.response).toMatchObject({ status: 404, data: { message: 'no' }, headers: { 'x-why': 'gone' } });
        expect(error.config?.headers['X-Mine']).toBe(String(at + 1));
        expect(error.response?.config).toBe(error.config);
      }
    });

    it('shares nothing between different queries, response types, and statuses that are errors', async () => {
      const server = await startOrders();
      const { api } = open(server);
      const [one, two, bytes, missing, error] = await Promise.all([
        api.get('/orders/1', { params: { page: 1 } }),
        api.get('/orders/1', { params: { page: 2 } }),
        api.get<Buffer>('/orders/1', { params: { page: 1 }, responseType: 'arraybuffer' }),
        api.get('/missing/1', { validateStatus: () => true }),
        captureRejection(api.get('/missing/1')),
      ]);
      expect(server.seen).toHaveLength(5);
      expect([one.data, two.data]).toEqual([
        { name: 'ä', tags: [1] },
        { name: 'ä', tags: [1] },
      ]);
      expect(Buffer.isBuffer(bytes.data)).toBe(true);
      expect(missing.status).toBe(404);
      expect(axios.isAxiosError(error)).toBe(true);
    });

    it.each(['json', 'text', 'arraybuffer'] as const)(
      'gives an answer of the cache in the response type %s',
      async (responseType) => {
        const server = await startOrders();
        const { api } = open(server, { 'GET /orders/:id': { cache: { ttlMs: 60_000 } } });
        const read = (): Promise<AxiosResponse<unknown>> => api.get('/orders/1', { responseType });
        const [first, second] = [await read(), await read()];
        expect(server.seen).toHaveLength(1);
        expect(callInfo(second)?.fromCache).toBe(true);
        expect(second).toMatchObject({ status: 200, statusText: 'OK' });
        expect(second.data).toEqual(first.data);
        expect((second.data as object).constructor).toBe((first.data as object).constructor);
        expect(second.headers['content-type']).toBe('application/json');
      },
    );

    it('gives a stream to its caller alone', async () => {
      const server = await startOrders();
      const { api } = open(server);
      const read = async (): Promise<string> => {
        const { data } = await api.get<NodeJS.ReadableStream>('/orders/1', { responseType: 'stream' });
        let text = '';
        for await (const chunk of data) text += String(chunk);
        return text;
      };
      const texts = await Promise.all([read(), read()]);
      expect(texts).toEqual(['{"name":"ä","tags":[1]}', '{"name":"ä","tags":[1]}']);
      expect(server.seen).toHaveLength(2);
    });

    it('lets one of two callers abort', async () => {
      let release = (): void => undefined;
      const server = await startServer((_, response) => {
        release = () => response.end('{"name":"ä"}');
      });
      const { api } = open(server);
      const controller = new AbortController();
      const first = captureRejection(api.get('/orders/1', { signal: controller.signal }));
      await until(() => server.seen.length === 1);
      const second = api.get('/orders/1');
      controller.abort();
      expect(axios.isCancel(await first)).toBe(true);
      await until(() => server.seen.length === 2);
      release();
      expect((await second).data).toEqual({ name: 'ä' });
    });
  });
});

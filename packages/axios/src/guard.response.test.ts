import { inspect } from 'node:util';
import type { Readable } from 'node:stream';
import type { AxiosInstance, AxiosRequestConfig, AxiosResponse, InternalAxiosRequestConfig } from 'axios';
import { callInfo, createHoldline, isHoldlineError, type HoldlineError } from '@holdline/core';
import { afterEach, describe, expect, it } from 'vitest';
import { guardAxios } from './guard.js';
import { hideAxiosClass, AXIOS_COPIES, captureRejection, startServer, cleanUpAfterTests } from './server.fixture.js';

cleanUpAfterTests();

describe.each(AXIOS_COPIES)('axios $version', ({ axios }) => {
  // Issue 13, a12: an adapter that settles with a head and without data, as axios-mock-adapter does.
  describe('a response below 400 without data that validateStatus refuses', () => {
    const settling =
      (status: number, calls: { count: number }) =>
      (config: InternalAxiosRequestConfig): Promise<AxiosResponse> => {
        calls.count++;
        const response = { status, statusText: '', headers: {}, config, data: undefined } as unknown as AxiosResponse;
        return config.validateStatus?.(status)
          ? Promise.resolve(response)
          : Promise.reject(
              axios.AxiosError.from(
                new Error(`Request failed with status code ${status}`),
                undefined,
                config,
                null,
                response,
              ),
            );
      };

    it.each<[string, number, AxiosRequestConfig]>([
      ['304', 304, {}],
      ['302 without redirects', 302, { method: 'post', maxRedirects: 0 }],
      ['204', 204, { method: 'post', validateStatus: (status) => status === 200 }],
      ['200', 200, { method: 'post', validateStatus: () => false }],
      ['200 of a HEAD', 200, { method: 'head', validateStatus: () => false }],
    ])('counts as a response: %s', async (_, status, config) => {
      const calls = { count: 0 };
      const line = createHoldline({ retry: { baseDelayMs: 1 } });
      const api = guardAxios(axios.create({ adapter: settling(status, calls) }), line);
      const error = await captureRejection(api.request({ url: 'http://127.0.0.1:9/', ...config }));
      expect(error).toMatchObject({ isAxiosError: true, response: { status } });
      expect(calls.count).toBe(1);
      expect(line.snapshot().breakers[0]).toMatchObject({ succeeded: 1, failed: 0 });
    });

    it('counts as truncated if validateStatus accepts the status', async () => {
      const calls = { count: 0 };
      const api = guardAxios(
        axios.create({
          adapter: (config) => {
            calls.count++;
            const response = { status: 200, headers: {}, config, data: undefined } as unknown as AxiosResponse;
            throw new axios.AxiosError('stream has been aborted', 'ERR_BAD_RESPONSE', config, {}, response);
          },
        }),
        { retry: { baseDelayMs: 1, maxAttempts: 3 } },
      );
      await captureRejection(api.get('http://127.0.0.1:9/'));
      expect(calls.count).toBe(3);
      expect((await captureRejection(api.post('http://127.0.0.1:9/'))).name).toBe('OutcomeUnknownError');
    });
  });

  // Issue 13, d-post-503.
  describe.each([
    { kind: 'http', make: (own: object): AxiosInstance => axios.create(own) },
    { kind: 'bundled', make: (own: object): AxiosInstance => hideAxiosClass(axios.create(own)) },
    { kind: 'fetch', make: (own: object): AxiosInstance => axios.create({ ...own, adapter: 'fetch' }) },
  ])('the response of a POST with an unknown outcome: $kind', ({ make }) => {
    const maintenance = () =>
      startServer((_, response) => {
        response.writeHead(503, { 'content-type': 'application/json', 'x-request-id': '7', 'set-cookie': 's3cret' });
        response.end('{"reason":"maintenance until 9"}');
      });
    const request = { headers: { Authorization: 'Bearer s3cret' } };

    it('is on the error in the shape of axios', async () => {
      const { url } = await maintenance();
      const error: unknown = await captureRejection(guardAxios(make({}), {}).post(url, { a: 's3cret' }, request));
      if (!isHoldlineError(error)) throw error;
      expect(error.code).toBe('HOLDLINE_OUTCOME_UNKNOWN');
      const response = error.response as AxiosResponse;
      expect(response).toMatchObject({ status: 503, data: { reason: 'maintenance until 9' } });
      expect(response.headers['x-request-id']).toBe('7');
      expect(response).not.toHaveProperty('config');
      expect(response).not.toHaveProperty('request');
      const { cause } = error;
      expect(axios.isAxiosError(cause) && cause.response).toBe(response);
      expect(cause).toMatchObject({ code: 'ERR_BAD_RESPONSE', status: 503 });
      const logged = [inspect(error, { depth: Infinity, showHidden: true }), JSON.stringify(error)];
      for (const text of logged) expect(text).not.toContain('s3cret');
    });

    it('is on the error if validateStatus accepts the status, with the requested type', async () => {
      const { url } = await maintenance();
      const api = guardAxios(make({ validateStatus: null, responseType: 'arraybuffer' }), {});
      const { response } = (await captureRejection(api.post(url))) as unknown as {
        response: AxiosResponse<ArrayBuffer>;
      };
      expect(Buffer.from(response.data).toString()).toContain('maintenance');
    });

    it('is on the error as a readable stream', async () => {
      const { url } = await maintenance();
      const api = guardAxios(make({ responseType: 'stream' }), {});
      const error = (await captureRejection(api.post(url))) as unknown as HoldlineError;
      const { data } = error.response as AxiosResponse<Readable | ReadableStream>;
      const text = data instanceof ReadableStream ? await new Response(data).text() : (await data.toArray()).join('');
      expect(text).toContain('maintenance');
    });

    it('is transformed; an error of the transform reaches the caller, as in bare axios', async () => {
      const { url } = await maintenance();
      const transformResponse = (): never => {
        throw new Error('own fault');
      };
      const error = await captureRejection(guardAxios(make({ transformResponse }), {}).post(url));
      expect(error.message).toBe('own fault');
    });

    it('is undefined without a response', async () => {
      const { url } = await startServer((_, __, ___, raw) => raw.socket.resetAndDestroy());
      const error = (await captureRejection(guardAxios(make({}), {}).post(url))) as unknown as HoldlineError;
      expect(error.name).toBe('OutcomeUnknownError');
      expect(error.response).toBeUndefined();
    });
  });

  // Issue 13, a09.
  it('gives the chain of causes down to the root', async () => {
    const { url } = await startServer((_, __, ___, raw) => raw.socket.resetAndDestroy());
    for (const adapter of ['http', 'fetch'] as const) {
      let cause: unknown = await captureRejection(guardAxios(axios.create({ adapter }), {}).post(url));
      while ((cause as Error).cause) ({ cause } = cause as Error);
      expect((cause as { code?: string }).code).toMatch(/ECONNRESET|UND_ERR_SOCKET/);
    }
  });

  // Issue 13, d-axios-safari: a DOMException of another realm.
  it('keeps an error whose getters throw', async () => {
    const hostile = Object.defineProperties(
      {},
      Object.fromEntries(
        ['name', 'message', 'code', 'response', 'request', 'config', 'cause', 'exists', '__CANCEL__'].map((key) => [
          key,
          {
            get(): never {
              throw new TypeError(`The DOMException.${key} getter can only be used on instances of DOMException`);
            },
          },
        ]),
      ),
    );
    const api = guardAxios(
      axios.create({
        adapter: () => {
          throw hostile as Error;
        },
      }),
      { retry: { baseDelayMs: 1, maxAttempts: 2 } },
    );
    let thrown: unknown;
    // axios itself reads its rejection.
    const adapter = api.defaults.adapter as (config: object) => Promise<unknown>;
    await adapter({ url: 'http://127.0.0.1:9/', method: 'get', headers: {} }).catch(
      (error: unknown) => (thrown = error),
    );
    expect(thrown === hostile).toBe(true);
    expect(callInfo(hostile)?.attempts).toBe(2);
  });
});

describe.each(AXIOS_COPIES)('axios $version, with a create that guards every instance', ({ axios }) => {
  const { create } = axios;
  afterEach(() => {
    axios.create = create;
  });

  // Issue 13, d-patched-create.
  it.each(['instance', 'bundled instance'])('does not create instances endlessly: %s', async (kind) => {
    const server = await startServer((_, response) => void response.end('{}'));
    let made = 0;
    axios.create = (config) => {
      made++;
      const instance = create.call(axios, config);
      if (kind.startsWith('bundled')) hideAxiosClass(instance);
      instance.create = (...args) => axios.create(...args);
      instance.interceptors.request.use((own) => {
        own.headers.set('x-times', `${Number(own.headers.get('x-times') ?? 0) + 1}`);
        return own;
      });
      return guardAxios(instance, {});
    };
    const api = axios.create();
    expect((await api.get(server.url)).status).toBe(200);
    expect(server.seen.map(({ headers }) => headers['x-times'])).toEqual(['1']);
    expect(made).toBeLessThan(3);
  });
});

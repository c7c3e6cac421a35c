import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import type { ServerResponse } from 'node:http';
import type { AxiosInstance, AxiosRequestConfig, AxiosStatic, InternalAxiosRequestConfig } from 'axios';
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
  type SeenRequest,
} from './server.fixture.js';

cleanUpAfterTests();

/** One request, sent bare and guarded. Both must give the same result. */
interface Case {
  name: string;
  request: (url: string, other: string) => AxiosRequestConfig;
  answer?: (response: ServerResponse, seen: SeenRequest, other: string) => void;
  defaults?: AxiosRequestConfig;
  /** The request does not reach the server. */
  nothingSent?: boolean;
  /** The server cannot refuse the first attempt. */
  once?: boolean;
}

const json = (response: ServerResponse): void => {
  response.setHeader('content-type', 'application/json');
  response.setHeader('x-many', ['1', '2']);
  response.end('{"name":"Ünï","list":[1,2]}');
};
const answerWith =
  (status: number) =>
  (response: ServerResponse): void => {
    response.statusCode = status;
    json(response);
  };
const redirectTo =
  (location: string) =>
  (response: ServerResponse, seen: SeenRequest): void => {
    if (!seen.url.startsWith('/from')) return json(response);
    response.writeHead(302, { location });
    response.end();
  };
const gzipped = (response: ServerResponse): void => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
  response.end(gzipSync('{"zipped":true}'));
};
function form(): FormData {
  const data = new FormData();
  data.append('text', 'Käse');
  data.append('file', new Blob(['bytes of it']), 'a.txt');
  return data;
}

// Long enough for a request to arrive on a busy machine.
const SHORT_MS = 150;

const CASES: Case[] = [
  { name: 'json', request: (url) => ({ url: `${url}/a` }) },
  { name: 'text', request: (url) => ({ url, responseType: 'text' }) },
  { name: 'arraybuffer', request: (url) => ({ url, responseType: 'arraybuffer' }) },
  { name: 'stream', request: (url) => ({ url, responseType: 'stream' }) },
  { name: 'blob', request: (url) => ({ url, responseType: 'blob' }) },
  { name: 'document', request: (url) => ({ url, responseType: 'document' }) },
  { name: 'rejected stream', request: (url) => ({ url, responseType: 'stream' }), answer: answerWith(404) },
  {
    name: 'rejected arraybuffer',
    request: (url) => ({ url, responseType: 'arraybuffer' }),
    answer: answerWith(404),
  },
  { name: 'responseEncoding', request: (url) => ({ url, responseEncoding: 'latin1' }) },
  { name: 'HEAD', request: (url) => ({ url, method: 'HEAD' }) },
  { name: 'OPTIONS', request: (url) => ({ url, method: 'options' }) },
  {
    name: 'params',
    request: (url) => ({ url: `${url}/a?x=0`, params: { b: 'ä b', c: [1, 2], d: null, e: new Date(0) } }),
  },
  { name: 'URLSearchParams as params', request: (url) => ({ url, params: new URLSearchParams('a=1&a=2') }) },
  {
    name: 'paramsSerializer',
    request: (url) => ({ url, params: { a: 1 }, paramsSerializer: { serialize: () => 'own=1' } }),
  },
  {
    name: 'a paramsSerializer that throws',
    request: (url) => ({ url, params: { a: 1 }, paramsSerializer: { serialize: () => fail('own fault') } }),
    nothingSent: true,
  },
  { name: 'baseURL', request: (url) => ({ baseURL: `${url}/base/`, url: '/a' }) },
  { name: 'baseURL alone', request: (url) => ({ baseURL: `${url}/base` }) },
  {
    name: 'baseURL of the defaults',
    request: (url) => ({ url: 'a', baseURL: url }),
    defaults: { headers: { 'x-own': '1' } },
  },
  { name: 'an absolute url over a baseURL', request: (url, other) => ({ baseURL: `${other}/base`, url: `${url}/a` }) },
  { name: 'allowAbsoluteUrls: false', request: (url) => ({ baseURL: url, url: `${url}/a`, allowAbsoluteUrls: false }) },
  { name: 'a URL object', request: (url) => ({ url: new URL(`${url}/a`) as unknown as string }) },
  {
    name: 'auth',
    request: (url) => ({ url, auth: { username: 'me', password: 'pä:ss' }, headers: { Authorization: 'Bearer x' } }),
  },
  { name: 'an Authorization header', request: (url) => ({ url, headers: { authorization: 'Bearer x' } }) },
  { name: 'a removed header', request: (url) => ({ url, headers: { 'User-Agent': false, Accept: null } }) },
  { name: 'a redirect', request: (url) => ({ url: `${url}/from` }), answer: redirectTo('/to') },
  {
    name: 'a redirect of a POST',
    request: (url) => ({ url: `${url}/from`, method: 'post', data: { a: 1 } }),
    answer: redirectTo('/to'),
  },
  { name: 'maxRedirects: 0', request: (url) => ({ url: `${url}/from`, maxRedirects: 0 }), answer: redirectTo('/to') },
  {
    name: 'maxRedirects: 0 with an accepted status',
    request: (url) => ({ url: `${url}/from`, maxRedirects: 0, validateStatus: (status) => status === 302 }),
    answer: redirectTo('/to'),
  },
  {
    name: 'too many redirects',
    request: (url) => ({ url: `${url}/from`, maxRedirects: 2 }),
    answer: redirectTo('/from'),
  },
  {
    name: 'beforeRedirect',
    request: (url) => ({
      url: `${url}/from`,
      beforeRedirect: (options) => void (options['headers']['x-redirected'] = '1'),
    }),
    answer: redirectTo('/to'),
  },
  {
    name: 'a beforeRedirect that throws',
    request: (url) => ({ url: `${url}/from`, beforeRedirect: () => fail('not there') }),
    answer: redirectTo('/to'),
  },
  { name: 'gzip', request: (url) => ({ url }), answer: gzipped },
  {
    name: 'decompress: false',
    request: (url) => ({ url, decompress: false, responseType: 'arraybuffer' }),
    answer: gzipped,
  },
  { name: 'proxy: false', request: (url) => ({ url, proxy: false }) },
  {
    name: 'a proxy',
    request: (url) => ({
      url: 'http://elsewhere.invalid/a',
      proxy: { protocol: 'http', host: '127.0.0.1', port: Number(new URL(url).port) },
    }),
  },
  { name: 'timeout', request: (url) => ({ url, timeout: 5_000 }) },
  { name: 'a timeout that expires', request: (url) => ({ url, timeout: SHORT_MS }), answer: () => undefined },
  {
    name: 'a timeout with a custom message',
    request: (url) => ({
      url,
      timeout: SHORT_MS,
      timeoutErrorMessage: 'slow',
      transitional: { clarifyTimeoutError: true },
    }),
    answer: () => undefined,
  },
  { name: '204', request: (url) => ({ url }), answer: (response) => void response.writeHead(204).end() },
  { name: '304', request: (url) => ({ url }), answer: (response) => void response.writeHead(304).end() },
  { name: '400', request: (url) => ({ url }), answer: answerWith(400) },
  { name: '401', request: (url) => ({ url }), answer: answerWith(401) },
  { name: '404', request: (url) => ({ url }), answer: answerWith(404) },
  { name: '500', request: (url) => ({ url }), answer: answerWith(500) },
  { name: 'accepted 404', request: (url) => ({ url, validateStatus: null }), answer: answerWith(404) },
  { name: 'rejected 200', request: (url) => ({ url, validateStatus: () => false }) },
  {
    name: 'invalid JSON',
    request: (url) => ({ url, responseType: 'json', transitional: { silentJSONParsing: false } }),
    answer: (response) => void response.end('{'),
  },
  { name: 'transformResponse', request: (url) => ({ url, transformResponse: [(data: string) => data.length] }) },
  { name: 'a transformResponse that throws', request: (url) => ({ url, transformResponse: () => fail('own fault') }) },
  {
    name: 'transformRequest',
    request: (url) => ({ url, method: 'put', data: { a: 1 }, transformRequest: () => 'own' }),
  },
  {
    name: 'a transformRequest that throws',
    request: (url) => ({ url, method: 'put', data: 1, transformRequest: () => fail('own fault') }),
    nothingSent: true,
  },
  { name: 'a POST without a body', request: (url) => ({ url, method: 'POST' }) },
  { name: 'an object', request: (url) => ({ url, method: 'post', data: { a: 'ä', b: [1] } }) },
  { name: 'an array', request: (url) => ({ url, method: 'patch', data: [1, 'ä'] }) },
  { name: 'a string', request: (url) => ({ url, method: 'post', data: 'ä=1' }) },
  { name: 'a body of a DELETE', request: (url) => ({ url, method: 'delete', data: { a: 1 } }) },
  { name: 'URLSearchParams', request: (url) => ({ url, method: 'post', data: new URLSearchParams({ a: 'ä b' }) }) },
  { name: 'a Buffer', request: (url) => ({ url, method: 'post', data: Buffer.from([0, 255, 10, 13]) }) },
  { name: 'an ArrayBuffer', request: (url) => ({ url, method: 'post', data: new Uint8Array([0, 255]).buffer }) },
  { name: 'a Blob', request: (url) => ({ url, method: 'post', data: new Blob(['bl', 'ob'], { type: 'text/x-own' }) }) },
  { name: 'a FormData', request: (url) => ({ url, method: 'post', data: form() }) },
  {
    name: 'an object as a form',
    once: true,
    request: (url) => ({ url, method: 'post', data: { a: 1 }, headers: { 'Content-Type': 'multipart/form-data' } }),
  },
  {
    name: 'a stream',
    request: (url) => ({ url, method: 'post', data: Readable.from([Buffer.from('in '), Buffer.from('parts')]) }),
    once: true,
  },
  {
    name: 'an invalid body',
    request: (url) => ({ url, method: 'post', data: { a: 1 }, transformRequest: (data: unknown) => data }),
  },
  { name: 'maxContentLength', request: (url) => ({ url, maxContentLength: 5 }) },
  {
    name: 'maxBodyLength',
    request: (url) => ({ url, method: 'post', data: 'too long', maxBodyLength: 5 }),
  },
  {
    name: 'maxBodyLength without redirects',
    request: (url) => ({ url, method: 'post', data: 'short', maxBodyLength: 5, maxRedirects: 0 }),
  },
  { name: 'an invalid url', request: () => ({ url: 'http://a b' }), nothingSent: true },
  { name: 'no url', request: () => ({}), nothingSent: true },
  { name: 'an unknown protocol', request: () => ({ url: 'gopher://127.0.0.1/' }), nothingSent: true },
  { name: 'a data URL', request: () => ({ url: 'data:text/plain,hello' }), nothingSent: true },
  {
    name: 'an invalid header value',
    request: (url) => ({ url, headers: { 'x-own': 'ÿ\u{1F600}' } }),
  },
  { name: 'a custom option', request: (url) => ({ url, own: { nested: [1] } }) as AxiosRequestConfig },
];

function fail(message: string): never {
  throw new Error(message);
}

/** Describes the result of a request for comparison. */
async function observe(
  client: AxiosInstance,
  config: AxiosRequestConfig,
  seen: SeenRequest[],
): Promise<{ outcome: unknown; wire: unknown[] }> {
  let sent: InternalAxiosRequestConfig | undefined;
  const interceptor = client.interceptors.request.use((given) => (sent = given));
  const from = seen.length;
  const ended = await client.request(config).then(
    (response) => ({ response }),
    (error: unknown) => ({ error }),
  );
  client.interceptors.request.eject(interceptor);
  const { response, error } = ended as { response?: Record<string, unknown>; error?: Record<string, unknown> };
  const received = response ?? (error?.['response'] as Record<string, unknown> | undefined);
  const outcome = {
    resolved: response !== undefined,
    response: received && {
      keys: Object.keys(received).sort(),
      status: received['status'],
      statusText: received['statusText'],
      headers: readPlainHeaders(received['headers'], ['date']),
      data: await read(received['data']),
      config: ownConfig(received['config'], sent),
      request: typeof received['request'],
    },
    error: error && {
      kind: Object.prototype.toString.call(error),
      keys: Object.keys(error).sort(),
      name: error['name'],
      message: error['message'],
      code: error['code'],
      status: error['status'],
      isAxiosError: error['isAxiosError'],
      config: ownConfig(error['config'], sent),
      request: typeof error['request'],
    },
  };
  return {
    outcome,
    wire: seen.slice(from).map(({ headers, body, ...rest }) => ({ ...rest, ...sameBoundary(headers, body) })),
  };
}

function readPlainHeaders(headers: unknown, without: string[] = []): Record<string, unknown> {
  const all = { ...(headers as object) } as Record<string, unknown>;
  for (const name of without) delete all[name];
  return all;
}

/** Replaces the random multipart boundary. */
function sameBoundary(headers: object, body: Buffer): { headers: object; body: string } {
  const text = body.toString('latin1');
  const boundary = /^--(.+)\r\n/.exec(text)?.[1] ?? '\0';
  const others = readPlainHeaders(headers, ['host']);
  const type = others['content-type'];
  if (typeof type === 'string') others['content-type'] = type.replace(/boundary=.*/, 'boundary');
  return { headers: others, body: text.replaceAll(boundary, 'boundary') };
}

async function read(data: unknown): Promise<unknown> {
  if (data instanceof Readable) return `stream: ${(await data.toArray()).join('')}`;
  if (data instanceof ReadableStream) return `web stream: ${await new Response(data).text()}`;
  if (data instanceof Blob) return `blob: ${await data.text()}`;
  return data;
}

function ownConfig(config: unknown, sent: object | undefined): unknown {
  if (typeof config !== 'object' || config === null) return config;
  const { adapter, headers, data, ...rest } = config as Record<string, unknown>;
  expect(adapter).toBe((sent as { adapter?: unknown }).adapter);
  const withoutBoundary = { ...(headers as object) } as Record<string, unknown>;
  const type = withoutBoundary['Content-Type'];
  if (typeof type === 'string') withoutBoundary['Content-Type'] = type.replace(/boundary=.*/, 'boundary');
  return {
    same: config === sent,
    headers: withoutBoundary,
    data: typeof data,
    keys: Object.keys(config).sort(),
    rest: serializeFunctions(rest),
  };
}

/** Replaces functions by their text, so that two runs of one case compare as equal. */
function serializeFunctions(config: Record<string, unknown>): unknown {
  return JSON.parse(
    JSON.stringify(config, (_, value: unknown) => (typeof value === 'function' ? value.toString() : value)),
  ) as unknown;
}

const KINDS = ['instance', 'bundled instance', 'axios itself', 'fetch adapter', 'bundled fetch adapter'] as const;
const quick: HoldlineConfig = { governor: { gateJitterMs: 0, defaultRetryAfterMs: 5 }, retry: { baseDelayMs: 1 } };

describe.each(AXIOS_COPIES)('axios $version', ({ axios }) => {
  afterEach(() => {
    release(axios);
    axios.defaults.adapter = ['xhr', 'http', 'fetch'];
    axios.interceptors.request.clear();
    axios.interceptors.response.clear();
  });

  const client = (kind: (typeof KINDS)[number], defaults?: AxiosRequestConfig): AxiosInstance | AxiosStatic => {
    if (kind === 'axios itself') return axios;
    const made = axios.create(kind.endsWith('fetch adapter') ? { ...defaults, adapter: 'fetch' } : defaults);
    return kind.startsWith('bundled') ? hideAxiosClass(made) : made;
  };

  describe.each(KINDS)('%s', (kind) => {
    it.each(CASES)(
      'gives the same result as bare axios: $name',
      async ({ request, answer = json, defaults, nothingSent, once }) => {
        const other = 'http://127.0.0.1:9';
        let refusals = 0;
        const server = await startServer((seen, response) => {
          if (refusals-- > 0) response.writeHead(503, { 'retry-after': '0' }).end('busy');
          else answer(response, seen, other);
        });
        const bare = await observe(client(kind, defaults), request(server.url, other), server.seen);
        if (nothingSent) expect(bare.wire).toEqual([]);

        const guarded = await observe(
          guardAxios(client(kind, defaults), { retry: false }),
          request(server.url, other),
          server.seen,
        );
        expect(guarded).toEqual(bare);

        if (once || bare.wire.length === 0) return;
        release(axios);
        refusals = 2;
        const refused = await observe(
          guardAxios(client(kind, defaults), { ...quick, retry: { maxAttempts: 3 } }),
          request(server.url, other),
          server.seen,
        );
        expect(refused.outcome).toEqual(bare.outcome);
        // The same request three times, byte for byte; redirects of the last one follow.
        expect(refused.wire).toEqual([bare.wire[0], bare.wire[0], ...bare.wire]);
      },
    );

    it('runs interceptors and transforms once per call, in their order', async () => {
      const server = await startServer((_, response, before) => {
        if (before < 2) response.writeHead(429, { 'retry-after': '0' }).end();
        else json(response);
      });
      const api = guardAxios(client(kind), quick);
      const order: string[] = [];
      api.interceptors.request.use((config) => (order.push('request 1'), config));
      api.interceptors.request.use((config) => (order.push('request 2'), config));
      api.interceptors.response.use((response) => (order.push('response 1'), response));
      api.interceptors.response.use((response) => (order.push('response 2'), response));
      const response = await api.post(
        server.url,
        { a: 1 },
        {
          transformRequest: [(data: unknown) => (order.push('transform request'), JSON.stringify(data))],
          transformResponse: [(data: string) => (order.push('transform response'), JSON.parse(data) as unknown)],
        },
      );
      expect(order).toEqual([
        'request 2',
        'request 1',
        'transform request',
        'transform response',
        'response 1',
        'response 2',
      ]);
      expect(server.seen.map(({ body }) => body.toString())).toEqual(['{"a":1}', '{"a":1}', '{"a":1}']);
      expect(callInfo(response)).toMatchObject({ attempts: 3, status: 200 });
    });

    it('does not restore a header that an interceptor removed', async () => {
      const server = await startServer((_, response) => json(response));
      const api = guardAxios(
        client(kind, { baseURL: server.url, headers: { 'x-own': '1' }, params: { a: 1 }, timeout: 900 }),
        quick,
      );
      api.interceptors.request.use((config) => {
        config.headers.delete('x-own');
        config.headers.delete('Accept');
        delete config.params;
        delete config.timeout;
        return config;
      });
      const response = await api.get('/a', { baseURL: server.url, headers: { 'x-own': '2' } });
      expect(server.seen[0]?.url).toBe('/a');
      expect(server.seen[0]?.headers).not.toHaveProperty('x-own');
      expect(Object.keys(response.config)).not.toContain('timeout');
      expect({ ...response.config.headers }).not.toHaveProperty('Accept');
    });

    it('reports progress', async () => {
      const server = await startServer((_, response) => json(response));
      const up: number[] = [];
      const down: number[] = [];
      await guardAxios(client(kind), quick).post(server.url, 'x'.repeat(100_000), {
        onUploadProgress: ({ loaded }) => void up.push(loaded),
        onDownloadProgress: ({ loaded }) => void down.push(loaded),
      });
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(up.length).toBeGreaterThan(0);
      expect(down.length).toBeGreaterThan(0);
    });

    it('governs a 429 that validateStatus accepts', async () => {
      const server = await startServer(
        (_, response, before) => void response.writeHead(before < 1 ? 429 : 200, { 'retry-after': '0' }).end(),
      );
      const api = guardAxios(client(kind), quick);
      const response = await api.post(server.url, {}, { validateStatus: () => true });
      expect(response.status).toBe(200);
      expect(callInfo(response)?.attempts).toBe(2);

      const last = await startServer((_, answer) => void answer.writeHead(429, { 'retry-after': '0' }).end());
      const resolved = await api.post(last.url, {}, { validateStatus: () => true });
      expect(resolved.status).toBe(429);
      expect(last.seen).toHaveLength(5);
    });

    it('returns no options of the attempt, even with a deadline and a signal', async () => {
      const server = await startServer(
        (seen, response) => void response.writeHead(seen.url === '/ok' ? 200 : 404).end(),
      );
      const api = guardAxios(client(kind), quick);
      const { signal } = new AbortController();
      const source = axios.CancelToken.source();
      const options = { signal, cancelToken: source.token, holdline: { totalTimeoutMs: 5_000 } };
      const response = await api.get(`${server.url}/ok`, options);
      const error = await captureRejection(api.get(`${server.url}/missing`, options));
      const configs = [
        response.config,
        error['config'],
        (error['response'] as { config: object }).config,
      ] as AxiosRequestConfig[];
      for (const config of configs) {
        expect(config.signal).toBe(signal);
        expect(config.cancelToken).toBe(source.token);
        expect(config.adapter).toBe(api.defaults.adapter);
        expect(config.transformRequest).toEqual(api.defaults.transformRequest);
      }
      expect(configs[1]).toBe(configs[2]);
    });
  });

  it('supports socketPath', async () => {
    const path = join(tmpdir(), `holdline-${process.pid}-${axios.VERSION}.sock`);
    const server = await startServer(
      (_, response, before) => void response.writeHead(before < 1 ? 429 : 200, { 'retry-after': '0' }).end(),
      path,
    );
    const api = guardAxios(axios.create({ socketPath: path }), quick);
    expect((await api.get('http://localhost/a')).status).toBe(200);
    expect(server.seen.map(({ url }) => url)).toEqual(['/a', '/a']);
  });

  it('guards an adapter function', async () => {
    const configs: unknown[] = [];
    let statuses = [503, 200];
    const adapter = (config: InternalAxiosRequestConfig) => {
      configs.push(config);
      const status = statuses.shift() as number;
      const response = {
        status,
        statusText: '',
        data: '{"a":1}',
        headers: { 'Retry-After': '0' },
        config,
        request: undefined,
      };
      return status === 200
        ? Promise.resolve(response)
        : Promise.reject(new axios.AxiosError('no', 'OWN', config, undefined, response));
    };
    const api = guardAxios(axios.create({ adapter }), quick);
    const response = await api.get('http://nowhere.invalid/a');
    expect(response.data).toEqual({ a: 1 });
    expect(response.config).toBe(configs[0]);
    expect(configs).toHaveLength(2);
    expect(callInfo(response)?.headers).toMatchObject({ 'retry-after': '0' });

    statuses = [404];
    expect(await captureRejection(api.get('http://nowhere.invalid/a'))).toMatchObject({ code: 'OWN', message: 'no' });
  });

  it('rejects like an adapter that throws synchronously or is unknown', async () => {
    const line = createHoldline(quick);
    const throwing = guardAxios(axios.create({ adapter: () => fail('own fault') }), line);
    expect(await captureRejection(throwing.post('http://nowhere.invalid/a'))).toMatchObject({
      name: 'OutcomeUnknownError',
    });
    const unknown = (): AxiosInstance => axios.create({ adapter: 'nonsense' as 'http' });
    const bare = await captureRejection(unknown().get('http://nowhere.invalid/a'));
    for (const client of [unknown(), hideAxiosClass(unknown())]) {
      const guarded = await captureRejection(guardAxios(client, line).get('http://nowhere.invalid/a'));
      expect(guarded.message).toBe(bare.message);
    }
    expect(line.snapshot()).toMatchObject({ calls: 0, queued: 0, inFlight: 0 });
  });

  it('reports network errors as axios does', async () => {
    const broken = await startBrokenServer('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf');
    const reset = await startBrokenServer('');
    for (const url of [await reserveRefusingUrl(), broken.url, reset.url]) {
      const [bare, guarded] = [
        await captureRejection(axios.get(url)),
        await captureRejection(guardAxios(axios.create(), { retry: false }).get(url)),
      ];
      const facts = ({ name, message, ...rest }: Error & Record<string, unknown>): unknown[] => [
        name,
        message,
        rest['code'],
        rest['isAxiosError'],
      ];
      expect(facts(guarded)).toEqual(facts(bare));
    }
  });
});

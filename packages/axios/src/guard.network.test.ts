import { createServer as createHttpsServer, Agent, type AgentOptions, type ServerOptions } from 'node:https';
import { createServer as createTcpServer, type Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import type { AxiosRequestConfig } from 'axios';
import { callInfo, createHoldline } from '@holdline/core';
import { describe, expect, it } from 'vitest';
import { guardAxios } from './guard.js';
import { CA, CERTIFICATES, KEY } from './certificates.fixture.js';
import {
  AXIOS_COPIES,
  listenUntilTestEnd,
  reserveRefusingUrl,
  captureRejection,
  startBrokenServer,
  startServer,
  cleanUpAfterTests,
} from './server.fixture.js';

cleanUpAfterTests();

// Issue 13, §3 and a08: real network failures, and whether a POST may repeat after them.

const quick = { retry: { baseDelayMs: 1, maxAttempts: 3 } };

/** Starts a TLS server that answers 200 and counts its requests. */
async function startTls(options: ServerOptions): Promise<{ url: string; readonly requests: number }> {
  let requests = 0;
  const server = createHttpsServer({ key: KEY, cert: CERTIFICATES.server, ...options }, (request, response) => {
    requests++;
    request.resume().on('end', () => response.end('{}'));
  });
  server.on('tlsClientError', () => undefined);
  const url = await listenUntilTestEnd(server, 'https:');
  return {
    url,
    get requests() {
      return requests;
    },
  };
}

/** Starts a server with a handler for each connection. */
async function startRaw(onConnection: (socket: Socket) => void, protocol?: 'https:'): Promise<string> {
  const server = createTcpServer((socket) => {
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  return listenUntilTestEnd(server, protocol);
}

/** Answers a request over TLS with bytes that are not TLS. */
function interrupt(socket: Socket): void {
  const secureContext = createSecureContext({ key: KEY, cert: CERTIFICATES.server });
  const secure = new TLSSocket(socket, { isServer: true, secureContext });
  secure.on('error', () => undefined);
  secure.once('data', () => socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'));
}

type Expected = 'not-sent' | 'unknown' | 'local';

interface Case {
  name: string;
  url: () => Promise<string>;
  expected: Expected;
  agent?: AgentOptions;
  config?: AxiosRequestConfig;
}

const tls = (options: ServerOptions) => async (): Promise<string> => (await startTls(options)).url;
const trusting = { ca: CA };
const needsCertificate = { ca: CA, requestCert: true, rejectUnauthorized: true };

const TLS: Case[] = [
  { name: 'an unknown authority', url: tls({}), expected: 'not-sent' },
  { name: 'a self-signed certificate', url: tls({ cert: CERTIFICATES.selfSigned }), expected: 'not-sent' },
  { name: 'an expired certificate', url: tls({ cert: CERTIFICATES.expired }), agent: trusting, expected: 'not-sent' },
  {
    name: 'a certificate that is not yet valid',
    url: tls({ cert: CERTIFICATES.future }),
    agent: trusting,
    expected: 'not-sent',
  },
  {
    name: 'a certificate for another host',
    url: tls({ cert: CERTIFICATES.elsewhere }),
    agent: trusting,
    expected: 'not-sent',
  },
  {
    name: 'no common version',
    url: tls({ maxVersion: 'TLSv1.2' }),
    agent: { ...trusting, minVersion: 'TLSv1.3' },
    expected: 'not-sent',
  },
  {
    name: 'no common cipher',
    url: tls({ maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' }),
    agent: { ...trusting, maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES256-GCM-SHA384' },
    expected: 'not-sent',
  },
  {
    name: 'no client certificate, TLS 1.2',
    url: tls({ ...needsCertificate, maxVersion: 'TLSv1.2' }),
    agent: trusting,
    expected: 'not-sent',
  },
  {
    // The client has sent its request before the alert arrives (RFC 8446 §4.4.2.4).
    name: 'no client certificate, TLS 1.3',
    url: tls({ ...needsCertificate, minVersion: 'TLSv1.3' }),
    agent: trusting,
    expected: 'unknown',
  },
  {
    name: 'a connection closed during the handshake',
    url: () => startRaw((socket) => void socket.once('data', () => socket.end()), 'https:'),
    expected: 'not-sent',
  },
  {
    name: 'a connection reset during the handshake',
    url: () => startRaw((socket) => void socket.once('data', () => socket.resetAndDestroy()), 'https:'),
    expected: 'not-sent',
  },
  {
    name: 'a handshake timeout',
    url: () => startRaw(() => undefined, 'https:'),
    config: { timeout: 100 },
    expected: 'not-sent',
  },
  {
    name: 'plain text instead of TLS',
    url: () => startRaw((socket) => void socket.once('data', () => socket.end('HTTP/1.1 400 Bad\r\n\r\n')), 'https:'),
    expected: 'not-sent',
  },
  {
    name: 'plain text inside TLS after the request',
    url: () => startRaw(interrupt, 'https:'),
    agent: trusting,
    expected: 'unknown',
  },
  { name: 'an invalid client key', url: tls({}), agent: { ...trusting, key: 'k', cert: 'c' }, expected: 'local' },
];

const PLAIN: Case[] = [
  { name: 'a refused connection', url: reserveRefusingUrl, expected: 'not-sent' },
  {
    name: 'an unknown host',
    url: () => Promise.resolve('http://no-such-host.invalid/'),
    expected: 'not-sent',
  },
  {
    name: 'a reset during the request',
    url: async () => (await startBrokenServer('')).url,
    config: { data: 'x'.repeat(10_000_000) },
    expected: 'unknown',
  },
  { name: 'a reset after the request', url: async () => (await startBrokenServer('')).url, expected: 'unknown' },
  {
    name: 'a response that is not HTTP',
    url: async () => (await startBrokenServer('HTTP/9.9 what\r\n\r\n')).url,
    expected: 'unknown',
  },
  {
    name: 'a response head without an end',
    url: async () => (await startBrokenServer(`HTTP/1.1 200 OK\r\nx: ${'x'.repeat(100_000)}`)).url,
    expected: 'unknown',
  },
];

/** A request that no client sends, to a running server. */
const REFUSED: { name: string; config: (url: string) => AxiosRequestConfig; adapters: ('http' | 'fetch')[] }[] = [
  { name: 'an invalid URL', config: () => ({ url: 'http://a b' }), adapters: ['http', 'fetch'] },
  { name: 'an unknown protocol', config: () => ({ url: 'gopher://127.0.0.1/' }), adapters: ['http', 'fetch'] },
  {
    name: 'an invalid header name',
    config: (url) => ({ url, headers: { 'a b': '1' } }),
    adapters: ['http', 'fetch'],
  },
  {
    name: 'a path with characters that Node rejects',
    config: (url) => ({ url: `${url}/ä ö`, maxRedirects: 0 }),
    adapters: [],
  },
  {
    name: 'an expect header, which undici rejects',
    config: (url) => ({ url, headers: { expect: '100-continue' } }),
    adapters: ['fetch'],
  },
  {
    name: 'a custom transfer-encoding',
    config: (url) => ({ url, headers: { 'transfer-encoding': 'x' } }),
    adapters: ['fetch'],
  },
  { name: 'a body above maxBodyLength', config: (url) => ({ url, maxBodyLength: 1 }), adapters: ['http', 'fetch'] },
  {
    name: 'an invalid port',
    config: (url) => ({ url, proxy: { host: '127.0.0.1', port: 99_999 } }),
    adapters: ['http'],
  },
  { name: 'an invalid timeout', config: (url) => ({ url, timeout: 'soon' as never }), adapters: ['http'] },
];

describe.each(AXIOS_COPIES)('axios $version', ({ axios, version }) => {
  const isOld = version.startsWith('1.7');

  it.each([...TLS, ...PLAIN])('$name: $expected', async ({ url, expected, agent, config }) => {
    const httpsAgent = new Agent(agent);
    const line = createHoldline(quick);
    const api = guardAxios(axios.create({ httpsAgent }), line);
    const error = await captureRejection(api.request({ method: 'post', url: await url(), data: { a: 1 }, ...config }));
    httpsAgent.destroy();
    expect(callInfo(error)?.attempts).toBe(expected === 'not-sent' ? 3 : 1);
    expect(error.name === 'OutcomeUnknownError').toBe(expected === 'unknown');
    expect(line.snapshot().breakers[0]?.failed).toBe({ 'not-sent': 3, unknown: 1, local: 0 }[expected]);
  });

  it('sends nothing to an untrusted server', async () => {
    const server = await startTls({});
    const error = await captureRejection(guardAxios(axios.create(), quick).post(server.url, 'x'.repeat(1_000_000)));
    expect(error['code']).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
    expect(server.requests).toBe(0);
  });

  // Issue 13, d-axios-broken-fetch, d-fetch-broken, d-broken-breaker.
  const refused = REFUSED.flatMap(({ adapters, ...rest }) => adapters.map((adapter) => ({ ...rest, adapter })));
  it.each(refused)('tries $name once, and opens no circuit: $adapter', async ({ config, adapter }) => {
    const server = await startServer((_, response) => void response.end('{}'));
    const line = createHoldline({
      ...quick,
      breaker: { minAttempts: 1 },
      governor: { quotas: [{ limit: 1, windowMs: 60_000 }] },
    });
    const api = guardAxios(axios.create({ adapter }), line);
    const own = config(server.url);
    // axios 1.7 sends what it does not check.
    const isSent = await axios.request({ adapter, method: 'post', data: '{"a":1}', ...own }).then(
      () => true,
      () => false,
    );
    if (isSent) return expect(isOld).toBe(true);
    const sent = server.heads;
    for (const method of ['post', 'put']) {
      const error = await captureRejection(api.request({ method, data: '{"a":1}', ...own }));
      expect(callInfo(error)?.attempts).toBe(1);
      expect(error.name).not.toBe('OutcomeUnknownError');
    }
    expect(server.heads).toBe(sent);
    for (const breaker of line.snapshot().breakers) expect(breaker).toMatchObject({ state: 'closed', failed: 0 });
    // The permit is free again.
    expect((await api.get(server.url)).status).toBe(200);
  });
});

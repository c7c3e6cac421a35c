import { once } from 'node:events';
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import axios from 'axios';
import { createHoldline, requestToken } from '@holdline/core';
import { guardAxios } from '@holdline/axios';
import { guardFetch } from '@holdline/fetch';
import { guardWebSocket } from '@holdline/websocket';
import { WebSocket } from 'ws';
import { expect, onTestFinished, test } from 'vitest';

/** Starts a server until the end of the test. */
async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Sends a body as fast as its reader allows, without an end. Returns the number of bytes that left. */
function sendEndlessly(response: ServerResponse): () => number {
  const chunk = Buffer.alloc(65_536, 'x');
  let sent = 0;
  const more = (): void => {
    while (!response.destroyed && response.write(chunk)) sent += chunk.length;
  };
  response.on('drain', more);
  more();
  return () => sent;
}

// Issue 16, 4: a server decides neither how long a call lasts nor how much memory it takes.
test.each([200, 400, 429])(
  'a login host with an endless answer %i: the grant reads a million bytes of it',
  async (status) => {
    let countSent = (): number => 0;
    const closed: unknown[] = [];
    const url = await serve((_, response) => {
      response.on('close', () => closed.push(status));
      countSent = sendEndlessly(response.writeHead(status, { 'Content-Type': 'application/json' }));
    });
    await expect(requestToken({ url, body: {} })).rejects.toMatchObject({ name: 'GrantError' });
    await expect.poll(() => closed).toEqual([status]);
    // Both sockets have buffers.
    expect(countSent()).toBeLessThan(30_000_000);
  },
);

test('a drip-feeding 429 ends with the attempt limit in axios, and the body is not waited for in fetch', async () => {
  let requests = 0;
  const url = await serve((_, response) => {
    requests++;
    response.writeHead(429, { 'Retry-After': '1' }).write('{');
    const drip = setInterval(() => response.write(' '), 20);
    response.on('close', () => clearInterval(drip));
  });
  const config = { retry: false as const, deadline: { attemptTimeoutMs: 300 } };
  const error: unknown = await guardAxios(axios.create({ baseURL: url }), config)
    .get('/')
    .catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ name: 'AttemptTimeoutError' });
  const response = await guardFetch(fetch, { retry: false })(url);
  expect(response.status).toBe(429);
  await response.body?.cancel();
  expect(requests).toBe(2);
});

test('an endless 503 is not read before the next attempt, and its connection is closed', async () => {
  let requests = 0;
  const closed: number[] = [];
  const url = await serve((_, response) => {
    const n = ++requests;
    if (n > 1) return void response.end('at last');
    response.on('close', () => closed.push(n));
    sendEndlessly(response.writeHead(503, { 'Retry-After': '1' }));
  });
  const response = await guardFetch(fetch, createHoldline({ retry: { baseDelayMs: 1 } }))(url);
  expect(await response.text()).toBe('at last');
  await expect.poll(() => closed).toEqual([1]);
});

test('a redirect loop ends, with every client, and the token stays at its origin', async () => {
  const seen: (string | undefined)[] = [];
  const away = await serve(({ headers }, response) => {
    seen.push(headers.authorization);
    response.writeHead(307, { Location: `${home}/back` }).end();
  });
  let loops = 0;
  const home: string = await serve((_, response) => {
    loops++;
    response.writeHead(307, { Location: away }).end();
  });
  const token = { grant: () => Promise.resolve({ accessToken: 'PLANTED-TOKEN' }), origins: [home] };
  const wrapped = ((...args: Parameters<typeof fetch>) => fetch(...args)) as typeof fetch;
  const calls = [
    () => guardFetch(fetch, { token, retry: false })(home),
    () => guardFetch(wrapped, { token, retry: false })(home),
    () => guardAxios(axios.create({ baseURL: home }), { token, retry: false }).get('/'),
  ];
  for (const call of calls) {
    const before = loops;
    await expect(call()).rejects.toThrow();
    expect(loops - before).toBeGreaterThan(1);
    expect(loops - before).toBeLessThanOrEqual(21);
  }
  expect(seen.length).toBeGreaterThan(10);
  expect(seen.filter((header) => header !== undefined)).toEqual([]);
});

test('the endless body of a refused handshake is not read', async () => {
  const closed: unknown[] = [];
  const url = await serve((_, response) => {
    response.on('close', () => closed.push('closed'));
    sendEndlessly(response.writeHead(403));
  });
  const Guarded = guardWebSocket(WebSocket, { handshakes: { maxAttempts: 1 } });
  const socket = new Guarded(url.replace('http', 'ws'));
  const [error] = (await once(socket, 'error')) as [Error];
  expect(error.message).toBe('Unexpected server response: 403');
  await expect.poll(() => closed).toEqual(['closed']);
});

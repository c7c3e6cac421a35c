// What the contract cannot know: the forms and the options of needle.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { PassThrough } from 'node:stream';
import type { AddressInfo } from 'node:net';
import { callInfo, createHoldline, holdlineOf, memoryStore, release } from '@holdline/core';
import { pools } from '@holdline/core/node';
import needle from 'needle';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { guardNeedle } from '../src/index.js';

interface Seen {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  body: string;
  port: number;
}
const seen: Seen[] = [];
let answers: ((request: IncomingMessage, response: ServerResponse) => void)[] = [];
let base = '';
const server = createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8').on('data', (text: string) => (body += text));
  request.on('end', () => {
    seen.push({
      method: request.method ?? '',
      url: request.url ?? '',
      headers: request.headers,
      body,
      port: request.socket.remotePort ?? 0,
    });
    const answer = answers.shift() ?? ((_, ok) => ok.setHeader('content-type', 'application/json').end('{"ok":true}'));
    answer(request, response);
  });
});
const busy = (_: IncomingMessage, response: ServerResponse): void => {
  response.writeHead(429, { 'retry-after': '0', 'content-type': 'text/plain' }).end('x'.repeat(300_000));
};

beforeEach(async () => {
  seen.length = 0;
  answers = [];
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
});

it('reads the parameters of needle() in all its forms', async () => {
  const guarded = guardNeedle(needle);
  await guarded('get', `${base}/1`);
  await (guarded as unknown as (url: string) => Promise<unknown>)(`${base}/2`);
  await (guarded as unknown as (url: string, data: object, options: object) => Promise<unknown>)(
    `${base}/3`,
    { a: 'b c' },
    {},
  );
  await guarded('get', `${base}/4`, { a: 'b' } as never);
  await guarded('get', `${base}/5?x=1`, { a: ['b', 'c'] } as never, {});
  expect(seen.map(({ method, url, body }) => `${method} ${url} ${body}`)).toEqual([
    'GET /1 ',
    'GET /2 ',
    'POST /3 a=b%20c',
    'GET /4 ',
    'GET /5?a[]=b&a[]=c ',
  ]);
  expect(guarded).toHaveProperty('version', (needle as unknown as { version: string }).version);
});

it('repeats a refused call of the callback form, and calls back once', async () => {
  const guarded = guardNeedle(needle);
  answers = [busy];
  const results: unknown[] = [];
  await new Promise<void>((resolve) => {
    guarded.post(`${base}/a`, { name: 'é' }, { json: true }, (error, response, body) => {
      results.push(error, response.statusCode, body, callInfo(response)?.attempts);
      resolve();
    });
  });
  expect(results).toEqual([null, 200, { ok: true }, 2]);
  expect(seen.map(({ body }) => body)).toEqual(['{"name":"é"}', '{"name":"é"}']);
});

it('gives an error of the callback form once, and takes needle.get(url, callback)', async () => {
  const guarded = guardNeedle(needle, { retry: false });
  const error = await new Promise((resolve) => guarded.get('http://127.0.0.1:1/', resolve as never));
  expect(error).toMatchObject({ code: 'ECONNREFUSED' });
});

it('throws at once what needle throws at once', () => {
  const guarded = guardNeedle(needle);
  const wrong = (client: typeof needle) => () => client.get(base, { follow_max: 'x' } as never);
  expect(wrong(needle)).toThrow(TypeError);
  expect(wrong(guarded)).toThrow(TypeError);
  expect(() => guarded.get(base, { username: 'u', password: 'p', auth: 'digest' })).toThrow(/digest/);
});

it('streams the answer after a refusal', async () => {
  const guarded = guardNeedle(needle);
  answers = [busy, (_, response) => response.setHeader('content-type', 'text/plain').end('y'.repeat(300_000))];
  const events: unknown[] = [];
  const out = guarded.get(`${base}/a`, {});
  for (const event of ['header', 'err', 'done']) out.on(event, (value: unknown) => events.push(event, value));
  let length = 0;
  for await (const chunk of out.pipe(new PassThrough()) as AsyncIterable<Buffer>) length += chunk.length;
  expect(length).toBe(300_000);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(events).toEqual(['header', 200, 'done', null]);
  expect(callInfo(out)?.attempts).toBe(2);
});

it('parses JSON in the stream form', async () => {
  const out = guardNeedle(needle).get(base, {});
  const found: unknown[] = [];
  for await (const chunk of out as AsyncIterable<unknown>) found.push(chunk);
  expect(found).toEqual([{ ok: true }]);
});

it('ends a call by abort() of its stream', async () => {
  const guarded = guardNeedle(needle);
  const isOnWire = new Promise<void>((resolve) => (answers = [() => resolve()]));
  const out = guarded.get(base, {}) as unknown as PassThrough & { abort(): void };
  const ended = new Promise((resolve) => out.on('done', resolve));
  await isOnWire;
  out.abort();
  expect(await ended).toBeInstanceOf(Error);
  expect(seen).toHaveLength(1);
});

it('uses the pool of the line', async () => {
  const sockets = pools({ maxConcurrent: 1, maxRetries: 0 });
  const line = createHoldline({ pools: sockets });
  const guarded = guardNeedle(needle, line);
  answers = [busy];
  await Promise.all(['/1', '/2', '/3'].map((path) => guarded('get', base + path)));
  expect(seen).toHaveLength(4);
  expect(new Set(seen.map(({ port }) => port)).size).toBe(1);
  await line.close();
  await sockets.close();
});

it('follows a redirect on one connection', async () => {
  const sockets = pools({ maxConcurrent: 1, maxRetries: 0 });
  const guarded = guardNeedle(needle);
  answers = [(_, response) => response.writeHead(302, { location: `${base}/b` }).end('z'.repeat(1000))];
  const response = await guarded('get', `${base}/a`, null, { follow_max: 1, agent: sockets.httpAgent });
  expect(response.statusCode).toBe(200);
  await sockets.close();
});

it('gives the modifier of the URL each URL once per call', async () => {
  const guarded = guardNeedle(needle);
  answers = [busy, (_, response) => response.writeHead(302, { location: `${base}/b` }).end()];
  const urls: string[] = [];
  const uri_modifier = (url: string): string => {
    urls.push(url);
    return `${url}?m`;
  };
  await guarded('get', `${base}/a`, null, { follow_max: 1, uri_modifier });
  expect(urls).toEqual([`${base}/a`, `${base}/b`]);
  expect(seen.map(({ url }) => url)).toEqual(['/a?m', '/a?m', '/b?m']);
});

it('keeps the bytes of a form in a dead letter, without the password of its URL', async () => {
  const line = createHoldline({ retry: false, deadLetters: {}, store: memoryStore() });
  const guarded = guardNeedle(needle, line);
  answers = [(request) => request.socket.destroy()];
  const target = base.replace('//', '//user:secret@');
  await guarded('post', `${target}/a`, { x: ['1', 'ö'] }, {}).catch(() => undefined);
  const [letter] = (await line.deadLetters.list()).letters;
  expect(seen[0]?.headers.authorization).toBe(`Basic ${Buffer.from('user:secret').toString('base64')}`);
  expect(JSON.stringify(letter)).not.toContain('secret');
  expect(letter).toMatchObject({ url: `${base}/a`, method: 'POST' });
  await line.close();
});

it('is needle again after its release', async () => {
  const guarded = guardNeedle(needle);
  expect(holdlineOf(guarded)).toBeDefined();
  release(guarded);
  const response = await guarded('get', base);
  expect(callInfo(response)).toBeUndefined();
});

it('refuses something else than needle', () => {
  expect(() => guardNeedle({} as never)).toThrow(/expects needle/);
});

// What the contract cannot know: the ways of superagent to send a request and to read its answer.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable, Writable } from 'node:stream';
import { callInfo, createHoldline, currentContext, release, withCall, type HoldlineConfig } from '@holdline/core';
import { pools } from '@holdline/core/node';
import superagent, { type Request } from 'superagent';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { guardSuperagent, type AgentLike } from '../src/index.js';

type Handler = (request: IncomingMessage & { text: string }, response: ServerResponse, count: number) => void;
type Agent = Record<
  'get' | 'post' | 'head',
  (url: string, fn?: (error: unknown, response: unknown) => void) => Request
> &
  ReturnType<typeof superagent.agent>;

let server: Server;
let url: string;
let seen: { line: string; headers: IncomingMessage['headers']; text: string }[];
let handle: Handler;

beforeEach(async () => {
  seen = [];
  handle = (_, response) => response.end('ok');
  server = createServer((request, response) => {
    const { method, headers } = request;
    void request.toArray().then(
      (chunks) => {
        const text = Buffer.concat(chunks as Buffer[]).toString();
        seen.push({ line: `${method} ${request.url}`, headers, text });
        handle(Object.assign(request, { text }), response, seen.length);
      },
      () => undefined,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** Answers the first request with a refusal. */
const refuseOnce: Handler = (_, response, count) => {
  if (count > 1) return void response.end('ok');
  response.writeHead(503, { 'retry-after': '0.05' });
  response.end('{"busy":true}');
};
const guarded = (config: HoldlineConfig = {}): Agent =>
  guardSuperagent(superagent.agent() as unknown as AgentLike, { retry: { baseDelayMs: 10 }, ...config }) as never;

it('tells the line a query of objects and arrays as superagent writes it', async () => {
  const line = createHoldline();
  const urls: string[] = [];
  const agent = guardSuperagent(superagent.agent() as unknown as AgentLike, line) as unknown as Agent;
  const response = await agent
    .get(`${url}/a`)
    .query({ x: [1, 2], y: { z: 'ä' } })
    .query('q=1');
  urls.push(callInfo(response)?.route ?? '');
  expect(seen[0]?.line).toBe('GET /a?q=1&x=1&x=2&y%5Bz%5D=%C3%A4');
  await line.close();
});

it('sends objects, forms of text and basic authentication again', async () => {
  handle = (_, response, count) => refuseOnce(_, response, count % 2 === 1 ? 1 : 2);
  const agent = guarded();
  await agent
    .post(`${url}/json`)
    .auth('user', 'pass', { type: 'auto' })
    .send({ a: 1 })
    .send({ b: [2] });
  await agent
    .post(`${url}/form`)
    .type('form')
    .send({ a: 'x y', b: [1, 2] });
  expect(seen.map(({ text }) => text)).toEqual([
    '{"a":1,"b":[2]}',
    '{"a":1,"b":[2]}',
    'a=x%20y&b=1&b=2',
    'a=x%20y&b=1&b=2',
  ]);
  expect(seen[1]?.headers.authorization).toBe('Basic dXNlcjpwYXNz');
});

it('calls back once, and emits the events of the last attempt only', async () => {
  handle = refuseOnce;
  const events: string[] = [];
  const agent = guarded();
  const request = agent.get(url);
  for (const event of ['request', 'response', 'error', 'end']) request.on(event, () => events.push(event));
  const [error, response] = await new Promise<unknown[]>((resolve) => request.end((...args) => resolve(args)));
  expect(error).toBe(null);
  expect((response as { text: string; ok: boolean }).ok).toBe(true);
  expect(seen).toHaveLength(2);
  expect(events).toEqual(['request', 'end', 'response']);
});

it('writes the headers of a listener with each attempt', async () => {
  handle = refuseOnce;
  const request = guarded().get(url);
  request.on('request', ({ req }: { req: { setHeader(name: string, value: string): void } }) =>
    req.setHeader('x-signed', 'yes'),
  );
  await request;
  expect(seen.map(({ headers }) => headers['x-signed'])).toEqual(['yes', 'yes']);
});

it('replaces the retries of superagent, also for its own time limit', async () => {
  handle = (_, response, count) => void (count > 2 && response.end('late'));
  const agent = guarded();
  const response = await agent.get(url).retry(5).timeout({ response: 60 });
  expect(response.text).toBe('late');
  expect(callInfo(response)?.attempts).toBe(3);
  expect(seen).toHaveLength(3);
});

it('rejects with the time limit error of superagent when no attempt is left', async () => {
  handle = () => undefined;
  const error = await guarded({ retry: false })
    .get(url)
    .timeout(60)
    .then(
      () => undefined,
      (reason: unknown) => reason,
    );
  expect(error).toMatchObject({ code: 'ECONNABORTED', timeout: 60 });
});

it('makes each redirect a call, so that a refusal behind it repeats no write', async () => {
  handle = (request, response) => {
    if (request.method === 'POST') return void response.writeHead(303, { location: '/done' }).end();
    refuseOnce(request, response, seen.filter(({ line }) => line === 'GET /done').length);
  };
  const response = await guarded().post(`${url}/do`).send({ a: 1 });
  expect(response.text).toBe('ok');
  expect(response.redirects).toEqual([`${url}/done`]);
  expect(seen.map(({ line }) => line)).toEqual(['POST /do', 'GET /done', 'GET /done']);
});

it('gives the last redirect as an error when there are too many', async () => {
  handle = (_, response) => void response.writeHead(302, { location: '/again' }).end();
  await expect(guarded().get(url).redirects(2)).rejects.toMatchObject({ status: 302 });
  expect(seen).toHaveLength(3);
});

it('pipes only the last answer, behind redirects too', async () => {
  handle = (request, response) => {
    if (request.url === '/') return void response.writeHead(302, { location: '/file' }).end();
    refuseOnce(request, response, seen.length - 1);
  };
  const chunks: string[] = [];
  const sink = new Writable({
    write(chunk, _, done) {
      chunks.push(String(chunk));
      done();
    },
  });
  await new Promise((resolve, reject) => guarded().get(`${url}/`).on('error', reject).pipe(sink).on('finish', resolve));
  expect(chunks.join('')).toBe('ok');
  expect(seen.map(({ line }) => line)).toEqual(['GET /', 'GET /file', 'GET /file']);
});

it('sends a stream that is piped into the request, and emits its answer', async () => {
  const request = guarded().post(url).type('text/plain');
  const response = new Promise<{ status: number }>((resolve) => void request.on('response', resolve));
  Readable.from(['one ', 'two ', 'three']).pipe(request as unknown as Writable);
  expect((await response).status).toBe(200);
  expect(seen[0]?.text).toBe('one two three');
});

it('sends what is written by hand, and a form with a file, once', async () => {
  handle = (_, response) => void response.writeHead(200).end('ok');
  const agent = guarded();
  const request = agent.post(url).type('text/plain');
  (request as unknown as Writable).write('by ');
  (request as unknown as Writable).write('hand');
  await request;
  await agent.post(url).field('name', 'value').attach('file', Buffer.from('bytes'), 'a.txt');
  expect(seen[0]?.text).toBe('by hand');
  expect(seen[1]?.text).toContain('bytes');
  expect(seen).toHaveLength(2);
});

it('rejects with the failure of a file that does not exist', async () => {
  const call = guarded().post(url).attach('file', '/does/not/exist.txt');
  await expect(call).rejects.toMatchObject({ code: 'ENOENT' });
  expect(seen.filter(({ text }) => text !== '')).toEqual([]);
});

it('keeps the cookies of answers and redirects', async () => {
  handle = (request, response) => {
    if (request.url === '/login') response.writeHead(302, { 'set-cookie': 'a=1', location: '/home' });
    response.end();
  };
  const agent = guarded();
  await agent.get(`${url}/login`);
  await agent.get(`${url}/x`);
  expect(seen.map(({ headers }) => headers.cookie)).toEqual([undefined, 'a=1', 'a=1']);
});

it('runs a call in the context in which it was made', async () => {
  const line = createHoldline();
  const agent = guardSuperagent(superagent.agent() as unknown as AgentLike, line) as unknown as Agent;
  const tenants: unknown[] = [];
  line.on('call', (event) => tenants.push(event.tenant));
  let request: Request | undefined;
  await withCall({ tenant: 'acme' }, async () => {
    request = agent.get(url);
    expect(currentContext().tenant).toBe('acme');
    await Promise.resolve();
  });
  await request;
  expect(tenants).toEqual(['acme']);
  await line.close();
});

it('uses the pools of the line', async () => {
  const sockets = pools({ maxConcurrent: 1 });
  const agent = guarded({ pools: sockets });
  await agent.get(url);
  await expect.poll(() => sockets.snapshot().calls.free).toBe(1);
  await sockets.close();
});

it('sends a request past the line that was made before a release and is sent after it', async () => {
  handle = refuseOnce;
  const agent = guarded();
  const request = agent.get(url);
  release(agent as unknown as AgentLike);
  await expect(request).rejects.toMatchObject({ status: 503 });
  expect(seen).toHaveLength(1);
});

it('rejects an aborted call with the error of superagent', async () => {
  handle = () => undefined;
  const request = guarded().get(url);
  const call = request.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  await expect.poll(() => seen.length).toBe(1);
  request.abort();
  const error = await call;
  expect(error).toMatchObject({ code: 'ABORTED', message: 'Aborted' });
});

it('throws at a second end()', async () => {
  const request = guarded().get(url);
  await new Promise((resolve) => request.end(resolve));
  expect(() => request.end()).toThrow('.end() was called twice');
});

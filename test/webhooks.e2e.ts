// The HTTP door of an inbox in the real frameworks, over real sockets.
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import express from 'express';
import express4 from 'express-4';
import Fastify from 'fastify';
import { Hono } from 'hono';
import {
  eventBridge,
  expressMount,
  fastifyMount,
  genesysOpenMessaging,
  honoMount,
  httpHandler,
  nodeMount,
  type Acceptance,
  type HttpAnswer,
  type HttpHandlerOptions,
  type IncomingEvent,
} from '@holdline/inbox';
import { seededRandom } from '@holdline/core/testing';
import { until } from './support.js';
import { listen, MOUNTS, PATH, type RunningServer } from './webhook-mounts.js';

const SECRET = 'open-sesame';
const sign = (body: string | Buffer): string => `sha256=${createHmac('sha256', SECRET).update(body).digest('base64')}`;
/** A message with spaces and characters that no second serialisation keeps. */
const messageOf = (id: string): string =>
  `{ "type": "Text", "id":"${id}", "text": "Gr\\u00fc\u00dfe \u260e" , "n": 1.0 }`;

/** A door that knows the events it has stored, and its handler. */
function makeDoor(options: HttpHandlerOptions = {}, accept?: () => Promise<Acceptance>) {
  const stored: IncomingEvent[] = [];
  const answers: HttpAnswer[] = [];
  const door = {
    accept: async (event: IncomingEvent): Promise<Acceptance> => {
      if (stored.some(({ id }) => id === event.id)) return { result: 'duplicate' };
      const acceptance = (await accept?.()) ?? { result: 'accepted' };
      if (acceptance.result === 'accepted') stored.push(event);
      return acceptance;
    },
  };
  const verifier = genesysOpenMessaging({ secret: SECRET });
  const handler = httpHandler(door, verifier, { onAnswer: (answer) => answers.push(answer), ...options });
  return { stored, answers, handler, door };
}

/** A raw connection. `text` is everything that the server sent. */
function open(port: number): { socket: Socket; text: () => string; isClosed: () => boolean } {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  let isClosed = false;
  socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
  socket.on('error', () => {});
  socket.on('close', () => (isClosed = true));
  return { socket, text: () => text, isClosed: () => isClosed };
}

const statusesOf = (text: string): number[] => [...text.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, code]) => Number(code));

/** A signed request as bytes on the wire. */
function wire(body: string, headers: string[] = []): Buffer {
  const bytes = Buffer.from(body);
  const head = [
    `POST ${PATH} HTTP/1.1`,
    'Host: inbox.example.com',
    'Content-Type: application/json',
    `X-Hub-Signature-256: ${sign(bytes)}`,
    `Content-Length: ${bytes.length}`,
    ...headers,
  ];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'), bytes]);
}

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function start(mount: string, handler: Parameters<(typeof MOUNTS)[string]>[0]): Promise<RunningServer> {
  const server = await (MOUNTS[mount] as (typeof MOUNTS)[string])(handler);
  closers.push(() => server.close());
  return server;
}

const post = (port: number, body: BodyInit, headers: Record<string, string> = {}, method = 'POST'): Promise<Response> =>
  fetch(`http://127.0.0.1:${port}${PATH}`, { method, body, headers });

describe.each(Object.keys(MOUNTS))('a webhook in %s', (mount) => {
  it('is verified by its bytes, and answered with its result', async () => {
    const { handler, stored } = makeDoor();
    const { port } = await start(mount, handler);
    const body = messageOf('a');
    const headers = { 'content-type': 'application/json', 'x-hub-signature-256': sign(body) };

    const first = await post(port, body, headers);
    expect([first.status, await first.json()]).toEqual([202, { result: 'accepted' }]);
    const second = await post(port, body, headers);
    expect([second.status, await second.json()]).toEqual([200, { result: 'duplicate' }]);
    expect(stored.map(({ data }) => data)).toEqual([JSON.parse(body)]);

    const forged = await post(port, body, { ...headers, 'x-hub-signature-256': sign(`${body} `) });
    expect([forged.status, await forged.text()]).toEqual([401, '{"result":"rejected"}']);
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/x-unknown; a=b']) {
      const other = messageOf(`type ${type}`);
      expect((await post(port, other, { 'content-type': type, 'x-hub-signature-256': sign(other) })).status).toBe(202);
    }
    const bare = Buffer.from(messageOf('no type'));
    expect((await post(port, bare, { 'x-hub-signature-256': sign(bare) })).status).toBe(202);
    const invalid = '{';
    expect((await post(port, invalid, { ...headers, 'x-hub-signature-256': sign(invalid) })).status).toBe(400);
  });

  it('is a POST', async () => {
    const { handler } = makeDoor();
    const { port } = await start(mount, handler);
    const got = await fetch(`http://127.0.0.1:${port}${PATH}`);
    expect([got.status, got.headers.get('allow')]).toEqual([405, 'POST']);
    for (const method of ['PUT', 'DELETE']) expect((await post(port, 'body', {}, method)).status).toBe(405);
  });

  it('leaves other routes as they are', async () => {
    const { handler } = makeDoor();
    const { port } = await start(mount, handler);
    const json = { method: 'POST', body: '{"a":1}', headers: { 'content-type': 'application/json' } };
    expect(await (await fetch(`http://127.0.0.1:${port}/json`, json)).json()).toEqual({ a: 1 });
  });

  it('is refused with 429 or 503 and Retry-After', async () => {
    for (const [reason, status] of [
      ['rate', 429],
      ['full', 503],
    ] as const) {
      const { handler } = makeDoor({}, async () => ({ result: 'refused', reason, retryAfterMs: 1_200 }));
      const { port } = await start(mount, handler);
      const body = messageOf('a');
      const response = await post(port, body, { 'x-hub-signature-256': sign(body) });
      expect([response.status, response.headers.get('retry-after')]).toEqual([status, '2']);
    }
  });

  it('is answered in time although the store hangs', async () => {
    const { handler } = makeDoor({ answerWithinMs: 100 }, () => new Promise(() => {}));
    const { port } = await start(mount, handler);
    const body = messageOf('a');
    expect((await post(port, body, { 'x-hub-signature-256': sign(body) })).status).toBe(503);
  });

  it.each([
    ['of a known length', ''],
    ['in chunks', 'chunked'],
  ])(
    'with a body that is too large, %s, sees the answer, and its connection ends or goes on',
    async (_name, coding) => {
      const { handler, stored } = makeDoor({ maxBodyBytes: 10_000 });
      const { port } = await start(mount, handler);
      const { socket, text, isClosed } = open(port);
      const big = Buffer.alloc(300_000, 97);
      const length = coding ? 'Transfer-Encoding: chunked' : `Content-Length: ${big.length}`;
      socket.write(`POST ${PATH} HTTP/1.1\r\nHost: a\r\n${length}\r\n\r\n`);
      socket.write(coding ? Buffer.concat([Buffer.from('493e0\r\n'), big, Buffer.from('\r\n0\r\n\r\n')]) : big);
      await until(() => statusesOf(text()).length === 1);
      expect(statusesOf(text())).toEqual([413]);

      socket.write(wire(messageOf('after')));
      await until(() => statusesOf(text()).length === 2 || isClosed());
      // A connection that ends without an answer to the next request has said so.
      if (statusesOf(text()).length === 1) expect(text().toLowerCase()).toContain('connection: close');
      else expect(statusesOf(text())).toEqual([413, 202]);
      socket.destroy();

      const body = messageOf('new connection');
      expect((await post(port, body, { 'x-hub-signature-256': sign(body) })).status).toBe(202);
      expect(stored.at(-1)?.id).toBe('Text:new connection');
    },
  );

  it('that drips is refused, and its connection ends', async () => {
    const { handler, answers, stored } = makeDoor({ bodyTimeoutMs: 150 });
    const { port } = await start(mount, handler);
    const { socket, text, isClosed } = open(port);
    socket.write(`POST ${PATH} HTTP/1.1\r\nHost: a\r\nContent-Length: 5000\r\n\r\n`);
    const drip = setInterval(() => socket.writable && socket.write('x'), 20);
    await until(() => isClosed());
    clearInterval(drip);
    expect(statusesOf(text())).toEqual([503]);
    expect([answers.map(({ reason }) => reason), stored]).toEqual([['The body did not arrive in time.'], []]);
  });

  it('of a client that leaves is not stored', async () => {
    const { handler, answers, stored } = makeDoor();
    const { port } = await start(mount, handler);
    const { socket } = open(port);
    const body = messageOf('a');
    const request = wire(body);
    socket.write(request.subarray(0, request.length - 5));
    await once(socket, 'ready');
    // The server has the head when it has answered a request that came later.
    expect((await post(port, body, { 'x-hub-signature-256': 'none' })).status).toBe(401);
    socket.destroy();
    await until(() => answers.length === 2);
    expect([answers.map(({ status }) => status), stored]).toEqual([[401, 400], []]);
    expect((await post(port, body, { 'x-hub-signature-256': sign(body) })).status).toBe(202);
  });

  it('may follow another on the same connection before the first is answered', async () => {
    const { handler, stored } = makeDoor();
    const { port } = await start(mount, handler);
    const { socket, text } = open(port);
    const ids = Array.from({ length: 20 }, (_, i) => `pipelined-${i}`);
    socket.write(Buffer.concat(ids.map((id) => wire(messageOf(id)))));
    await until(() => statusesOf(text()).length === ids.length);
    expect(statusesOf(text())).toEqual(ids.map(() => 202));
    expect(stored.map(({ id }) => id).sort()).toEqual(ids.map((id) => `Text:${id}`).sort());
    socket.destroy();
  });

  it('is accepted after random bytes on many connections', async () => {
    const { handler, stored } = makeDoor({ bodyTimeoutMs: 100 });
    const { port } = await start(mount, handler);
    const random = seededRandom(16);
    const below = (n: number): number => Math.floor(random.next() * n);
    const connections = Array.from({ length: 60 }, (_, run) => {
      const connection = open(port);
      const request = wire(messageOf(`forged-${run}`));
      const garbage = Buffer.from(Array.from({ length: 1 + below(300) }, () => below(256)));
      // A third of the connections sends garbage only, the others a signed request with garbage over its second line or its signature.
      if (run % 3 > 0) garbage.copy(request, run % 3 === 1 ? 40 : request.indexOf('sha256='));
      connection.socket.end(run % 3 > 0 ? request : garbage);
      return connection;
    });
    const huge = open(port);
    huge.socket.write(wire('{}', [`X-Padding: ${'x'.repeat(100_000)}`]));
    await until(() => connections.every(({ isClosed }) => isClosed()) && huge.isClosed());
    for (const { text } of connections)
      for (const status of statusesOf(text())) expect(status).toBeGreaterThanOrEqual(400);
    expect(statusesOf(huge.text())).toEqual([431]);

    const body = messageOf('a');
    expect((await post(port, body, { 'x-hub-signature-256': sign(body) })).status).toBe(202);
    expect(stored).toHaveLength(1);
  });

  it('is rejected if it has its secret twice', async () => {
    const { door, stored } = makeDoor();
    const { port } = await start(mount, httpHandler(door, eventBridge({ header: 'authorization', secret: 'key' })));
    const statuses: number[] = [];
    for (const lines of [['Authorization: key'], ['Authorization: key', 'Authorization: other']]) {
      const { socket, text } = open(port);
      socket.write(wire('{"id":"e"}', lines));
      await until(() => statusesOf(text()).length === 1);
      statuses.push(...statusesOf(text()));
      socket.destroy();
    }
    expect([statuses, stored.length]).toEqual([[202, 401], 1]);
  });
});

describe('a body that was read before the inbox got it', () => {
  const body = messageOf('a');
  const headers = { 'content-type': 'application/json', 'x-hub-signature-256': sign(body) };

  it.each([
    ['Express 5', express],
    ['Express 4', express4],
  ])('is an error in %s that says what to change, unless the bytes are kept', async (_name, framework) => {
    const { handler, stored } = makeDoor();
    for (const [parser, status] of [
      [framework.json(), 500],
      [framework.text({ type: '*/*' }), 500],
      [framework.raw({ type: '*/*' }), 202],
    ] as const) {
      const errors: unknown[] = [];
      const app = framework();
      app.use(parser);
      app.use(PATH, expressMount(handler));
      const onError: express.ErrorRequestHandler = (error, _request, response, next) => {
        errors.push(error);
        if (response.headersSent) next(error);
        else response.status(500).end();
      };
      app.use(onError);
      const server = await listen(createServer(app));
      closers.push(() => server.close());
      expect((await post(server.port, body, headers)).status).toBe(status);
      const message = expect.stringContaining('mount the inbox before express.json()');
      expect(errors).toEqual(status === 500 ? [expect.objectContaining({ code: 'HOLDLINE_CONFIG', message })] : []);
      expect((await fetch(`http://127.0.0.1:${server.port}${PATH}`)).status).toBe(405);
    }
    expect(stored).toHaveLength(1);
  });

  it('is an error in Hono', async () => {
    const { handler, stored } = makeDoor();
    const errors: Error[] = [];
    const app = new Hono();
    app.use(async (context, next) => {
      await context.req.json();
      await next();
    });
    app.all(PATH, honoMount(handler));
    app.onError((error, context) => {
      errors.push(error);
      return context.body(null, 500);
    });
    const response = await app.request(PATH, { method: 'POST', body, headers });
    expect([response.status, stored]).toEqual([500, []]);
    expect(errors).toEqual([expect.objectContaining({ code: 'HOLDLINE_CONFIG' })]);
  });

  it('is an error in Fastify', async () => {
    const { handler, stored } = makeDoor();
    const errors: unknown[] = [];
    const app = Fastify();
    closers.push(() => app.close());
    app.addHook('preParsing', async (request) => void (await request.raw.toArray()));
    app.setErrorHandler((error, _request, reply) => {
      errors.push(error);
      return reply.code(500).send();
    });
    app.register(fastifyMount(handler), { prefix: PATH });
    await app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = app.server.address() as { port: number };
    expect((await post(port, body, headers)).status).toBe(500);
    expect([errors, stored]).toEqual([[expect.objectContaining({ code: 'HOLDLINE_CONFIG' })], []]);
  });

  it('is answered with 500 in node:http', async () => {
    const { handler, stored } = makeDoor();
    const mount = nodeMount(handler);
    const server = await listen(
      createServer((request, response) => void request.toArray().then(() => mount(request, response))),
    );
    closers.push(() => server.close());
    expect((await post(server.port, body, headers)).status).toBe(500);
    expect(stored).toEqual([]);
  });
});

it('a Fastify scope with the inbox has a path of its own', async () => {
  const { handler } = makeDoor();
  const app = Fastify();
  closers.push(() => app.close());
  app.register(fastifyMount(handler), { path: '/hooks' });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as { port: number };
  const body = messageOf('a');
  const init = { method: 'POST', body, headers: { 'x-hub-signature-256': sign(body) } };
  expect((await fetch(`http://127.0.0.1:${port}/hooks`, init)).status).toBe(202);
  expect((await fetch(`http://127.0.0.1:${port}/`, init)).status).toBe(404);
});

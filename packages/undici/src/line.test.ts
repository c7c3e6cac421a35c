import { createSecureServer } from 'node:http2';
import { callInfo, createHoldline, memoryStore, release, withCall, withTransaction } from '@holdline/core';
import { VirtualClock } from '@holdline/core/testing';
import { Agent, fetch, request } from 'undici';
import { describe, expect, it, onTestFinished } from 'vitest';
import { guardUndici, holdlineInterceptor } from './guard.js';
import { captureRejection, closeLater, COPIES, makeLine, startServer, until } from './server.fixture.js';
import { TEST_CERTIFICATE, TEST_KEY } from './certificate.fixture.js';

const token = { grant: () => Promise.resolve({ accessToken: 'undici-test-token' }) };
/** Encrypts the bodies of letters. */
const key = new Uint8Array(32).fill(7);
const POST = { method: 'POST', body: 'order 7' } as const;

describe.each(COPIES)('dead letters with $name', ({ Agent: AgentOfCopy, request: send }) => {
  it('are sent again by the dispatcher that they came from', async () => {
    let isUp = false;
    const server = await startServer((response) =>
      response.writeHead(isUp ? 200 : 503, { 'retry-after': '0' }).end('x'),
    );
    const line = makeLine({ store: memoryStore(), deadLetters: { key }, token: { ...token, origins: [server.url] } });
    const dispatchers = [
      guardUndici(closeLater(new AgentOfCopy({ connections: 1 })), line),
      closeLater(new AgentOfCopy()).compose(holdlineInterceptor(line)),
    ];
    for (const dispatcher of dispatchers)
      await send(`${server.url}/orders`, {
        ...POST,
        dispatcher,
        query: { a: 'b', c: ['d', 'e'] },
        headers: ['X-Kind', 'new'],
      });
    await line.drain();
    expect((await line.deadLetters.list()).letters).toMatchObject([{ client: 'undici' }, { client: 'undici' }]);
    isUp = true;
    const before = server.seen.length;
    expect(await line.deadLetters.replay()).toMatchObject({ replayed: 2, left: 0 });
    expect(server.seen.slice(before)).toMatchObject(
      dispatchers.map(() => ({
        method: 'POST',
        url: '/orders?a=b&c=d&c=e',
        body: 'order 7',
        headers: { 'x-kind': 'new', authorization: 'Bearer undici-test-token' },
      })),
    );
  });

  it('stay when a replay fails, and when the dispatcher was released', async () => {
    const server = await startServer((response) => response.writeHead(503, { 'retry-after': '0' }).end());
    const line = makeLine({ store: memoryStore(), deadLetters: { key }, token: { ...token, origins: [server.url] } });
    const dispatcher = guardUndici(closeLater(new AgentOfCopy()), line);
    await send(server.url, { ...POST, dispatcher });
    await line.drain();
    expect((await line.deadLetters.replay()).letters).toMatchObject([{ result: 'failed' }]);
    release(dispatcher);
    expect((await line.deadLetters.replay()).letters).toMatchObject([{ result: 'no client' }]);
  });
});

describe.each(COPIES)('transactions with $name', ({ Agent: AgentOfCopy, request: send, fetch: fetchOfCopy }) => {
  const keyed = { endpoints: { 'POST /orders': { keyed: true } } };

  it('answer a step that is done from the journal', async () => {
    const server = await startServer((response) => response.writeHead(201, { etag: '"7"' }).end('made'));
    const dispatcher = guardUndici(
      closeLater(new AgentOfCopy({ connections: 1 })),
      makeLine({ ...keyed, store: memoryStore() }),
    );
    const url = `${server.url}/orders`;
    for (const isKept of [false, true]) {
      const { statusCode, headers, body, context } = await withTransaction('order 7', () =>
        send(url, { ...POST, dispatcher }),
      );
      expect([statusCode, headers['etag'], await body.text()]).toEqual([201, '"7"', 'made']);
      expect(callInfo(context)?.fromJournal).toBe(isKept);
    }
    const response = await withTransaction('order 7', () => fetchOfCopy(url, { ...POST, dispatcher }));
    expect([response.status, await response.text()]).toEqual([201, 'made']);
    expect(server.seen).toHaveLength(1);
  });

  it('give two callers of one write an answer each, of any length', async () => {
    const server = await startServer((response) => response.end('x'.repeat(3_000_000)));
    const dispatcher = guardUndici(closeLater(new AgentOfCopy({ connections: 1 })), makeLine(keyed));
    const calls = [1, 2].map(() =>
      withCall({ idempotencyKey: 'key 7' }, () => send(`${server.url}/orders`, { ...POST, dispatcher })),
    );
    const answers = await Promise.all(calls);
    const texts = await Promise.all(answers.map(({ body }) => body.text()));
    expect([texts.map(({ length }) => length), server.seen.length]).toEqual([[3_000_000, 3_000_000], 1]);
  });

  it('give a second caller the whole answer if the first one leaves it', async () => {
    const server = await startServer((response) => response.end('x'.repeat(3_000_000)));
    const dispatcher = guardUndici(closeLater(new AgentOfCopy({ connections: 1 })), makeLine(keyed));
    const [first, second] = await Promise.all(
      [1, 2].map(() =>
        withCall({ idempotencyKey: 'key 7' }, () => send(`${server.url}/orders`, { ...POST, dispatcher })),
      ),
    );
    first?.body.on('error', () => undefined).destroy();
    expect((await second?.body.text())?.length).toBe(3_000_000);
  });

  it('read a long answer no further than they keep it', async () => {
    const server = await startServer((response) => response.writeHead(200).end('x'.repeat(3_000_000)));
    const line = makeLine({ ...keyed, store: memoryStore() });
    const dispatcher = guardUndici(closeLater(new AgentOfCopy({ connections: 1 })), line);
    const { body } = await withTransaction('order 8', () => send(`${server.url}/orders`, { ...POST, dispatcher }));
    expect((await body.text()).length).toBe(3_000_000);
  });
});

describe('an uncertain write', () => {
  it('carries the head of its answer without the request', async () => {
    const server = await startServer((response) =>
      response.writeHead(504, { 'x-kind': 'late' }).end('x'.repeat(500_000)),
    );
    const dispatcher = guardUndici(closeLater(new Agent({ connections: 1 })), makeLine());
    const error = await captureRejection(request(server.url, { ...POST, dispatcher }));
    expect(error).toMatchObject({
      code: 'HOLDLINE_OUTCOME_UNKNOWN',
      response: { status: 504, statusText: 'Gateway Timeout', headers: { 'x-kind': 'late' } },
    });
    // The connection is free again.
    expect((await request(server.url, { dispatcher, method: 'HEAD' })).statusCode).toBe(504);
  });
});

describe('connections', () => {
  it('are kept after a short refusal, and closed after a long one', async () => {
    for (const size of [1_000, 500_000]) {
      const server = await startServer((response, before) => {
        if (before < 1) response.writeHead(429, { 'retry-after': '0' }).end('x'.repeat(size));
        else response.end('answer');
      });
      const dispatcher = guardUndici(closeLater(new Agent({ connections: 1 })), makeLine());
      expect(await (await request(server.url, { dispatcher })).body.text()).toBe('answer');
      expect(server.opened > 1).toBe(size > 131_072);
    }
  });

  it('are closed after an endless refusal', async () => {
    const server = await startServer((response, before) => {
      if (before < 1) response.writeHead(429, { 'retry-after': '0' }).write('begin');
      else response.end('answer');
    });
    const dispatcher = guardUndici(closeLater(new Agent({ connections: 1 })), makeLine());
    expect(await (await request(server.url, { dispatcher })).body.text()).toBe('answer');
  });

  it('stay with the limits of undici for each attempt', async () => {
    const server = await startServer((response, before) => void (before > 0 && response.end('answer')));
    const line = makeLine();
    const outcomes: string[] = [];
    line.on('attempt', ({ outcome }) => void outcomes.push(outcome));
    const dispatcher = guardUndici(closeLater(new Agent()), line);
    const { statusCode } = await request(server.url, { dispatcher, headersTimeout: 50 });
    expect([statusCode, outcomes]).toEqual([200, ['unknown', 'ok']]);
  });
});

describe.each(COPIES)('HTTP/2 with $name', ({ Agent: AgentOfCopy, request: send, fetch: fetchOfCopy }) => {
  it('repeats a refused stream on the same session', async () => {
    let sessions = 0;
    let streams = 0;
    const server = createSecureServer({ key: TEST_KEY, cert: TEST_CERTIFICATE });
    server.on('session', () => void sessions++);
    server.on('stream', (stream) => {
      // undici resets the stream of a long refusal.
      stream.on('error', () => undefined);
      if (streams++ % 2 === 0) stream.respond({ ':status': 429, 'retry-after': '0' });
      else stream.respond({ ':status': 200, 'x-kind': 'good' });
      stream.end('x'.repeat(200_000));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as { port: number };
    const agent = closeLater(new AgentOfCopy({ allowH2: true, connect: { rejectUnauthorized: false } }));
    const dispatcher = guardUndici(agent, makeLine());
    const { statusCode, headers, body } = await send(`https://127.0.0.1:${port}/`, { dispatcher });
    expect([statusCode, headers['x-kind'], (await body.text()).length]).toEqual([200, 'good', 200_000]);
    const response = await fetchOfCopy(`https://127.0.0.1:${port}/`, { dispatcher });
    expect([response.status, (await response.text()).length]).toEqual([200, 200_000]);
    expect([sessions, streams]).toEqual([1, 4]);
  });
});

it('does not exceed a quota with 200 requests at once, over both copies', async () => {
  const server = await startServer((response) => response.end('answer'));
  const clock = new VirtualClock();
  const line = createHoldline({ clock, governor: { quotas: [{ limit: 10, windowMs: 1_000 }] } });
  const dispatchers = COPIES.map(({ Agent: AgentOfCopy }) => guardUndici(closeLater(new AgentOfCopy()), line));
  const calls = Array.from({ length: 200 }, (_, at) => {
    const { request: send } = COPIES[at % 2] as (typeof COPIES)[0];
    return send(server.url, { dispatcher: dispatchers[at % 2] as never }).then(({ body }) => body.text());
  });
  await until(() => server.seen.length === 10);
  await clock.advance(990);
  expect(server.seen).toHaveLength(10);
  while (line.snapshot().calls > 0) {
    await clock.advance(1_000);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(new Set(await Promise.all(calls))).toEqual(new Set(['answer']));
  await fetch(server.url, { dispatcher: dispatchers[0] as never });
  expect(server.seen).toHaveLength(201);
});

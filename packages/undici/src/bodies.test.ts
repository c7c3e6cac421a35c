import { PassThrough, Readable } from 'node:stream';
import { FormData, Request } from 'undici';
import { expect, describe, it } from 'vitest';
import { createHoldline, isHoldlineError } from '@holdline/core';
import { VirtualClock } from '@holdline/core/testing';
import { guardUndici } from './guard.js';
import {
  captureRejection,
  closeLater,
  COPIES,
  makeLine,
  startServer,
  until,
  type TestServer,
} from './server.fixture.js';

/** Refuses the first request. */
const startBusyServer = (): Promise<TestServer> =>
  startServer((response, before) => {
    response.writeHead(before < 1 ? 429 : 200, { 'retry-after': '0' }).end(`answer ${before}`);
  });
const bodiesOf = ({ seen }: TestServer): string[] => seen.map(({ body }) => body);
const POST = { method: 'POST' } as const;

describe.each(COPIES)('bodies with $name', ({ Agent, request, fetch }) => {
  const guard = (): InstanceType<typeof Agent> => guardUndici(closeLater(new Agent({ connections: 1 })), makeLine());

  it.each([
    ['text', () => 'abc'],
    ['a Buffer', () => Buffer.from('abc')],
    ['bytes', () => new Uint8Array([97, 98, 99])],
    ['a Blob', () => new Blob(['abc'])],
    ['an array of chunks', () => ['a', 'bc']],
  ])('sends %s again', async (_, makeBody) => {
    const server = await startBusyServer();
    const { statusCode } = await request(server.url, { ...POST, dispatcher: guard(), body: makeBody() as never });
    expect([statusCode, bodiesOf(server)]).toEqual([200, ['abc', 'abc']]);
  });

  it('sends a form again, with a boundary of its own', async () => {
    const server = await startBusyServer();
    const form = new FormData();
    form.append('name', 'Ada');
    await request(server.url, { ...POST, dispatcher: guard(), body: form });
    expect(bodiesOf(server).map((body) => /name="name"\r\n\r\n(\w+)/.exec(body)?.[1])).toEqual(['Ada', 'Ada']);
    for (const { headers, body } of server.seen)
      expect(body).toContain(/boundary=(.+)/.exec(String(headers['content-type']))?.[1]);
  });

  it.each([
    ['a Node stream', () => Readable.from(['abc'])],
    ['a web stream', () => new Blob(['abc']).stream()],
    [
      'an async generator',
      async function* () {
        yield await Promise.resolve('abc');
      },
    ],
    [
      'a generator',
      function* () {
        yield 'abc';
      },
    ],
  ])('sends %s once', async (_, makeBody) => {
    const server = await startBusyServer();
    const { statusCode, body } = await request(server.url, { ...POST, dispatcher: guard(), body: makeBody() as never });
    expect([statusCode, await body.text(), bodiesOf(server)]).toEqual([429, 'answer 0', ['abc']]);
  });

  it('sends what fetch made of a body again, but no stream', async () => {
    for (const body of ['abc', new URLSearchParams({ a: '1' }), new Uint8Array([97])]) {
      const server = await startBusyServer();
      const { status } = await fetch(server.url, { ...POST, dispatcher: guard(), body });
      const [first, second] = bodiesOf(server);
      expect([status, first]).toEqual([200, second]);
    }
    const server = await startBusyServer();
    const stream = new Blob(['abc']).stream();
    const { status } = await fetch(server.url, { ...POST, dispatcher: guard(), body: stream as never, duplex: 'half' });
    expect([status, bodiesOf(server)]).toEqual([429, ['abc']]);
  });

  it('reads a body of fetch of at most 1 MiB', async () => {
    for (const [size, attempts] of [
      [1_048_576, 2],
      [1_048_577, 1],
    ] as const) {
      const server = await startBusyServer();
      await fetch(server.url, { ...POST, dispatcher: guard(), body: 'x'.repeat(size) });
      expect(bodiesOf(server).map((body) => body.length)).toEqual(Array(attempts).fill(size));
    }
  });

  it('sends a generator that is longer than its content-length as a stream', async () => {
    const server = await startBusyServer();
    let chunks = 0;
    const body = async function* (): AsyncGenerator<Buffer> {
      for (; chunks < 3; chunks++) yield await Promise.resolve(Buffer.alloc(600_000, 'x'));
    };
    const error = await captureRejection(
      request(server.url, { ...POST, dispatcher: guard(), body: body() as never, headers: { 'content-length': '10' } }),
    );
    expect(error['code']).toBe('UND_ERR_REQ_CONTENT_LENGTH_MISMATCH');
    expect(server.seen).toHaveLength(0);
  });

  it('ends a waiting call whose stream fails, with the error of the stream', async () => {
    const server = await startServer((response) => response.end());
    const line = createHoldline({ clock: new VirtualClock(), governor: { quotas: [{ limit: 1, windowMs: 60_000 }] } });
    const dispatcher = guardUndici(closeLater(new Agent()), line);
    await request(server.url, { dispatcher });
    const stream = new PassThrough();
    const failing = captureRejection(request(server.url, { ...POST, dispatcher, body: stream }));
    await until(() => line.snapshot().queued === 1);
    stream.destroy(new RangeError('disk failed'));
    expect((await failing).message).toBe('disk failed');
    expect(line.snapshot().queued).toBe(0);
  });

  it.each([
    ['a Node stream', () => Readable.from(breakAfter('abc'))],
    ['a generator', () => breakAfter('abc')],
    ['a web stream', () => Readable.toWeb(Readable.from(breakAfter('abc')))],
  ])('gives the error of %s that fails on the wire to the caller, and counts it for nothing', async (_, makeBody) => {
    const server = await startServer((response) => response.end());
    const line = makeLine();
    const outcomes: string[] = [];
    line.on('attempt', ({ outcome }) => void outcomes.push(outcome));
    const dispatcher = guardUndici(closeLater(new Agent()), line);
    const error = await captureRejection(request(server.url, { ...POST, dispatcher, body: makeBody() as never }));
    expect([error.message, outcomes]).toEqual(['disk failed', ['local']]);
  });

  it('does not blame a stream for a lost connection', async () => {
    const server = await startServer(() => undefined);
    const line = makeLine();
    const outcomes: string[] = [];
    line.on('attempt', ({ outcome }) => void outcomes.push(outcome));
    const dispatcher = guardUndici(closeLater(new Agent()), line);
    const stream = new PassThrough();
    const lost = captureRejection(request(`${server.url}`, { ...POST, dispatcher, body: stream }));
    stream.write('abc');
    await until(() => server.opened === 1);
    await dispatcher.destroy();
    await lost;
    expect(outcomes).not.toContain('ok');
    expect(stream.destroyed).toBe(true);
  });

  it('closes a stream of a call that is aborted before it starts, as undici does', async () => {
    const server = await startServer((response) => response.end());
    const stream = new PassThrough();
    const error = await captureRejection(
      request(server.url, { ...POST, dispatcher: guard(), body: stream, signal: AbortSignal.abort(new Error('no')) }),
    );
    expect([error.message, server.seen.length]).toEqual(['no', 0]);
    await until(() => stream.destroyed);
  });
});

it('sends a Request with a body again', async () => {
  const server = await startBusyServer();
  const dispatcher = guardUndici(closeLater(new (COPIES[0] as (typeof COPIES)[0]).Agent()), makeLine());
  const made = new Request(server.url, { ...POST, body: 'abc', dispatcher });
  expect((await (COPIES[0] as (typeof COPIES)[0]).fetch(made)).status).toBe(200);
  expect(bodiesOf(server)).toEqual(['abc', 'abc']);
});

it('leaves the outcome of a write unknown after a lost answer', async () => {
  const server = await startServer((response) => void response.destroy());
  const dispatcher = guardUndici(closeLater(new (COPIES[0] as (typeof COPIES)[0]).Agent()), makeLine());
  const error = await captureRejection(
    (COPIES[0] as (typeof COPIES)[0]).request(server.url, { ...POST, dispatcher, body: 'x' }),
  );
  expect([isHoldlineError(error), error['code'], server.seen.length]).toEqual([true, 'HOLDLINE_OUTCOME_UNKNOWN', 1]);
});

async function* breakAfter(text: string): AsyncGenerator<string> {
  yield await Promise.resolve(text);
  throw new RangeError('disk failed');
}

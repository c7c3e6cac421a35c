import type { ServerResponse } from 'node:http';
import { createHoldline } from '@holdline/core';
import { VirtualClock } from '@holdline/core/testing';
import { describe, expect, it } from 'vitest';
import { guardUndici } from './guard.js';
import { closeLater, COPIES, makeLine, startServer, until, type TestServer } from './server.fixture.js';
import type { DispatchController, NativeDispatch } from './types.js';

const [{ Agent: Agent7 }, { Agent: Agent6 }] = COPIES as [(typeof COPIES)[0], (typeof COPIES)[0]];
const GET = { method: 'GET', path: '/users/1' };

/** What a handler saw, as words. */
class Log {
  readonly words: string[] = [];
  isOver = false;
  abort: (reason?: unknown) => void = () => undefined;
  resume: () => void = () => undefined;
  error: unknown;
  size = 0;

  add(...words: unknown[]): void {
    this.words.push(words.join(' '));
  }

  end(...words: unknown[]): void {
    this.add(...words);
    this.isOver = true;
  }

  fail(error: unknown): void {
    this.error = error;
    this.end('error', (error as Error).name);
  }
}

/** Handlers of both interfaces that log the same words. */
const HANDLERS = {
  'a handler of undici 6': (log: Log, isSlow = false) => ({
    onConnect(abort: (reason?: unknown) => void) {
      log.abort = abort;
      log.add('start');
    },
    onHeaders(status: number, headers: Buffer[], resume: () => void) {
      log.resume = resume;
      const at = headers.findIndex((name) => name.toString().toLowerCase() === 'x-kind');
      log.add('head', status, at < 0 ? '-' : headers[at + 1]?.toString());
      return !isSlow;
    },
    onData(chunk: Buffer) {
      log.size += chunk.length;
      return !isSlow;
    },
    onComplete: (trailers: Buffer[]) => log.end('end', trailers.map(String).join('=').toLowerCase()),
    onUpgrade(
      status: number,
      _: Buffer[],
      socket: { write(text: string): void; on(name: 'data', on: (chunk: Buffer) => void): void },
    ) {
      socket.on('data', (chunk) => log.end('upgrade', status, chunk));
      socket.write('ping');
    },
    onError: (error: unknown) => log.fail(error),
  }),
  'a handler of undici 7': (log: Log, isSlow = false) => ({
    onRequestStart(controller: DispatchController) {
      log.abort = (reason) => controller.abort(reason);
      log.resume = () => controller.resume();
      log.add('start');
    },
    onResponseStart(controller: DispatchController, status: number, headers: Record<string, string>) {
      log.add('head', status, headers['x-kind'] ?? '-');
      if (isSlow && status >= 200) controller.pause();
    },
    onResponseData(controller: DispatchController, chunk: Buffer) {
      log.size += chunk.length;
      if (isSlow) controller.pause();
    },
    onResponseEnd: (_: unknown, trailers: Record<string, string>) =>
      log.end('end', Object.entries(trailers).flat().join('=')),
    onRequestUpgrade(
      _: unknown,
      status: number,
      __: unknown,
      socket: { write(text: string): void; on(name: 'data', on: (chunk: Buffer) => void): void },
    ) {
      socket.on('data', (chunk) => log.end('upgrade', status, chunk));
      socket.write('ping');
    },
    onResponseError: (_: unknown, error: unknown) => log.fail(error),
  }),
};

const COMBINATIONS = [
  { name: 'undici 7 and a handler of undici 7', Agent: Agent7, handler: HANDLERS['a handler of undici 7'] },
  { name: 'undici 7 and a handler of undici 6', Agent: Agent7, handler: HANDLERS['a handler of undici 6'] },
  { name: 'undici 6 and a handler of undici 6', Agent: Agent6, handler: HANDLERS['a handler of undici 6'] },
  // The bare pair does not work.
  { name: 'undici 6 and a handler of undici 7', Agent: Agent6, handler: HANDLERS['a handler of undici 7'] },
];

/** Refuses the first request with a long body, and answers the next one. */
function refuseOnce(response: ServerResponse, before: number): void {
  if (before < 1) response.writeHead(429, { 'retry-after': '0' }).end('x'.repeat(500_000));
  else response.writeHead(200, { 'x-kind': 'good' }).end('answer');
}

describe.each(COMBINATIONS)('$name', ({ Agent, handler }) => {
  /** Makes one request, and returns what its handler saw. */
  function send(server: TestServer, options: object = {}, isSlow = false, line = makeLine()): Log {
    const log = new Log();
    const dispatcher = guardUndici(closeLater(new Agent({ connections: 1 })), line);
    const dispatch = dispatcher.dispatch.bind(dispatcher) as unknown as NativeDispatch;
    dispatch({ origin: server.url, ...GET, ...options }, handler(log, isSlow));
    return log;
  }

  it('shows the handler one answer of two attempts, and frees the only connection', async () => {
    const server = await startServer(refuseOnce);
    const log = send(server);
    await until(() => log.isOver);
    expect([log.words, log.size, server.seen.length]).toEqual([['start', 'head 200 good', 'end '], 6, 2]);
  });

  it('shows informational answers and trailers', async () => {
    const server = await startServer((response) => {
      response.writeEarlyHints({ link: '</a>; rel=preload', 'x-kind': 'early' });
      response.writeHead(200, { trailer: 'x-sum' });
      response.write('abc');
      response.addTrailers({ 'x-sum': '3' });
      response.end();
    });
    const log = send(server);
    await until(() => log.isOver);
    expect(log.words).toEqual(['start', 'head 103 early', 'head 200 -', 'end x-sum=3']);
  });

  it('hands an upgraded connection over', async () => {
    const server = await startServer(
      () => undefined,
      (_, socket) => {
        socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n');
        socket.on('data', (chunk) => socket.end(`${String(chunk)} pong`));
      },
    );
    const log = send(server, { upgrade: 'echo' });
    await until(() => log.isOver);
    expect(log.words).toEqual(['start', 'upgrade 101 ping pong']);
  });

  it('repeats an upgrade that was refused', async () => {
    const server = await startServer(refuseOnce, (request, socket) => {
      if (request.socket === first) return void socket.end();
      first = request.socket;
      socket.end(
        'HTTP/1.1 503 Service Unavailable\r\nretry-after: 0\r\ncontent-length: 0\r\nconnection: close\r\n\r\n',
      );
    });
    let first: unknown;
    const line = makeLine({ retry: { maxAttempts: 2, baseDelayMs: 1 } });
    let attempts = 0;
    line.on('attempt', () => void attempts++);
    const log = send(server, { upgrade: 'echo' }, false, line);
    await until(() => log.isOver);
    expect([attempts, log.words[1]]).toEqual([2, 'head 503 -']);
  });

  it('stops reading while the handler does not want data', async () => {
    const body = Buffer.alloc(8_000_000);
    let isFinished = false;
    const server = await startServer((response) => {
      response.on('finish', () => (isFinished = true));
      response.end(body);
    });
    const log = send(server, {}, true);
    await until(() => log.words.length === 2);
    for (let turns = 0; turns < 50; turns++) await new Promise((resolve) => setImmediate(resolve));
    expect([log.size < 1_000_000, isFinished, log.isOver]).toEqual([true, false, false]);
    while (!log.isOver) {
      log.resume();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect([log.size, log.words]).toEqual([8_000_000, ['start', 'head 200 -', 'end ']]);
  });

  it('ends a waiting call in the tick in which the handler aborts, and never sends it', async () => {
    const server = await startServer(refuseOnce);
    const clock = new VirtualClock();
    const line = createHoldline({ clock });
    const log = send(server, {}, false, line);
    await until(() => server.seen.length === 1 && line.snapshot().inFlight === 0);
    const reason = new Error('enough');
    log.abort(reason);
    expect([log.words, log.error]).toEqual([['start', 'error Error'], reason]);
    await clock.advance(600_000);
    expect([server.seen.length, line.snapshot().calls]).toEqual([1, 0]);
  });

  it('ends an attempt on the wire when the handler aborts without a reason', async () => {
    const server = await startServer(() => undefined);
    const log = send(server);
    await until(() => server.seen.length === 1);
    log.abort();
    expect(log.words).toEqual(['start', 'error AbortError']);
    await until(() => server.closed > 0);
  });

  it('ends a body when the handler aborts', async () => {
    const server = await startServer((response) => void response.writeHead(200).write('begin'));
    const log = send(server);
    await until(() => log.size === 5);
    log.abort(new Error('enough'));
    expect(log.words).toEqual(['start', 'head 200 -', 'error Error']);
    await until(() => server.closed > 0);
  });

  it('ends a body at the deadline of the call', async () => {
    const server = await startServer((response) => void response.writeHead(200).write('begin'));
    const clock = new VirtualClock();
    const log = send(server, {}, false, createHoldline({ clock, deadline: { totalTimeoutMs: 1_000 } }));
    await until(() => log.size === 5);
    await clock.advance(1_000);
    expect(log.words).toEqual(['start', 'head 200 -', 'error DeadlineError']);
    await until(() => server.closed > 0);
  });

  it('gives a truncated body the native error', async () => {
    const server = await startServer((response) => {
      response.writeHead(200, { 'content-length': '100' }).write('begin', () => response.destroy());
    });
    const log = send(server);
    await until(() => log.isOver);
    expect([log.words.at(-1), (log.error as { code: string }).code]).toEqual(['error SocketError', 'UND_ERR_SOCKET']);
  });

  it('ends the call with the error that a handler throws', async () => {
    const server = await startServer((response) => response.end('answer'));
    const dispatcher = guardUndici(closeLater(new Agent()), makeLine());
    const log = new Log();
    const broken = handler(log) as Record<string, unknown>;
    const throws = (): never => {
      throw new RangeError('broken handler');
    };
    Object.assign(broken, 'onHeaders' in broken ? { onHeaders: throws } : { onResponseStart: throws });
    (dispatcher.dispatch as unknown as NativeDispatch).call(dispatcher, { origin: server.url, ...GET }, broken);
    await until(() => log.isOver);
    expect(log.words).toEqual(['start', 'error RangeError']);
    await until(() => server.closed > 0);
  });

  it('does not start a call that its handler aborts at once', async () => {
    const server = await startServer((response) => response.end());
    const line = makeLine();
    const log = new Log();
    log.add = (...words) => {
      log.words.push(words.join(' '));
      if (words[0] === 'start') log.abort(new Error('too late'));
    };
    const dispatcher = guardUndici(closeLater(new Agent()), line);
    (dispatcher.dispatch as unknown as NativeDispatch).call(dispatcher, { origin: server.url, ...GET }, handler(log));
    expect(log.words).toEqual(['start', 'error Error']);
    await line.drain();
    expect(server.seen).toHaveLength(0);
  });
});

it('leaves what the native dispatcher refuses to the native dispatcher', () => {
  const dispatcher = guardUndici(closeLater(new Agent7()), makeLine());
  const dispatch = dispatcher.dispatch.bind(dispatcher) as unknown as NativeDispatch;
  expect(() => dispatch(GET, undefined as never)).toThrow('handler must be an object');
  expect(() => dispatch(GET, {})).toThrow('opts.origin must be a non-empty string or URL.');
  const log = new Log();
  dispatch({ method: 'GET' }, HANDLERS['a handler of undici 7'](log));
  expect((log.error as Error).message).toBe('opts.origin must be a non-empty string or URL.');
});

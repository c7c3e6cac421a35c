import { callInfo, createHoldline, holdlineOf } from '@holdline/core';
import { settle } from '@holdline/core/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import WebSocket, { createWebSocketStream } from 'ws';
import { guardWebSocket, type HandshakeOptions } from '../index.js';
import { createTokenBucket, nextEvent, startTestServer, type TestServer } from '../test-server.js';

// Real sockets of the class of `ws`. Control cases pin the behaviour of the native class.
let server: TestServer;
beforeEach(async () => {
  server = await startTestServer();
});
afterEach(() => server.stop());

const quick: HandshakeOptions = { baseDelayMs: 20, gateJitterMs: 0, spacingMs: 0 };
const guard = (handshakes: HandshakeOptions = quick) => guardWebSocket(WebSocket, { handshakes });
const both = (): [string, typeof WebSocket][] => [
  ['native', WebSocket],
  ['guarded', guard()],
];

/** Records all events of a socket in order. */
function recordAllEvents(socket: WebSocket): string[] {
  const events: string[] = [];
  const show = (value: unknown): string => (Buffer.isBuffer(value) ? `<${String(value)}>` : String(value));
  for (const name of ['upgrade', 'open', 'message', 'ping', 'pong', 'error', 'close', 'unexpected-response'])
    socket.on(name, (...args: unknown[]) => {
      const told = name === 'upgrade' || name === 'unexpected-response' ? [] : args;
      events.push([`${name}@${socket.readyState}`, ...told.map(show)].join(' '));
    });
  return events;
}

describe('the contract of ws', () => {
  it.each(both())('%s: instances, statics, constants', (_, Class) => {
    const socket = new Class(server.url);
    socket.on('error', () => undefined);
    expect(socket).toBeInstanceOf(WebSocket);
    expect(socket).toBeInstanceOf(Class);
    expect([Class.CONNECTING, Class.OPEN, Class.CLOSING, Class.CLOSED]).toEqual([0, 1, 2, 3]);
    expect([socket.CONNECTING, socket.CLOSED, socket.readyState]).toEqual([0, 3, 0]);
    expect(Reflect.get(Class, 'Server')).toBe(Reflect.get(WebSocket, 'Server'));
    expect(Class.name).toBe('WebSocket');
    socket.terminate();
  });

  it('a second guard with another configuration or line is a ConfigError, and the same one has no effect', () => {
    const Guarded = guard();
    for (const same of [{}, { handshakes: { ...quick } }, holdlineOf(Guarded)])
      expect(guardWebSocket(Guarded, same)).toBe(Guarded);
    for (const another of [{ handshakes: { ...quick, spacingMs: 1 } }, createHoldline()])
      expect(() => guardWebSocket(Guarded, another)).toThrow('guardWebSocket: the client is guarded with another');
  });

  it.each(both())('%s: a session from open to close', async (_, Class) => {
    server.onConnection = (peer) => {
      peer.send('hello');
      peer.send(Buffer.from('bytes'));
      peer.ping('p');
      peer.on('message', (data) => peer.close(4000, String(data)));
    };
    const socket = new Class(server.url, ['a', 'b']);
    const events = recordAllEvents(socket);
    expect([socket.url, socket.protocol, socket.extensions, socket.binaryType, socket.bufferedAmount]).toEqual([
      `${server.url}/`,
      '',
      '',
      'nodebuffer',
      0,
    ]);
    await nextEvent(socket, 'ping');
    expect(socket.protocol).toBe('a');
    expect(await new Promise((resolve) => socket.send('bye', resolve))).toBeFalsy();
    await nextEvent(socket, 'close');
    expect(events).toEqual([
      'upgrade@0',
      'open@1',
      'message@1 <hello> false',
      'message@1 <bytes> true',
      'ping@1 <p>',
      'close@3 4000 <bye>',
    ]);
  });

  it.each(both())('%s: handlers and event listeners', async (_, Class) => {
    server.onConnection = (peer) => {
      peer.send('hello');
      peer.close(4001, 'enough');
    };
    const socket = new Class(server.url);
    const seen: unknown[] = [];
    const wrong = (): unknown => seen.push('wrong');
    socket.onmessage = wrong;
    socket.onmessage = ({ data, target }) => seen.push(['onmessage', data, target === socket]);
    socket.addEventListener('message', ({ data, type }) => seen.push([type, data]), { once: true });
    socket.addEventListener('close', wrong);
    socket.removeEventListener('close', wrong);
    socket.onopen = ({ type }) => seen.push(type);
    socket.onclose = ({ code, reason, wasClean }) => seen.push([code, reason, wasClean]);
    expect(socket.onerror).toBe(null);
    expect(typeof socket.onclose).toBe('function');
    await nextEvent(socket, 'close');
    expect(seen).toEqual(['open', ['onmessage', 'hello', true], ['message', 'hello'], [4001, 'enough', true]]);
  });

  const wrong: [string, unknown[]][] = [
    ['a missing URL', []],
    ['an invalid URL', ['somewhere']],
    ['another scheme', ['ftp://example.com']],
    ['a fragment', ['ws://example.com/#x']],
    ['a bad protocol', ['ws://example.com', 'a b']],
    ['a protocol twice', ['ws://example.com', ['a', 'a']]],
    ['a version', ['ws://example.com', { protocolVersion: 5 }]],
    ['a header', ['ws://example.com', [], { headers: { 'x-bad': 'line\nbreak' } }]],
  ];
  it.each(wrong)('%s: throws synchronously, like the native class', (_, args) => {
    const thrown = both().map(([, Class]) => {
      try {
        new (Class as any)(...args);
      } catch (error) {
        return `${(error as Error).name}: ${(error as Error).message}`;
      }
      return 'nothing';
    });
    expect(thrown[0]).not.toBe('nothing');
    expect(thrown[1]).toBe(thrown[0]);
    expect(server.connections).toBe(0);
  });

  it.each(both())('%s: send, ping and pong before it is open', async (_, Class) => {
    const socket = new Class(server.url);
    for (const call of ['send', 'ping', 'pong'] as const)
      expect(() => socket[call]('x')).toThrow('WebSocket is not open: readyState 0 (CONNECTING)');
    socket.pause();
    expect(socket.isPaused).toBe(false);
    await nextEvent(socket, 'open');
    socket.terminate();
    await nextEvent(socket, 'close');
    await expect(new Promise((_resolve, reject) => socket.send('x', reject as never))).rejects.toThrow('readyState 3');
  });

  it.each(both())('%s: close() at once', async (_, Class) => {
    const socket = new Class(server.url);
    const events = recordAllEvents(socket);
    socket.close();
    expect(socket.readyState).toBe(2);
    await nextEvent(socket, 'close');
    expect(events).toEqual([
      'error@2 Error: WebSocket was closed before the connection was established',
      'close@3 1006 <>',
    ]);
  });

  it('guarded: close() and terminate() of a waiting socket emit the same events and send nothing', async () => {
    server.decide = () => 'accept';
    const Class = guard({ ...quick, poolSize: 1 });
    const first = new Class(server.url);
    for (const end of ['close', 'terminate'] as const) {
      const socket = new Class(server.url);
      const events = recordAllEvents(socket);
      socket[end]();
      await nextEvent(socket, 'close');
      expect(events).toEqual([
        'error@2 Error: WebSocket was closed before the connection was established',
        'close@3 1006 <>',
      ]);
      await expect(new Promise((_resolve, reject) => socket.send('x', reject as never))).rejects.toThrow('readyState');
    }
    if (first.readyState === 0) await nextEvent(first, 'open');
    expect(server.handshakes).toHaveLength(1);
    first.terminate();
  });

  it.each(both())('%s: a refusal that is not retried', async (_, Class) => {
    server.decide = () => ({ status: 403 });
    const socket = new Class(server.url);
    const events = recordAllEvents(socket);
    socket.removeAllListeners('unexpected-response');
    const [[error]] = await Promise.all([nextEvent(socket, 'error'), nextEvent(socket, 'close')]);
    expect(events).toEqual(['error@2 Error: Unexpected server response: 403', 'close@3 1006 <>']);
    expect(server.handshakes).toHaveLength(1);
    if (Class !== WebSocket) expect(callInfo(error)).toMatchObject({ attempts: 1, status: 403 });
  });

  it.each(both())('%s: a listener of unexpected-response receives the intact response', async (_, Class) => {
    server.decide = () => ({ status: 403, headers: { 'x-reason': 'no' } });
    const socket = new Class(server.url);
    const events = recordAllEvents(socket);
    const [request, response] = await nextEvent(socket, 'unexpected-response');
    expect(response.headers['x-reason']).toBe('no');
    expect(socket.readyState).toBe(0);
    request.destroy();
    socket.terminate();
    await nextEvent(socket, 'close');
    expect(events).toEqual([
      'unexpected-response@0',
      'error@2 Error: WebSocket was closed before the connection was established',
      'close@3 1006 <>',
    ]);
  });

  it.each(both())('%s: redirects', async (_, Class) => {
    server.decide = ({ url }) => (url === '/old' ? { status: 302, headers: { location: '/new' } } : 'accept');
    const socket = new Class(`${server.url}/old`, { followRedirects: true });
    const redirects: unknown[] = [];
    socket.on('redirect', (url) => redirects.push(url));
    await nextEvent(socket, 'open');
    expect(redirects).toEqual([`${server.url}/new`]);
    expect(socket.url).toBe(`${server.url}/new`);
    socket.terminate();
  });

  it.each(both())('%s: as a stream', async (_, Class) => {
    server.onConnection = (peer) => peer.on('message', (data) => peer.send(data));
    const socket = new Class(server.url);
    const stream = createWebSocketStream(socket, { encoding: 'utf8' });
    stream.write('there and back');
    expect(await new Promise((resolve) => stream.once('data', resolve))).toBe('there and back');
    stream.destroy();
    await nextEvent(socket, 'close');
  });

  // Issue 13, d-ws-shape.
  it('has the same own and enumerable properties', () => {
    const [bare, guarded] = both().map(([, Class]) => ({
      statics: Object.keys(Class).sort(),
      constants: ['CONNECTING', 'OPEN', 'CLOSING', 'CLOSED'].map((name) => [
        Object.getOwnPropertyDescriptor(Class, name),
        Object.getOwnPropertyDescriptor(Class.prototype, name),
      ]),
      own: ['onopen', 'onmessage', 'onerror', 'onclose', 'send', 'close', 'url', 'binaryType'].map((name) => [
        name,
        Object.getOwnPropertyDescriptor(Class.prototype, name)?.enumerable,
      ]),
    }));
    expect(guarded).toEqual(bare);
  });

  it.each(both())('%s: missing data is sent as an empty binary message', async (_, Class) => {
    const seen: string[] = [];
    const four = new Promise<void>((resolve) => {
      server.onConnection = (peer) =>
        peer.on('message', (data: Buffer, isBinary) => {
          if (seen.push(`${isBinary ? 'binary' : 'text'} ${String(data)}`) === 6) resolve();
        });
    });
    const socket = new Class(server.url);
    await nextEvent(socket, 'open');
    const send = socket.send.bind(socket) as (data?: unknown) => void;
    send();
    send(null);
    send(undefined);
    send(false);
    send('');
    send(0);
    await four;
    expect(seen).toEqual(['binary ', 'binary ', 'binary ', 'binary ', 'text ', 'text 0']);
    socket.terminate();
  });

  it.each(both())('%s: finishRequest receives the socket of the caller', async (_, Class) => {
    const told: unknown[] = [];
    for (const [protocols, at] of [
      [undefined, 1],
      [['a'], 2],
    ] as const) {
      const options = {
        finishRequest(request: { setHeader(name: string, value: string): void; end(): void }, given: unknown) {
          told.push(given, (this as { headers?: unknown }).headers !== undefined);
          request.setHeader('x-a', '1');
          request.end();
        },
      };
      const args = at === 1 ? [server.url, options] : [server.url, protocols, options];
      const socket = new (Class as any)(...args) as WebSocket;
      await nextEvent(socket, 'open');
      expect(told.splice(0)).toEqual([socket, true]);
      socket.terminate();
    }
    if (Class === WebSocket) return;
    const before = server.handshakes.length;
    server.decide = () => (server.handshakes.length === before ? 'destroy' : 'accept');
    const sockets: unknown[] = [];
    const finishRequest = (request: { end(): void }, given: unknown): void => {
      sockets.push(given);
      request.end();
    };
    const again = new (Class as any)(server.url, { finishRequest }) as WebSocket;
    await nextEvent(again, 'open');
    expect(sockets).toEqual([again, again]);
    again.terminate();
  });

  it.each(both())('%s: counts data given to a closed socket, whenever it was closed', async (_, Class) => {
    const told = (socket: WebSocket, data: string): Promise<Error | undefined> =>
      new Promise((resolve) => socket.send(data, resolve));
    const early = new Class(server.url);
    early.on('error', () => undefined);
    early.close();
    expect((await told(early, 'four'))?.message).toMatch(/^WebSocket is not open: readyState [23]/);
    expect(early.bufferedAmount).toBe(4);

    server.decide = () => ({ status: 403 });
    const refused = new Class(server.url);
    refused.on('error', () => undefined);
    await nextEvent(refused, 'close');
    expect((await told(refused, 'fives'))?.message).toMatch(/readyState 3 \(CLOSED\)/);
    expect(refused.bufferedAmount).toBe(5);

    server.decide = () => 'accept';
    const open = new Class(server.url);
    await nextEvent(open, 'open');
    open.close();
    expect((await told(open, 'six ..'))?.message).toMatch(/readyState 2 \(CLOSING\)/);
    expect(open.bufferedAmount).toBeGreaterThanOrEqual(6);
  });

  it('guarded: counts data given to a closed socket while it waits, and while queued frames are sent', async () => {
    const waiting = new (guard({ ...quick, poolSize: 1 }))(server.url);
    const second = new (waiting.constructor as typeof WebSocket)(server.url);
    second.on('error', () => undefined);
    second.close();
    second.send('four');
    expect(second.bufferedAmount).toBe(4);
    waiting.on('error', () => undefined);
    waiting.terminate();

    const Slow = guardWebSocket(WebSocket, {
      handshakes: quick,
      frames: { quotas: [{ limit: 1, windowMs: 60_000 }], flushMs: 60_000 },
    });
    const socket = new Slow(server.url);
    await nextEvent(socket, 'open');
    socket.send('leaves');
    socket.send('waits');
    socket.close();
    const before = socket.bufferedAmount;
    const error = await new Promise<Error | undefined>((resolve) => socket.send('late', resolve));
    expect(error?.message).toMatch(/^WebSocket is not open: readyState/);
    expect(socket.bufferedAmount - before).toBe(4);
    socket.terminate();
  });

  it.each(both())('%s: can be subclassed', async (_, Class) => {
    class Own extends Class {
      greet(): void {
        this.send('hi');
      }
    }
    const heard = new Promise((resolve) => {
      server.onConnection = (peer) => peer.on('message', (data) => resolve(String(data)));
    });
    const socket = new Own(server.url);
    await nextEvent(socket, 'open');
    socket.greet();
    expect(await heard).toBe('hi');
    socket.terminate();
  });
});

describe('a refused upgrade', () => {
  it('429 with Retry-After: waits and retries without an event', async () => {
    server.decide = () =>
      server.handshakes.length < 2 ? { status: 429, headers: { 'retry-after': '0.2' } } : 'accept';
    const Class = guard();
    const gates: number[] = [];
    holdlineOf(Class)!.on('gateClosed', ({ forMs }) => gates.push(forMs));
    const socket = new Class(server.url);
    const events = recordAllEvents(socket);
    socket.removeAllListeners('unexpected-response');
    await nextEvent(socket, 'open');
    expect(events).toEqual(['upgrade@0', 'open@1']);
    const [first, second, third] = server.handshakes.map(({ at }) => at) as [number, number, number];
    expect(second - first).toBeGreaterThanOrEqual(199);
    expect(third - second).toBeGreaterThanOrEqual(199);
    expect(gates).toHaveLength(2);
    await settle();
    expect(callInfo(socket)).toMatchObject({ attempts: 3, status: 101 });
    socket.terminate();
  });

  it('429 with a listener of unexpected-response: also waits and retries', async () => {
    server.decide = () => (server.handshakes.length < 1 ? { status: 429 } : 'accept');
    const socket = new (guard())(server.url);
    const events = recordAllEvents(socket);
    await nextEvent(socket, 'open');
    expect(events).toEqual(['upgrade@0', 'open@1']);
    socket.terminate();
  });

  it('native: emits an error and makes no second attempt', async () => {
    server.decide = () => ({ status: 429, headers: { 'retry-after': '0.2' } });
    const socket = new WebSocket(server.url);
    const events = recordAllEvents(socket);
    socket.removeAllListeners('unexpected-response');
    await nextEvent(socket, 'close');
    expect(events).toEqual(['error@2 Error: Unexpected server response: 429', 'close@3 1006 <>']);
  });

  it('a connection that is cut off: retries', async () => {
    server.decide = () => (server.handshakes.length < 3 ? 'destroy' : 'accept');
    const socket = new (guard())(server.url);
    await nextEvent(socket, 'open');
    expect(server.handshakes).toHaveLength(4);
    socket.terminate();
  });

  it('an unreachable server: makes 5 attempts and emits the native error', async () => {
    const { url } = server;
    await server.stop();
    const socket = new (guard())(url);
    const [error] = await nextEvent(socket, 'error');
    expect(error.code).toBe('ECONNREFUSED');
    expect(callInfo(error)?.attempts).toBe(5);
    server = await startTestServer();
  });

  it('a permanent refusal: does not retry', async () => {
    const Class = guard();
    const socket = new Class(server.url, { handshakeTimeout: 5_000, perMessageDeflate: false });
    await nextEvent(socket, 'open');
    socket.terminate();
    await server.stop();
    // This server selects a protocol that the client did not offer.
    server = await startTestServer({ handleProtocols: () => 'other' });
    const wrong = new Class(server.url, 'mine');
    const [error] = await nextEvent(wrong, 'error');
    expect(error.message).toBe('Server sent an invalid subprotocol');
    expect(server.handshakes).toHaveLength(1);
  });
});

describe('many sockets at once', () => {
  it('with a limit of 100 upgrades/s and a burst of 10: all connect without a refusal; native: most are refused', async () => {
    const many = 60;
    const limit = (): void => {
      const take = createTokenBucket(100, 10);
      server.decide = () => (take() ? 'accept' : { status: 429, headers: { 'retry-after': '1' } });
    };
    limit();
    const bare = Array.from({ length: many }, () => new WebSocket(server.url));
    const ends = await Promise.all(
      bare.map((socket) =>
        Promise.race([nextEvent(socket, 'open'), nextEvent(socket, 'error')]).then(([error]) => !error),
      ),
    );
    const connected = ends.filter(Boolean).length;
    expect(connected).toBeLessThan(many);
    expect(server.refused).toBe(many - connected);
    for (const socket of bare) socket.terminate();

    server.handshakes.length = 0;
    limit();
    const Class = guard({ quotas: [{ limit: 100, windowMs: 1_000, enforcement: 'bucket', burst: 10 }] });
    const sockets = Array.from({ length: many }, () => new Class(server.url));
    await Promise.all(sockets.map((socket) => nextEvent(socket, 'open')));
    expect({ accepted: server.accepted, refused: server.refused }).toEqual({ accepted: many, refused: 0 });
    for (const socket of sockets) socket.terminate();
  });
});

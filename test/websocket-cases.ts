import { framesOf, guardWebSocket, type WebSocketConfig } from '@holdline/websocket';

type Class = typeof WebSocket;

/** Records all events of a socket until it is closed. Calls `onEvent` after each. */
function recordUntilClosed(socket: WebSocket, onEvent: (name: string) => void = () => undefined): Promise<unknown[]> {
  const events: unknown[] = [];
  return new Promise((resolve) => {
    for (const name of ['open', 'message', 'error', 'close'])
      socket.addEventListener(name, (event) => {
        const { data, code } = event as { data?: unknown; code?: number };
        events.push([name, socket.readyState, data, code].filter((part) => part !== undefined).join(' '));
        onEvent(name);
        if (name === 'close') resolve(events);
      });
  });
}

const quick: WebSocketConfig = { handshakes: { baseDelayMs: 100, jitter: 0, gateJitterMs: 0, spacingMs: 0 } };

/** Cases for guarded sockets in any runtime: the observed result as plain data, and the expected one. */
export const WEBSOCKET_CASES: {
  name: string;
  run(Native: Class, url: string): Promise<unknown>;
  expected: unknown;
}[] = [
  {
    name: 'a session from open to close',
    async run(Native, url) {
      const Guarded = guardWebSocket(Native, quick);
      const socket = new Guarded(`${url}/echo/session`);
      const isNative = socket instanceof Native;
      return [
        isNative,
        await recordUntilClosed(socket, (name) => {
          if (name === 'open') socket.send('hello');
          if (name === 'message') socket.close(3001, 'done');
        }),
      ];
    },
    expected: [true, ['open 1', 'message 1 hello', 'close 3 3001']],
  },
  {
    name: 'a retry after two refusals fires no event',
    async run(Native, url) {
      const socket = new (guardWebSocket(Native, quick))(`${url}/refuse/2/${crypto.randomUUID()}`);
      return recordUntilClosed(socket, (name) => name === 'open' && socket.close(1000));
    },
    expected: ['open 1', 'close 3 1000'],
  },
  {
    name: 'a retry after three lost connections fires no event',
    async run(Native, url) {
      const socket = new (guardWebSocket(Native, quick))(`${url}/cut/3/${crypto.randomUUID()}`);
      return recordUntilClosed(socket, (name) => name === 'open' && socket.close(1000));
    },
    expected: ['open 1', 'close 3 1000'],
  },
  {
    name: 'a permanent refusal fires error and close 1006, like the native class',
    run: (Native, url) =>
      recordUntilClosed(
        new (guardWebSocket(Native, { handshakes: { ...quick.handshakes, maxAttempts: 2 } }))(
          `${url}/refuse/99/${crypto.randomUUID()}`,
        ),
      ).then((events) => events.map((one) => (one as string).replace(/^error \d/, 'error'))),
    expected: ['error', 'close 3 1006'],
  },
  {
    name: 'close() of a waiting socket',
    async run(Native, url) {
      const Guarded = guardWebSocket(Native, { handshakes: { ...quick.handshakes, poolSize: 1 } });
      const first = new Guarded(`${url}/echo/first`);
      const socket = new Guarded(`${url}/refuse/99/while-it-waits`);
      const recorded = recordUntilClosed(socket);
      socket.close();
      const ended = await recorded;
      const all = recordUntilClosed(first, (name) => name === 'open' && first.close(1000));
      if (first.readyState === 1) first.close(1000);
      return [(await all).at(-1), ended.map((one) => (one as string).replace(/^error \d/, 'error'))];
    },
    expected: ['close 3 1000', ['error', 'close 3 1006']],
  },
  {
    name: 'every frame reports its outcome, text and bytes',
    async run(Native, url) {
      const Guarded = guardWebSocket(Native, { ...quick, frames: { quotas: [{ limit: 2, windowMs: 200 }] } });
      const socket = new Guarded(`${url}/echo/frames`);
      socket.binaryType = 'arraybuffer';
      const got: unknown[] = [];
      socket.addEventListener('message', ({ data }) =>
        got.push(typeof data === 'string' ? data : [...new Uint8Array(data as ArrayBuffer)]),
      );
      await new Promise((resolve) => socket.addEventListener('open', resolve));
      const frames = framesOf(socket);
      const fates = await Promise.all([
        frames.send('a'),
        frames.send(new Uint8Array([1, 2])),
        frames.send('old', { key: 'k' }),
        frames.send('new', { key: 'k' }),
        frames.send('first', { priority: 'high' }),
      ]);
      const closed = new Promise((resolve) => socket.addEventListener('close', resolve));
      while (got.length < 4) await new Promise((resolve) => setTimeout(resolve, 10));
      socket.close();
      await closed;
      return [fates, got];
    },
    expected: [
      ['sent', 'sent', 'replaced', 'sent', 'sent'],
      ['a', [1, 2], 'first', 'new'],
    ],
  },
  {
    name: 'invalid arguments throw synchronously, like the native class',
    run(Native, url) {
      const Guarded = guardWebSocket(Native, quick);
      const wrong: unknown[][] = [[], ['//'], ['ftp://example.com'], [`${url}/#x`], [url, 'a b'], [url, ['a', 'a']]];
      const kinds = wrong.map((args) =>
        [Native, Guarded].map((Any) => {
          try {
            new (Any as new (...args: unknown[]) => WebSocket)(...args).close();
            return 'none';
          } catch (error) {
            return (error as Error).name;
          }
        }),
      );
      return Promise.resolve(kinds.filter(([bare, guarded]) => bare !== guarded));
    },
    expected: [],
  },
];

/** Opens sockets together and returns how many of them opened. */
export async function openMany(Class: Class, url: string, many: number): Promise<number> {
  const sockets = Array.from({ length: many }, () => new Class(url));
  const ends = await Promise.all(
    sockets.map(
      (socket) =>
        new Promise<boolean>((resolve) => {
          socket.addEventListener('open', () => resolve(true));
          socket.addEventListener('error', () => resolve(false));
        }),
    ),
  );
  for (const socket of sockets) socket.close();
  return ends.filter(Boolean).length;
}

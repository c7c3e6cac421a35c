import { framesOf, guardWebSocket, type WebSocketConfig } from '@holdline/websocket';

type Class = typeof WebSocket;

/** Everything that a socket tells until it is closed; `at` each step of it something may be done. */
function watch(socket: WebSocket, at: (name: string) => void = () => undefined): Promise<unknown[]> {
  const told: unknown[] = [];
  return new Promise((resolve) => {
    for (const name of ['open', 'message', 'error', 'close'])
      socket.addEventListener(name, (event) => {
        const { data, code } = event as { data?: unknown; code?: number };
        told.push([name, socket.readyState, data, code].filter((part) => part !== undefined).join(' '));
        at(name);
        if (name === 'close') resolve(told);
      });
  });
}

const quick: WebSocketConfig = { handshakes: { baseDelayMs: 100, jitter: 0, gateJitterMs: 0, spacingMs: 0 } };

/** What guarded sockets do in any place, as plain data, and what it has to be. */
export const WEBSOCKET_CASES: {
  name: string;
  run(Native: Class, url: string): Promise<unknown>;
  expected: unknown;
}[] = [
  {
    name: 'a session, from open to close',
    async run(Native, url) {
      const Guarded = guardWebSocket(Native, quick);
      const socket = new Guarded(`${url}/echo/session`);
      const isNative = socket instanceof Native;
      return [
        isNative,
        await watch(socket, (name) => {
          if (name === 'open') socket.send('hello');
          if (name === 'message') socket.close(3001, 'done');
        }),
      ];
    },
    expected: [true, ['open 1', 'message 1 hello', 'close 3 3001']],
  },
  {
    name: 'refused twice: tried again, and nothing of it shows',
    async run(Native, url) {
      const socket = new (guardWebSocket(Native, quick))(`${url}/refuse/2/${crypto.randomUUID()}`);
      return watch(socket, (name) => name === 'open' && socket.close(1000));
    },
    expected: ['open 1', 'close 3 1000'],
  },
  {
    name: 'cut off three times: the same',
    async run(Native, url) {
      const socket = new (guardWebSocket(Native, quick))(`${url}/cut/3/${crypto.randomUUID()}`);
      return watch(socket, (name) => name === 'open' && socket.close(1000));
    },
    expected: ['open 1', 'close 3 1000'],
  },
  {
    name: 'refused for good: an error and 1006, as without us',
    run: (Native, url) =>
      watch(
        new (guardWebSocket(Native, { handshakes: { ...quick.handshakes, maxAttempts: 2 } }))(
          `${url}/refuse/99/${crypto.randomUUID()}`,
        ),
      ).then((told) => told.map((one) => (one as string).replace(/^error \d/, 'error'))),
    expected: ['error', 'close 3 1006'],
  },
  {
    name: 'close() while it waits',
    async run(Native, url) {
      const Guarded = guardWebSocket(Native, { handshakes: { ...quick.handshakes, poolSize: 1 } });
      const first = new Guarded(`${url}/echo/first`);
      const socket = new Guarded(`${url}/refuse/99/while-it-waits`);
      const told = watch(socket);
      socket.close();
      const ended = await told;
      const all = watch(first, (name) => name === 'open' && first.close(1000));
      if (first.readyState === 1) first.close(1000);
      return [(await all).at(-1), ended.map((one) => (one as string).replace(/^error \d/, 'error'))];
    },
    expected: ['close 3 1000', ['error', 'close 3 1006']],
  },
  {
    name: 'frames tell what became of them, bytes too',
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
        frames.send('first', { priority: 'interactive' }),
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
    name: 'wrong arguments are refused at once, as without us',
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

/** Sockets that are opened together: how many of them are open in the end. */
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

// A flood of messages on 1,000 sockets at once. The platform closes a socket that sends too much. bench/ measures how long messages
// take; this test counts them.
import { framesOf, guardWebSocket } from '@holdline/websocket';
import type { Simulator } from '@holdline/simulator';
import { WebSocket } from 'ws';
import { expect, onTestFinished, test } from 'vitest';
import { mostInWindow, simulate, times, until } from './support.js';

const SOCKETS = 1_000;
const FRAMES = 30;
/** What the platform allows each socket: frame 21 within a second closes it with 1008. */
const PLATFORM = { limit: 20, windowMs: 1_000 };
/**
 * A frame has no answer that tells when it arrived, and on a busy machine frames arrive closer together than they left. So the line sends
 * half of the limit in three times the window. Then only a delay of five seconds could bring 21 frames into one.
 */
const QUOTA = { limit: 10, windowMs: 3_000 };

interface Arrival {
  at: number;
  text: string;
}

async function startPlatform(): Promise<{ simulator: Simulator; arrivals: Map<string, Arrival[]> }> {
  const simulator = await simulate({
    sockets: { frames: [{ name: 'frames', per: 'socket', enforcement: 'sliding', ...PLATFORM }] },
  });
  const arrivals = new Map<string, Arrival[]>();
  simulator.onFrame(({ at, data }) => {
    const text = data.toString('utf8');
    const [socket = ''] = text.split(':', 1);
    const list = arrivals.get(socket);
    if (list) list.push({ at, text });
    else arrivals.set(socket, [{ at, text }]);
  });
  return { simulator, arrivals };
}

/** Opens sockets in groups, so that the backlog of the listening socket does not overflow. */
async function openAll(Class: typeof WebSocket, { url }: Simulator): Promise<WebSocket[]> {
  const sockets: WebSocket[] = [];
  onTestFinished(() => sockets.forEach((socket) => socket.terminate()));
  while (sockets.length < SOCKETS) {
    const group = times(100, () => new Class(`${url.replace('http', 'ws')}/sockets/sink`));
    sockets.push(...group);
    await Promise.all(
      group.map(
        (socket) =>
          new Promise<void>((resolve, reject) => {
            socket.once('open', resolve);
            socket.once('error', reject);
          }),
      ),
    );
  }
  return sockets;
}

const messagesOf = (socket: number): string[] => times(FRAMES, (n) => `${socket}:${n}`);

test('bare: the platform closes all 1,000 sockets with 1008, and a third of the messages is lost', async () => {
  const { simulator, arrivals } = await startPlatform();
  const sockets = await openAll(WebSocket, simulator);
  const codes: number[] = [];
  for (const socket of sockets) socket.on('close', (code) => codes.push(code));
  for (const [n, socket] of sockets.entries()) for (const text of messagesOf(n)) socket.send(text);
  await until(() => codes.length === SOCKETS, 'each socket is closed');
  expect(new Set(codes)).toEqual(new Set([1008]));
  const { closes, framesIn } = simulator.stats().sockets;
  expect(closes).toEqual({ 1008: SOCKETS });
  expect(framesIn).toBeGreaterThan(SOCKETS * PLATFORM.limit);
  expect([...arrivals.values()].map(({ length }) => length)).toEqual(times(SOCKETS, () => PLATFORM.limit));
});

test('guarded: all 30,000 messages arrive once, in order, at the pace of each socket, and no socket is closed', async () => {
  const { simulator, arrivals } = await startPlatform();
  const Guarded = guardWebSocket(WebSocket, {
    handshakes: { poolSize: 100, spacingMs: 0 },
    frames: { quotas: [{ ...QUOTA, enforcement: 'sliding' }] },
  });
  const sockets = await openAll(Guarded, simulator);
  let closed = 0;
  for (const socket of sockets) socket.on('close', () => closed++);
  const sent = await Promise.all(
    sockets.flatMap((socket, n) => messagesOf(n).map((text) => framesOf(socket).send(text))),
  );
  expect(sent).toHaveLength(SOCKETS * FRAMES);
  expect(sent.every((result) => result === 'sent')).toBe(true);
  await until(() => simulator.stats().sockets.framesIn === SOCKETS * FRAMES, 'all messages arrived');
  const { framesIn, closes, open } = simulator.stats().sockets;
  expect({ framesIn, closes, open, closed }).toEqual({
    framesIn: SOCKETS * FRAMES,
    closes: {},
    open: SOCKETS,
    closed: 0,
  });
  // Once, and in the order in which each socket sent them.
  expect(arrivals.size).toBe(SOCKETS);
  const wrong = times(SOCKETS, (n) => n).filter(
    (n) =>
      arrivals
        .get(String(n))
        ?.map(({ text }) => text)
        .join() !== messagesOf(n).join(),
  );
  expect(wrong).toEqual([]);
  // 30 messages of a socket never arrive within one second.
  const early = [...arrivals.values()].filter((list) => mostInWindow(list, PLATFORM.windowMs) > PLATFORM.limit);
  expect(early).toEqual([]);
  for (const socket of sockets) expect(framesOf(socket).queued).toBe(0);
});

// Row 10: WebSockets. It measures handshakes under an upgrade limit, frames under a frame limit, and compression. There is no peer;
// the control is the unguarded class.
import { framesOf, guardWebSocket } from '@holdline/websocket';
import WebSocket from 'ws';
import { table } from '../support/report.mjs';
import { num } from '../support/stats.mjs';
import { bucket, openAll, startServer } from '../support/websockets.mjs';

export const title = '10. WebSockets';

const UPGRADES = { perSec: 50, burst: 10 };
const FRAMES_PER_SEC = 200;

async function handshakes(guarded, many) {
  const server = await startServer({ takeUpgrade: bucket(UPGRADES.perSec, UPGRADES.burst) });
  const quotas = [{ limit: UPGRADES.perSec, windowMs: 1_000, enforcement: 'bucket', burst: UPGRADES.burst }];
  const Class = guarded ? guardWebSocket(WebSocket, { handshakes: { quotas } }) : WebSocket;
  const from = performance.now();
  const sockets = Array.from({ length: many }, () => new Class(server.url));
  const madeMs = performance.now() - from;
  const ends = await Promise.all(
    sockets.map(
      (socket) =>
        new Promise((resolve) => {
          socket.on('open', () => resolve(true));
          socket.on('error', () => resolve(false));
        }),
    ),
  );
  const ms = performance.now() - from;
  await server.stop();
  return { many, connected: ends.filter(Boolean).length, refused: server.stats.refused, ms, madeMs };
}

/** Offers frames in bursts over 1,000 sockets, five bursts a second, and closes all of them at the end. */
async function frames({ perSec, runMs, maxQueued }) {
  const arrivals = [];
  const latencies = [];
  const server = await startServer({
    onFrame(data) {
      arrivals.push(performance.now());
      latencies.push(performance.now() - Number(data));
    },
  });
  const Class = guardWebSocket(WebSocket, {
    handshakes: { poolSize: 100, spacingMs: 0 },
    frames: { quotas: [{ limit: FRAMES_PER_SEC, windowMs: 1_000, scope: 'host' }], maxQueued },
  });
  const sockets = await openAll(() => new Class(server.url, { perMessageDeflate: false }), 1_000);
  const counts = { offered: 0, sent: 0, refused: 0, returned: 0 };
  let closed = 0;
  for (const socket of sockets) socket.on('close', () => closed++);
  globalThis.gc();
  const heapBefore = process.memoryUsage().heapUsed;
  const settled = [];
  const offer = () => {
    const socket = sockets[Math.floor(Math.random() * sockets.length)];
    counts.offered++;
    settled.push(
      framesOf(socket)
        .send(String(performance.now()))
        .then(
          () => counts.sent++,
          ({ code }) => (code === 'HOLDLINE_QUEUE_FULL' ? counts.refused++ : counts.returned++),
        ),
    );
  };
  for (let at = 0; at < runMs; at += 200) {
    for (let i = 0; i < perSec / 5; i++) offer();
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const closedByPeer = closed;
  globalThis.gc();
  const heapMb = (process.memoryUsage().heapUsed - heapBefore) / 1e6;
  for (const socket of sockets) socket.terminate();
  await Promise.all(settled);
  await server.stop();
  latencies.sort((a, b) => a - b);
  let most = 0;
  for (let i = 0, j = 0; i < arrivals.length; i++) {
    while (arrivals[i] - arrivals[j] >= 1_000) j++;
    most = Math.max(most, i - j + 1);
  }
  const at = (part) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * part))] ?? 0;
  return { ...counts, p50: at(0.5), p99: at(0.99), most, closedByPeer, heapMb };
}

async function compression(deflate, many) {
  const text = JSON.stringify({
    topicName: 'v2.users.0a1b2c3d.presence',
    eventBody: Array.from({ length: 30 }, (_, i) => ({
      id: `conversation-${i}`,
      state: 'CONNECTED',
      direction: 'INBOUND',
    })),
  });
  let got = 0;
  let all;
  const received = new Promise((resolve) => (all = resolve));
  const server = await startServer({ deflate, onFrame: () => ++got === many && all() });
  const [socket] = await openAll(
    () => new (guardWebSocket(WebSocket, { frames: { maxQueued: Infinity } }))(server.url),
    1,
  );
  const cpu = process.cpuUsage();
  for (let i = 0; i < many; i++) socket.send(text);
  await received;
  const { user, system } = process.cpuUsage(cpu);
  const bytes = socket._socket.bytesWritten;
  const { extensions } = socket;
  await server.stop();
  return { many, extensions, bytes: bytes / many, payload: text.length, cpuMs: (user + system) / 1_000 };
}

export async function run({ short }) {
  const many = short ? 200 : 500;
  const runMs = short ? 5_000 : 30_000;
  return {
    handshakes: { bare: await handshakes(false, many), guarded: await handshakes(true, many) },
    frames: {
      150: await frames({ perSec: 150, runMs }),
      400: await frames({ perSec: 400, runMs, maxQueued: 1 }),
    },
    compression: { off: await compression(false, 2_000), on: await compression({ threshold: 0 }, 2_000) },
  };
}

export function render({ handshakes: shakes, frames: sent, compression: packed }) {
  const ideal = ((shakes.guarded.many - UPGRADES.burst) / UPGRADES.perSec) * 1_000;
  const first = table(
    ['', 'connected', 'refused', 's until the last', 'of the ideal time'],
    Object.entries(shakes).map(([name, { connected, refused, ms }]) => [
      name === 'bare' ? 'ws, bare' : 'ws, guarded',
      num(connected),
      num(refused),
      name === 'bare' ? '–' : (ms / 1_000).toFixed(2),
      name === 'bare' ? '–' : `${((ms / ideal) * 100).toFixed(1)} %`,
    ]),
  );
  const second = table(
    [
      'offered',
      'frames',
      'sent',
      'refused',
      'returned',
      'accounted for',
      'p50 ms',
      'p99 ms',
      'most in 1 s',
      'closed',
      'heap MB',
    ],
    Object.entries(sent).map(
      ([perSec, { offered, sent: out, refused, returned, p50, p99, most, closedByPeer, heapMb }]) => [
        `${perSec}/s`,
        num(offered),
        num(out),
        num(refused),
        num(returned),
        out + refused + returned === offered ? 'all' : `**${offered - out - refused - returned} missing**`,
        p50.toFixed(1),
        p99.toFixed(1),
        most,
        closedByPeer,
        heapMb.toFixed(1),
      ],
    ),
  );
  const third = table(
    ['permessage-deflate', 'bytes a message', 'on the wire', 'CPU ms for all, both ends'],
    Object.entries(packed).map(([name, { bytes, payload, cpuMs }]) => [name, num(payload), num(bytes), num(cpuMs)]),
  );
  return [
    `**${num(shakes.guarded.many)} sockets of \`ws\` at once, ${UPGRADES.perSec} upgrades a second allowed, ${UPGRADES.burst} at once.** ` +
      `The ideal time is ${(ideal / 1_000).toFixed(1)} s. Creating the guarded sockets took ${num(shakes.guarded.madeMs)} ms of their time.\n\n${first}`,
    `**1,000 sockets, ${FRAMES_PER_SEC} frames a second allowed over all of them, offered in five bursts a second.** Latency: from \`send()\` to ` +
      `receipt by the peer, in one process. At 400/s, one frame per socket may wait. All sockets close at the end.\n\n${second}`,
    `**Compression**, ${num(packed.on.many)} messages of JSON on one socket.\n\n${third}`,
  ].join('\n\n');
}

// Row 20: a flood of messages on 1,000 sockets, each with a limit of its own. The control is the unguarded class.
import { framesOf, guardWebSocket } from '@holdline/websocket';
import WebSocket from 'ws';
import { table } from '../support/report.mjs';
import { num } from '../support/stats.mjs';
import { openAll, startServer } from '../support/websockets.mjs';

export const title = '20. A flood of messages on 1,000 sockets';

const SOCKETS = 1_000;
/** What the guarded class allows each socket. */
const QUOTA = { limit: 20, windowMs: 1_000 };
/** The load comes in slices of this length, ms, so that no timer of its own delays it. */
const SLICE_MS = 20;
const TARGET_MS = 200;

/** Sends `perSec` messages over all sockets in turn. Latency: from `send()` to receipt by the peer, in one process. */
async function flood({ guarded, perSec, runMs }) {
  const latencies = [];
  const server = await startServer({
    onFrame: (data) => void latencies.push(performance.now() - Number(data)),
  });
  const Class = guarded
    ? guardWebSocket(WebSocket, { handshakes: { poolSize: 100, spacingMs: 0 }, frames: { quotas: [QUOTA] } })
    : WebSocket;
  const sockets = await openAll(() => new Class(server.url, { perMessageDeflate: false }), SOCKETS);
  let closed = 0;
  let unsent = 0;
  for (const socket of sockets) socket.on('close', () => closed++);
  const send = guarded
    ? (socket, text) =>
        void framesOf(socket)
          .send(text)
          .catch(() => unsent++)
    : (socket, text) => socket.send(text);
  const cpu = process.cpuUsage();
  const from = performance.now();
  let offered = 0;
  for (let elapsed = 0; elapsed < runMs; elapsed = performance.now() - from) {
    const due = Math.floor((perSec * elapsed) / 1_000);
    for (; offered < due; offered++) send(sockets[offered % SOCKETS], String(performance.now()));
    await new Promise((resolve) => setTimeout(resolve, SLICE_MS));
  }
  for (let waits = 0; latencies.length + unsent < offered && waits < 500; waits++)
    await new Promise((resolve) => setTimeout(resolve, SLICE_MS));
  const { user, system } = process.cpuUsage(cpu);
  const closedByPeer = closed;
  for (const socket of sockets) socket.terminate();
  await server.stop();
  latencies.sort((a, b) => a - b);
  const at = (part) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * part))] ?? NaN;
  return {
    offered,
    arrived: latencies.length,
    unsent,
    closed: closedByPeer,
    p50: at(0.5),
    p99: at(0.99),
    max: at(1),
    cpuUs: (user + system) / offered,
  };
}

export async function run({ short }) {
  const runMs = short ? 1_000 : 20_000;
  const rows = [];
  for (const perSec of [1_000, 5_000, 10_000])
    for (const guarded of [false, true]) rows.push({ perSec, guarded, ...(await flood({ guarded, perSec, runMs })) });
  return { runMs, rows };
}

export function render({ runMs, rows }) {
  const body = table(
    ['offered', '', 'frames', 'arrived', 'unsent', 'closed', 'p50 ms', 'p99 ms', 'longest ms', 'CPU µs a frame'],
    rows.map(({ perSec, guarded, offered, arrived, unsent, closed, p50, p99, max, cpuUs }) => [
      `${num(perSec)}/s`,
      guarded ? '`ws`, guarded' : '`ws`, bare',
      num(offered),
      arrived === offered ? 'all' : `**${num(offered - arrived)} missing**`,
      num(unsent),
      num(closed),
      p50.toFixed(1),
      p99.toFixed(1),
      max.toFixed(0),
      num(cpuUs),
    ]),
  );
  const worst = Math.max(...rows.filter(({ guarded }) => guarded).map(({ p99 }) => p99));
  return [
    `${num(SOCKETS)} sockets, ${num(QUOTA.limit)} frames per second allowed on each, offered in turn for ${num(runMs / 1_000)} s. Latency: from \`send()\` to receipt by the peer; both ends in one process, CPU of both.`,
    '',
    body,
    '',
    `The target is a p99 below ${TARGET_MS} ms for guarded frames. The worst p99 is ${worst.toFixed(1)} ms, so it is ${worst < TARGET_MS ? 'met' : 'missed'}.`,
  ].join('\n');
}

// Row 20: the simulator as the target of load tests. Requests arrive at a constant rate, whatever the answers do, and messages arrive on
// 1,000 WebSockets. The control is a bare server of Node that always answers the same.
import WebSocket from 'ws';
import { offer } from '../support/open-loop.mjs';
import { table } from '../support/report.mjs';
import { getTokens, startControlProcess, startSimulatorProcess, writeRequests } from '../support/simulator-process.mjs';
import { median, num } from '../support/stats.mjs';
import { openAll } from '../support/websockets.mjs';

export const title = '20. The simulator as a target of load tests';

const PER_SEC = 2_000;
const WARM_UP_MS = 2_000;
/** 240 requests a minute for each token, below the documented limit of 300. */
const TOKENS = 500;
const SOCKETS = 1_000;
const FRAMES_PER_SEC = 5_000;

async function request(server, next, runMs) {
  const cpuBefore = server.cpuMs();
  const { statuses, ...measured } = await offer({
    port: server.port,
    perSec: PER_SEC,
    runMs,
    warmUpMs: WARM_UP_MS,
    next,
  });
  const requests = ((runMs + WARM_UP_MS) * PER_SEC) / 1_000;
  const answered = Object.values(statuses).reduce((sum, count) => sum + count, 0);
  return { ...measured, cpuUs: ((server.cpuMs() - cpuBefore) * 1_000) / requests, ok: (statuses[200] ?? 0) / answered };
}

/** Sends messages over all sockets in turn. Each comes back. */
async function flood(server, runMs) {
  const url = `ws://127.0.0.1:${server.port}/sockets/echo`;
  const from = performance.now();
  const sockets = await openAll(() => new WebSocket(url, { perMessageDeflate: false }), SOCKETS);
  const openMs = performance.now() - from;
  const latencies = [];
  for (const socket of sockets) {
    socket.on('message', (data) => latencies.push(performance.now() - Number(data.toString('latin1', 0, 20))));
  }
  const cpuBefore = server.cpuMs();
  const startedAt = performance.now();
  let sent = 0;
  while (performance.now() - startedAt < runMs) {
    const due = ((performance.now() - startedAt) * FRAMES_PER_SEC) / 1_000;
    for (; sent < due; sent += 1) {
      sockets[sent % SOCKETS].send(String(performance.now()).padEnd(20) + 'x'.repeat(200));
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const giveUpAt = performance.now() + 10_000;
  while (latencies.length < sent && performance.now() < giveUpAt)
    await new Promise((resolve) => setTimeout(resolve, 10));
  const cpuUs = ((server.cpuMs() - cpuBefore) * 1_000) / sent;
  for (const socket of sockets) socket.terminate();
  latencies.sort((a, b) => a - b);
  const at = (part) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * part))] ?? 0;
  return { openMs, sent, returned: latencies.length, cpuUs, p50: at(0.5), p99: at(0.99) };
}

export async function run({ short }) {
  const [rounds, runMs] = short ? [1, 4_000] : [5, 10_000];
  const control = await startControlProcess();
  const simulator = await startSimulatorProcess({ platform: 'genesys', operations: true });
  const tokens = await getTokens(simulator.url, TOKENS);
  const servers = { 'node:http, always the same answer': control, 'holdline simulator': simulator };
  const rows = Object.fromEntries(Object.keys(servers).map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, server] of Object.entries(servers)) {
      rows[name].push(await request(server, writeRequests(tokens), runMs));
    }
  }
  const residentMb = simulator.residentMb();
  const floods = [];
  for (let round = 0; round < rounds; round += 1) floods.push(await flood(simulator, runMs / 2));
  await control.stop();
  await simulator.stop();
  return { rows, rounds, runMs, residentMb, floods };
}

export function render({ rows, rounds, runMs, residentMb, floods }) {
  const middle = (runs, key) => median(runs.map((one) => one[key]));
  const first = table(
    ['', 'answered/s', '200 %', 'p50 ms', 'p99 ms', 'p99.9 ms', 'best p99', 'CPU µs a request'],
    Object.entries(rows).map(([name, runs]) => [
      name,
      num(middle(runs, 'perSec')),
      (middle(runs, 'ok') * 100).toFixed(1),
      middle(runs, 'p50').toFixed(2),
      middle(runs, 'p99').toFixed(1),
      middle(runs, 'p999').toFixed(1),
      Math.min(...runs.map(({ p99 }) => p99)).toFixed(1),
      num(middle(runs, 'cpuUs')),
    ]),
  );
  const total = (key) => floods.reduce((sum, one) => sum + one[key], 0);
  const second = table(
    ['sockets', 'opened in ms', 'messages', 'echoed', 'p50 ms', 'p99 ms', 'best p99', 'CPU µs a message'],
    [
      [
        num(SOCKETS),
        num(middle(floods, 'openMs')),
        num(total('sent')),
        num(total('returned')),
        middle(floods, 'p50').toFixed(2),
        middle(floods, 'p99').toFixed(1),
        Math.min(...floods.map(({ p99 }) => p99)).toFixed(1),
        num(middle(floods, 'cpuUs')),
      ],
    ],
  );
  return [
    `**${num(PER_SEC)} requests a second, constant arrivals, ${TOKENS} tokens, 64 connections.** Medians of ${rounds} runs of ${runMs / 1_000} s, one after the other in turn. ` +
      `Latencies count from the time at which a request was due. Load generator, simulator and control ran on the same machine. The simulator had limits, wire log and page on, and ${num(residentMb)} MB at the end.\n\n${first}`,
    `**${num(FRAMES_PER_SEC)} messages a second over ${num(SOCKETS)} WebSockets**, each echoed. Medians of ${rounds} runs of ${runMs / 2_000} s.\n\n${second}`,
  ].join('\n\n');
}

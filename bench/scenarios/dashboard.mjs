// Row 15: CPU of a process whose line reports 1,000 events per second, alone, with a monitor, and with a dashboard that one reader watches.
import { fork } from 'node:child_process';
import { get } from 'node:http';
import { answered, createHoldline } from '@holdline/core';
import { dashboard } from '@holdline/dashboard';
import { monitor } from '@holdline/monitor';
import { runInChild } from '../support/child.mjs';
import { table } from '../support/report.mjs';
import { num, spread, withSpread } from '../support/stats.mjs';

export const title = '15. CPU of the dashboard';
export const alone = true;

const EVENTS_PER_SEC = 1_000;
const TICK_MS = 10;
const ROUTES = 20;

const KINDS = {
  'line alone, one listener per event': () => undefined,
  'with a monitor': (line) => monitor(line, { alerts: false }),
  'with a dashboard, no reader': (line) => dashboard(line, { port: 0, alerts: false }),
  'with a dashboard and its alerts, one reader': async (line) => {
    const served = await dashboard(line, { port: 0 });
    // The reader is another process, so that its CPU does not count.
    const reader = fork(import.meta.filename, ['read', served.url], { stdio: 'ignore' });
    await new Promise((resolve) => reader.once('message', resolve));
    process.once('exit', () => reader.kill('SIGKILL'));
    return served;
  },
};

function readStream(url) {
  get(`${url}api/stream`, (response) => {
    process.send('open');
    response.resume();
    response.on('close', () => process.exit());
  });
}
if (process.argv[2] === 'read') readStream(process.argv[3]);

/** Runs the load for `ms`, and returns the used part of one core. */
export async function measure({ kind, ms }) {
  const line = createHoldline({ governor: { quotas: [{ limit: 1_000_000, windowMs: 60_000 }] } });
  let events = 0;
  // A line without listeners makes no events. All rows have the same ones.
  for (const name of ['callStarted', 'attemptStarted', 'attempt', 'call']) line.on(name, () => events++);
  await KINDS[kind](line);
  const header = () => undefined;
  const headers = { get: header, set: header };
  const requestOf = (i) => ({
    method: 'GET',
    url: `https://api.example.com/api/v2/route-${i % ROUTES}/items`,
    headers,
    replayable: true,
    send: async () => answered('ok', { status: 200, header }),
    context: { tenant: `tenant-${i % 10}` },
  });
  let calls = 0;
  const load = async (until) => {
    const from = performance.now();
    const before = calls;
    while (performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, TICK_MS));
      const due = before + ((performance.now() - from) * EVENTS_PER_SEC) / 1_000 / 4;
      const running = [];
      while (calls < due) running.push(line.run(requestOf(calls++)));
      await Promise.all(running);
    }
  };
  await load(performance.now() + 3_000);
  events = 0;
  const [start, usage] = [performance.now(), process.cpuUsage()];
  await load(start + ms);
  const { user, system } = process.cpuUsage(usage);
  const wallMs = performance.now() - start;
  return { part: (user + system) / 1_000 / wallMs, rate: (events * 1_000) / wallMs };
}

export async function run({ short }) {
  const [rounds, ms] = short ? [2, 3_000] : [3, 10_000];
  const rows = Object.keys(KINDS).map((kind) => ({ kind, parts: [], rates: [] }));
  for (let round = 0; round < rounds; round++) {
    for (const row of rows) {
      const { part, rate } = await runInChild('dashboard', 'measure', { kind: row.kind, ms }, { timeoutMs: 120_000 });
      row.parts.push(part * 100);
      row.rates.push(rate);
    }
  }
  return {
    rounds,
    ms,
    rows: rows.map(({ kind, parts, rates }) => ({ kind, part: spread(parts), rate: spread(rates).median })),
  };
}

export function render({ rounds, ms, rows }) {
  const [bare] = rows;
  const head = ['', `% of one core, median of ${rounds} (min–max)`, 'more than the line alone', 'events per second'];
  const body = rows.map(({ kind, part, rate }) => [
    kind,
    withSpread(part),
    kind === bare.kind ? '–' : `${num(part.median - bare.part.median)} points`,
    num(rate),
  ]);
  const note =
    `Each row is a process with a line that makes ${EVENTS_PER_SEC / 4} calls per second over ${ROUTES} routes, with four events each, for ` +
    `${ms / 1_000} s after 3 s of warm-up. CPU is that of all threads of the process. The reader of the stream is another process.`;
  return `${table(head, body)}\n\n${note}`;
}

// Row 7: the cost that the guard adds to a real axios GET over a loopback connection with keep-alive.
import { guardAxios } from '@holdline/axios';
import { release } from '@holdline/core';
import axios from 'axios';
import rateLimit from 'axios-rate-limit';
import axiosRetry from 'axios-retry';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent } from 'node:http';
import { join } from 'node:path';
import { table } from '../support/report.mjs';
import { median, spread, times, withSpread } from '../support/stats.mjs';

export const title = '7. A guarded axios GET over loopback';

const CONFIG = { governor: { quotas: [{ limit: 1_000_000, windowMs: 1_000 }] } };

function createContestants(url) {
  const create = () => axios.create({ httpAgent: new Agent({ keepAlive: true }) });
  const bare = create();
  const guarded = guardAxios(create(), CONFIG);
  const retried = create();
  axiosRetry(retried);
  const limited = rateLimit(create(), { maxRequests: 1_000_000, perMilliseconds: 1_000 });
  const agent = new Agent({ keepAlive: true });
  const direct = () => axios.get(url, { httpAgent: agent });
  return [
    { name: 'axios.create(), bare', call: () => bare.get(url) },
    { name: 'axios.create(), Holdline', ours: true, against: 0, call: () => guarded.get(url) },
    { name: 'axios.create(), axios-retry', against: 0, call: () => retried.get(url) },
    { name: 'axios.create(), axios-rate-limit', against: 0, call: () => limited.get(url) },
    { name: 'axios itself, bare', call: direct },
    // There is only one axios, so it is guarded only during its own batches.
    {
      name: 'axios itself, Holdline',
      ours: true,
      against: 4,
      before: () => guardAxios(axios, CONFIG),
      after: () => release(axios),
      call: direct,
    },
  ];
}

/** Returns the indexes in random order, because the contestant before a batch affects the batch. */
function shuffleIndexes(length) {
  const order = Array.from({ length }, (_, at) => at);
  for (let at = length - 1; at > 0; at--) {
    const other = Math.floor(Math.random() * (at + 1));
    [order[at], order[other]] = [order[other], order[at]];
  }
  return order;
}

export async function run({ short }) {
  const batch = short ? 60 : 200;
  const rounds = short ? 15 : 60;
  const warmUp = short ? 5 : 10;
  const server = fork(join(import.meta.dirname, '../support/http-server.mjs'), { execArgv: [] });
  try {
    const [{ port }] = await once(server, 'message');
    const all = createContestants(`http://127.0.0.1:${port}/api/v2/users/me`);
    const us = all.map(() => []);
    const cpu = all.map(() => []);
    for (let round = 0; round < rounds + warmUp; round++) {
      for (const at of shuffleIndexes(all.length)) {
        const { before, after, call } = all[at];
        before?.();
        await call();
        const from = performance.now();
        const cpuFrom = process.cpuUsage();
        for (let n = 0; n < batch; n++) await call();
        const { user, system } = process.cpuUsage(cpuFrom);
        const took = performance.now() - from;
        after?.();
        if (round < warmUp) continue;
        us[at].push((took * 1_000) / batch);
        cpu[at].push((user + system) / batch);
      }
    }
    const rows = all.map(({ name, ours = false, against }, i) => ({
      name,
      ours,
      us: spread(us[i]),
      cpu: spread(cpu[i]),
      ...(against !== undefined && {
        ratio: median(us[i].map((value, round) => value / us[against][round])),
        cpuRatio: median(cpu[i].map((value, round) => value / cpu[against][round])),
        addedUs: median(cpu[i].map((value, round) => value - cpu[against][round])),
      }),
    }));
    return { batch, rounds, rows };
  } finally {
    server.kill();
  }
}

export function render({ batch, rounds, rows }) {
  const peers = rows.filter(({ ours, ratio }) => !ours && ratio !== undefined);
  const best = Math.min(...peers.map(({ cpu }) => cpu.median));
  const body = rows.map(({ name, us, cpu, ratio, cpuRatio, addedUs }) => [
    name,
    withSpread(us),
    withSpread(cpu),
    times3(ratio),
    times3(cpuRatio),
    addedUs === undefined ? '–' : addedUs.toFixed(1),
    times(cpu.median / best),
  ]);
  const head = [
    '',
    'µs per GET (min–max)',
    'CPU µs per GET',
    'time : bare',
    'CPU : bare',
    'CPU µs added',
    'CPU : best peer',
  ];
  const note =
    `Interleaved batches of ${batch} sequential GETs, ${rounds} rounds. Each ratio is the median of the ratios to the bare batch of the ` +
    'same round. CPU time is that of this process. The server is a separate process, and most of the duration is waiting for it.';
  return `${table(head, body)}\n\n${note}`;
}

const times3 = (value) => (value === undefined ? '–' : `${value.toFixed(3)}x`);

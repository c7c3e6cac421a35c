// Row 11: four processes share one quota on Redis. The platform counts exactly: in any window, at the time of sending.
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { answered, createHoldline } from '@holdline/core';
import { redisStore } from '@holdline/redis';
import Bottleneck from 'bottleneck';
import Redis from 'ioredis';
import { RateLimiterQueue, RateLimiterRedis } from 'rate-limiter-flexible';
import { startRedis } from '../../scripts/redis.mjs';
import { runInChild } from '../support/child.mjs';
import { table } from '../support/report.mjs';
import { median, num, percent, times } from '../support/stats.mjs';

export const title = '11. A fleet: four processes, one quota, on Redis';
export const alone = true;

const PROCESSES = 4;
const WINDOW_MS = 1_000;
/** Duration of an attempt. */
const SERVICE_MS = 3;
const WARM_UP_MS = 3_000;

const header = () => undefined;

/** The contestants, set up as their documentation says, for `limit` per second over all processes. `call()` makes one paced attempt. */
const CONTESTANTS = {
  'Holdline + @holdline/redis': ({ url, limit, send }) => {
    const store = redisStore({ url });
    const line = createHoldline({
      store,
      retry: false,
      governor: { quotas: [{ limit, windowMs: WINDOW_MS }], enforcement: 'sliding' },
    });
    const request = {
      method: 'GET',
      url: 'https://api.example.com/api/v2/users/me',
      headers: { get: header, set: header },
      replayable: true,
      send: async () => answered(await send(), { status: 200, header }),
    };
    return {
      call: () => line.run(request),
      stop: async () => {
        await line.close();
        await store.close();
      },
    };
  },
  'bottleneck clustering (ioredis)': ({ url, limit, send }) => {
    const limiter = new Bottleneck({
      id: 'bench',
      datastore: 'ioredis',
      clearDatastore: false,
      clientOptions: url,
      Redis,
      heartbeatInterval: 250,
      reservoir: limit,
      reservoirRefreshAmount: limit,
      reservoirRefreshInterval: WINDOW_MS,
    });
    limiter.on('error', () => undefined);
    return { call: () => limiter.schedule(send), stop: () => limiter.disconnect(true) };
  },
  'rate-limiter-flexible queue + Redis': ({ url, limit, send }) => {
    const storeClient = new Redis(url, { enableOfflineQueue: false });
    storeClient.on('error', () => undefined);
    const limiter = new RateLimiterRedis({
      storeClient,
      points: limit,
      duration: WINDOW_MS / 1_000,
      keyPrefix: 'bench',
    });
    const queue = new RateLimiterQueue(limiter, { maxQueueSize: 100_000 });
    return {
      async call() {
        await queue.removeTokens(1);
        return send();
      },
      stop: () => storeClient.disconnect(),
    };
  },
};
const [OURS] = Object.keys(CONTESTANTS);

/** Waits until all processes are loaded, which takes long on a busy machine. Returns the start time. */
async function startTogether(adminUrl) {
  const redis = new Redis(adminUrl);
  await redis.incr('bench:ready');
  let startAt;
  while (!startAt) {
    await sleep(20);
    startAt = Number(await redis.get('bench:start'));
  }
  redis.disconnect();
  return startAt;
}

/** Runs one process. Returns the times of its attempts and their CPU time. */
export async function member({ name, url, adminUrl, limit, runMs }) {
  const now = () => performance.timeOrigin + performance.now();
  const sent = [];
  const send = async () => {
    sent.push(now());
    await sleep(SERVICE_MS);
  };
  const { call, stop } = CONTESTANTS[name]({ url, limit, send });
  const startAt = await startTogether(adminUrl);
  await sleep(Math.max(0, startAt - now()));
  const end = startAt + runMs;
  let failed = 0;
  let firstFailure;
  const work = async () => {
    while (now() < end) {
      try {
        await call();
      } catch (error) {
        failed++;
        firstFailure ??= error?.message ?? String(error);
        await sleep(20);
      }
    }
  };
  const workers = Math.max(25, Math.ceil(limit / 20));
  const running = Array.from({ length: workers }, work);
  await sleep(Math.max(0, startAt + WARM_UP_MS - now()));
  const cpu = process.cpuUsage();
  const before = sent.length;
  await sleep(Math.max(0, end - now()));
  const { user, system } = process.cpuUsage(cpu);
  const cpuUs = (user + system) / Math.max(1, sent.length - before);
  // A worker that does not end within 5 s hangs permanently.
  const hung = (await Promise.race([Promise.all(running), sleep(5_000).then(() => 'hung')])) === 'hung';
  await Promise.race([stop(), sleep(1_000)]);
  return { sent: sent.filter((at) => at < end), cpuUs, failed, firstFailure, hung };
}

async function countScripts(redis) {
  const text = await redis.info('commandstats');
  return [...text.matchAll(/cmdstat_eval(?:sha)?:calls=(\d+)/g)].reduce((sum, [, calls]) => sum + Number(calls), 0);
}

/** Starts a proxy that delays all bytes. */
async function startSlowProxy(port, ms) {
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    const forward = (from, to) => {
      from.on('data', (chunk) => setTimeout(() => to.destroyed || to.write(chunk), ms));
      from.on('error', () => to.destroy());
      from.on('close', () => to.destroy());
    };
    forward(near, far);
    forward(far, near);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `redis://127.0.0.1:${server.address().port}`, stop: () => server.close() };
}

/** Computes the grants and refusals of a platform that counts exactly, and the highest number of requests in any window. */
function judgeRequests(sent, limit) {
  const granted = [];
  let refused = 0;
  let most = 0;
  let first = 0;
  for (const [i, at] of sent.entries()) {
    while (at - sent[first] >= WINDOW_MS) first++;
    most = Math.max(most, i - first + 1);
    const nth = granted.length - limit;
    if (nth >= 0 && at - granted[nth] < WINDOW_MS) refused++;
    else granted.push(at);
  }
  return { granted, refused, most };
}

async function measure(name, { limit, runMs, latencyMs = 0, outage }) {
  const server = await startRedis();
  const way =
    latencyMs > 0 ? await startSlowProxy(server.port, latencyMs / 2) : { url: server.url, stop: () => undefined };
  const admin = new Redis(server.url);
  admin.on('error', () => undefined);
  try {
    const argument = { name, url: way.url, adminUrl: server.url, limit, runMs };
    const members = Array.from({ length: PROCESSES }, () =>
      runInChild('fleet', 'member', argument, { timeoutMs: runMs + 60_000 }),
    );
    const all = Promise.all(members);
    all.catch(() => undefined);
    while (Number(await admin.get('bench:ready')) < PROCESSES) await sleep(50);
    const startAt = Date.now() + 500;
    await admin.set('bench:start', startAt);
    await sleep(startAt + WARM_UP_MS - Date.now());
    const before = await countScripts(admin);
    if (outage) {
      await server.kill();
      await sleep(outage);
      await server.start();
    }
    await sleep(startAt + runMs - Date.now());
    const asked = outage ? undefined : (await countScripts(admin)) - before;
    const results = await all;
    const from = startAt + WARM_UP_MS;
    const sent = results.flatMap((one) => one.sent).sort((a, b) => a - b);
    const { granted, refused, most } = judgeRequests(sent, limit);
    const shares = results.map((one) => one.sent.filter((at) => at >= from).length);
    const counted = granted.filter((at) => at >= from).length;
    const back = startAt + WARM_UP_MS + (outage ?? 0) + 1_000;
    return {
      perSecond: (counted * 1_000) / (runMs - WARM_UP_MS),
      refused,
      most,
      exchanges:
        asked === undefined
          ? undefined
          : asked /
            Math.max(
              1,
              shares.reduce((sum, n) => sum + n, 0),
            ),
      cpuUs: median(results.map((one) => one.cpuUs)),
      fairness: Math.max(...shares) / Math.max(1, Math.min(...shares)),
      failed: results.reduce((sum, one) => sum + one.failed, 0),
      hung: results.filter((one) => one.hung).length,
      normalAfter1s:
        granted.filter((at) => at >= back && at < startAt + runMs).length / ((startAt + runMs - back) / 1_000),
    };
  } finally {
    admin.disconnect();
    way.stop();
    await server.stop();
  }
}

/** Repeats a measurement and returns the medians of all values. */
async function measureRepeatedly(name, options, runs) {
  const all = [];
  for (let i = 0; i < runs; i++) {
    try {
      all.push(await measure(name, options));
    } catch (error) {
      return { failed: String(error.message).split('\n')[0] };
    }
  }
  return Object.fromEntries(
    Object.keys(all[0]).map((key) => [
      key,
      all.some((one) => one[key] === undefined) ? undefined : median(all.map((one) => one[key])),
    ]),
  );
}

export async function run({ short }) {
  const runs = short ? 1 : 3;
  const runMs = WARM_UP_MS + (short ? 4_000 : 8_000);
  const rates = [
    { limit: 100, runMs },
    { limit: 2_000, runMs },
  ];
  const rows = [];
  for (const options of rates)
    for (const name of Object.keys(CONTESTANTS))
      rows.push({ name, ...options, ...(await measureRepeatedly(name, options, runs)) });
  const fast = { limit: 20_000, runMs, latencyMs: 4 };
  rows.push({ name: OURS, ...fast, ...(await measureRepeatedly(OURS, fast, runs)) });
  const outages = [];
  const lost = { limit: 200, runMs: WARM_UP_MS + 12_000, outage: 5_000 };
  for (const name of Object.keys(CONTESTANTS)) outages.push({ name, ...(await measureRepeatedly(name, lost, 1)) });
  return { rows, outages, runs, runMs };
}

export function render({ rows, outages, runs, runMs }) {
  const best = (row, key) => {
    const peers = rows.filter((one) => one.limit === row.limit && one.name !== OURS && typeof one[key] === 'number');
    return peers.length === 0 ? undefined : Math.min(...peers.map((one) => one[key]));
  };
  const ratio = (row, key) => (row.name === OURS && best(row, key) ? times(row[key] / best(row, key)) : '');
  const head = [
    'quota / s',
    'of it used',
    'refused',
    'most in 1 s',
    'scripts / call',
    'best peer',
    'CPU µs / call',
    'best peer',
    'max : min',
  ];
  const cells = rows.map((row) => [
    `${row.name}${row.latencyMs ? `, +${row.latencyMs} ms` : ''}`,
    num(row.limit),
    ...(typeof row.failed === 'string'
      ? [row.failed, '', '', '', '', '', '', '']
      : [
          percent(row.perSecond / row.limit),
          num(row.refused),
          num(row.most),
          num(row.exchanges),
          ratio(row, 'exchanges'),
          num(row.cpuUs),
          ratio(row, 'cpuUs'),
          num(row.fairness),
        ]),
  ]);
  const lostHead = ['calls that failed', 'processes that hang', 'most in 1 s', 'per s from 1 s after'];
  const lostCells = outages.map((row) =>
    typeof row.failed === 'string'
      ? [row.name, row.failed, '', '', '']
      : [row.name, num(row.failed), num(row.hung), num(row.most), num(row.normalAfter1s)],
  );
  return [
    `${PROCESSES} processes request more than the quota for ${(runMs - WARM_UP_MS) / 1_000} s, after a warm-up of ${WARM_UP_MS / 1_000} s; medians of ${runs} runs. Refused: requests that a platform with an exact sliding window of one second would refuse. CPU: time of the client for the whole call.`,
    table(['', ...head], cells),
    '### Redis killed for 5 s, back empty, at 200 per second',
    table(['', ...lostHead], lostCells),
  ].join('\n\n');
}

// One process of the soak. It makes random calls and reports the start and the end of each call, its dead letters and its memory.
import { Readable } from 'node:stream';
import { guardAxios } from '@holdline/axios';
import { callInfo, createHoldline, isHoldlineError, systemClock, withCall } from '@holdline/core';
import { fileStore } from '@holdline/core/node';
import { assertNoStalledCalls, seededRandom } from '@holdline/core/testing';
import { guardFetch } from '@holdline/fetch';
import { redisStore } from '@holdline/redis';
import axios from 'axios';

const { name, url, seed, redis, dir, key, paths, again } = JSON.parse(process.argv[2]);
const report = (message) => process.connected && process.send(message);
process.on('unhandledRejection', (error) => report({ what: 'unhandled', message: String(error?.stack ?? error) }));

let jumpedMs = 0;
const clock = { ...systemClock, wall: () => systemClock.wall() + jumpedMs };
const store = redis ? redisStore({ url: redis, key }) : fileStore({ dir, key });
const grant = async () => {
  const response = await fetch(`${url}/oauth/token`, { method: 'POST', body: 'grant_type=client_credentials' });
  if (!response.ok) throw new Error(`the token endpoint answered ${response.status}`);
  return { accessToken: (await response.json()).access_token, expiresInMs: 60_000 };
};
const line = createHoldline({
  clock,
  store,
  token: { grant, name: 'soak', origins: [url] },
  governor: { quotas: [{ limit: 500, windowMs: 1_000 }], maxQueued: 200 },
  retry: { maxAttempts: 4, baseDelayMs: 50, maxDelayMs: 500 },
  breaker: { openMs: 500 },
  deadline: { attemptTimeoutMs: 1_000, totalTimeoutMs: 8_000 },
  endpoints: { [`POST ${paths.keyed}`]: { keyed: true } },
});
line.on('deadLetter', ({ what, reason }) => report({ what: 'letter', state: what, reason }));
const api = guardAxios(axios.create({ baseURL: url }), line);
const guarded = guardFetch(fetch, line);

const random = seededRandom(seed);
const chance = (part) => random.next() < part;
let calls = 0;
const active = new Set();

async function fetchText(path, init) {
  const response = await guarded(`${url}${path}`, init);
  const text = await response.text();
  if (!response.ok) throw Object.assign(new Error(text), { status: response.status });
  return text;
}

const json = (id) => JSON.stringify({ id });
const MAKE = {
  read: () => (chance(0.5) ? api.get(paths.read) : fetchText(paths.read)),
  keyed: (id) => withCall({ transaction: id, step: 'write' }, () => api.post(paths.keyed, { id })),
  unkeyed: (id) =>
    chance(0.5) ? api.post(paths.write, { id }) : fetchText(paths.write, { method: 'POST', body: json(id) }),
  stream: (id) => api.post(paths.write, Readable.from([Buffer.from(json(id))])),
};

function nameOf(error) {
  if (isHoldlineError(error)) return error.name;
  const status = callInfo(error)?.status ?? error?.status;
  return status >= 400 ? `status ${status}` : 'client error';
}

async function call(kind, id) {
  const timer = { kind, id };
  active.add(timer);
  report({ what: 'started', kind, id });
  const signal = chance(0.03) ? AbortSignal.timeout(Math.round(20 + random.next() * 500)) : undefined;
  const made = signal ? withCall({ signal }, () => MAKE[kind](id)) : MAKE[kind](id);
  const end = await made.then(
    () => 'answer',
    (error) => (signal?.aborted && !isHoldlineError(error) ? 'aborted' : nameOf(error)),
  );
  active.delete(timer);
  report({ what: 'ended', kind, id, end });
}

const kinds = ['read', 'read', 'keyed', 'keyed', 'unkeyed', 'unkeyed', 'stream'];
const sample = () => {
  globalThis.gc?.();
  const handles = process.getActiveResourcesInfo().filter((resource) => resource !== 'Timeout').length;
  report({ what: 'sample', heap: process.memoryUsage().heapUsed, handles, active: active.size });
};
for (const id of again ?? []) void call('keyed', id);
const ticks = setInterval(() => void call(kinds[Math.floor(random.next() * kinds.length)], `${name}-${calls++}`), 50);
const samples = setInterval(sample, 2_000);

process.on('message', async ({ command, ms }) => {
  if (command === 'jump') jumpedMs += ms;
  if (command !== 'stop') return;
  clearInterval(ticks);
  clearInterval(samples);
  const started = performance.now();
  while (active.size > 0 && performance.now() - started < 30_000)
    await new Promise((resolve) => setTimeout(resolve, 20));
  await line.drain();
  let stalled = '';
  try {
    assertNoStalledCalls(line);
  } catch (error) {
    stalled = error.message;
  }
  const { calls: open, queued, inFlight, deadLetters, listenerFailures } = line.snapshot();
  await line.close();
  await store.close();
  report({ what: 'stopped', open, queued, inFlight, listenerFailures, deadLetters, stalled, unfinished: active.size });
  // From here on, nothing keeps the process alive.
  process.disconnect();
});
report({ what: 'ready' });

// One process of the soak. It makes random calls and reports the start and the end of each call, its dead letters and its memory.
import { Readable } from 'node:stream';
import { guardAxios } from '@holdline/axios';
import { callInfo, createHoldline, isHoldlineError, systemClock, withCall, withTransaction } from '@holdline/core';
import { fileStore } from '@holdline/core/node';
import { assertNoStalledCalls, seededRandom } from '@holdline/core/testing';
import { guardFetch } from '@holdline/fetch';
import { redisStore } from '@holdline/redis';
import axios from 'axios';

const { name, url, seed, redis, dir, key, limit, windowMs, paths, again } = JSON.parse(process.argv[2]);
const report = (message) => process.connected && process.send(message);
process.on('unhandledRejection', (error) => report({ what: 'unhandled', message: String(error?.stack ?? error) }));

let jumpedMs = 0;
const clock = { ...systemClock, wall: () => systemClock.wall() + jumpedMs };
// All letters of the run fit into the store: none may be lost.
const MAX_LETTERS = 100_000;
const store = redis
  ? redisStore({ url: redis, key, maxLetters: MAX_LETTERS })
  : fileStore({ dir, key, clock, maxLetters: MAX_LETTERS });
const grant = async () => {
  const response = await fetch(`${url}/oauth/token`, { method: 'POST', body: 'grant_type=client_credentials' });
  if (!response.ok) throw new Error(`the token endpoint answered ${response.status}`);
  return { accessToken: (await response.json()).access_token, expiresInMs: 60_000 };
};
/** Writes have the id of their call at the end of their path. */
const idOf = ({ url }) => url.slice(url.lastIndexOf('/') + 1);
const line = createHoldline({
  clock,
  store,
  token: { grant, name: 'soak', origins: [url] },
  governor: { quotas: [{ limit, windowMs }], enforcement: 'fixed', maxQueued: 500 },
  retry: { maxAttempts: 4, baseDelayMs: 50, maxDelayMs: 500 },
  breaker: { openMs: 500 },
  deadline: { attemptTimeoutMs: 1_000, totalTimeoutMs: 15_000 },
  deadLetters: {
    keep: (call) => {
      if (call.method === 'GET') return false;
      report({ what: 'given up', id: idOf(call) });
      return true;
    },
  },
  endpoints: { [`POST ${paths.keyed}/:id`]: { keyed: true }, [`POST ${paths.write}/:id`]: {} },
});
line.on('deadLetter', ({ what, reason, message }) => report({ what: 'letter', state: what, reason, message }));
line.on('gateClosed', ({ scope, forMs }) => report({ what: 'gate', scope, forMs }));
const api = guardAxios(axios.create({ baseURL: url }), line);
const guarded = guardFetch(fetch, line);

const random = seededRandom(seed);
const chance = (part) => random.next() < part;
let calls = 0;
let active = 0;
let isQuiet = false;

class BodyError extends Error {
  name = 'BodyError';
}

async function fetchText(path, init) {
  const response = await guarded(`${url}${path}`, init);
  // The call ends with the head of its answer. The application reads the body.
  const text = await response.text().catch((cause) => {
    throw new BodyError('the body of the answer failed', { cause });
  });
  if (!response.ok) throw Object.assign(new Error(text), { status: response.status });
  return text;
}

const json = (id) => JSON.stringify({ id });
const postKeyed = (id) => api.post(`${paths.keyed}/${id}`, { id });
const postUnkeyed = (id) => {
  const path = `${paths.write}/${id}`;
  return chance(0.5) ? api.post(path, { id }) : fetchText(path, { method: 'POST', body: json(id) });
};
const MAKE = {
  read: () => (chance(0.5) ? api.get(paths.read) : fetchText(paths.read)),
  keyed: (id) => withTransaction(id, () => postKeyed(id)),
  unkeyed: postUnkeyed,
  stream: (id) => api.post(`${paths.write}/${id}`, Readable.from([Buffer.from(json(id))])),
  'keyed step': postKeyed,
  'unkeyed step': (id) => api.post(`${paths.write}/${id}`, { id }),
};

function nameOf(error, signal) {
  // The abort may come after the answer: then it ends the reading of the body, or nothing.
  if (isHoldlineError(error) || error instanceof BodyError) return error.name;
  if (signal?.aborted && !(error?.status >= 400)) return 'aborted';
  const status = callInfo(error)?.status ?? error?.status;
  return status >= 400 ? `status ${status}` : 'client error';
}

/** Makes a call and reports its end. Returns whether it was answered. */
async function call(kind, id) {
  active++;
  report({ what: 'started', kind, id });
  const signal = !isQuiet && chance(0.01) ? AbortSignal.timeout(Math.round(20 + random.next() * 500)) : undefined;
  // An adapter may throw before it returns a promise.
  const make = async () => MAKE[kind](id);
  const end = await (signal ? withCall({ signal }, make) : make()).then(
    () => 'answer',
    (error) => nameOf(error, signal),
  );
  active--;
  report({ what: 'ended', kind, id, end });
  return end === 'answer';
}

const STEPS = ['keyed step', 'unkeyed step', 'keyed step'];
/** A transaction of three writes. It ends at its first error. After a kill, the next process runs it again. */
async function runTransaction(id) {
  active++;
  report({ what: 'transaction', id, isOpen: true });
  await withTransaction(id, async () => {
    for (const [step, kind] of STEPS.entries()) if (!(await call(kind, `${id}.${step}`))) return;
  });
  active--;
  report({ what: 'transaction', id, isOpen: false });
}
const begin = (kind, id) => void (kind === 'transaction' ? runTransaction(id) : call(kind, id));

const KINDS = ['read', 'read', 'keyed', 'keyed', 'unkeyed', 'unkeyed', 'stream', 'transaction'];
const sample = () => {
  globalThis.gc?.();
  const handles = process.getActiveResourcesInfo().filter((resource) => resource !== 'Timeout').length;
  report({ what: 'sample', heap: process.memoryUsage().heapUsed, handles });
};
for (const { kind, id } of again) begin(kind, id);
const ticks = setInterval(() => {
  begin(KINDS[Math.floor(random.next() * KINDS.length)], `${name}-${calls++}`);
  // A burst has to wait for permits.
  if (chance(0.01)) for (let i = 0; i < 40; i++) begin('read', `${name}-${calls++}`);
}, 100);
const samples = setInterval(sample, 2_000);

/** Letters that may have been executed, and that only an operator can decide. By letter: the call. */
const doubtful = new Map();

/**
 * Replays the letters of the store, as a job of the application. Returns results by call.
 *
 * @param executed - Calls that were executed according to the platform. Without them, letters in doubt stay.
 */
async function replay({ executed, timeoutMs }) {
  const ids = new Map();
  const { letters } = await line.deadLetters.replay({
    where: (letter) => {
      ids.set(letter.id, idOf(letter));
      return executed !== undefined || !doubtful.has(letter.id);
    },
    // The body of a stream is not kept. The application knows it.
    complete: (letter) => (letter.missing.includes('body') ? { body: json(idOf(letter)) } : undefined),
    ...(executed && { confirm: (letter) => !executed.includes(idOf(letter)) }),
    ...(timeoutMs && { signal: AbortSignal.timeout(timeoutMs) }),
  });
  for (const { id, result } of letters) if (result === 'doubtful') doubtful.set(id, ids.get(id));
  return letters.map(({ id, result, reason }) => ({ id: ids.get(id), letter: id, result, reason }));
}

/** What the line does now, for the report about a line that stopped. */
function describeLine() {
  const { queued, inFlight, scopes, breakers, token } = line.snapshot();
  const limits = scopes.map(({ scope, gate, waiting, quotas, learned }) => {
    const used = [...quotas, ...(learned ? [learned] : [])].map(
      ({ used, limit, windowMs }) => `${used} of ${limit} permits in ${windowMs} ms`,
    );
    return [`${scope}: gate ${gate}`, `${waiting} wait`, ...used].join(', ');
  });
  const circuits = breakers.filter(({ state }) => state !== 'closed').map(({ scope, state }) => `${scope}: ${state}`);
  return [
    `${active} calls, ${queued} wait, ${inFlight} on the wire`,
    `token ${token?.state}${token?.refreshing ? ', refreshing' : ''}`,
    ...(store.state ? [`store ${store.state.state}`] : []),
    ...limits,
    ...circuits,
  ].join('; ');
}

const COMMANDS = {
  look: describeLine,
  jump: ({ ms }) => void (jumpedMs = jumpedMs === 0 ? ms : 0),
  /** Makes no more calls, and waits for the end of all that were made. */
  async quiet() {
    clearInterval(ticks);
    clearInterval(samples);
    isQuiet = true;
    while (active > 0) await new Promise((resolve) => setTimeout(resolve, 20));
    await line.drain();
  },
  /** Makes calls and transactions again. */
  async again({ work }) {
    for (const { kind, id } of work) begin(kind, id);
    while (active > 0) await new Promise((resolve) => setTimeout(resolve, 20));
  },
  replay,
  /** Deletes the letters that are done, as an operator does after a look at the platform. Returns the number of the others. */
  async clear({ letters }) {
    for (const id of letters) await line.deadLetters.remove(id);
    return (await line.deadLetters.list({ limit: 1_000 })).letters.length;
  },
  async close() {
    let stalled = '';
    try {
      assertNoStalledCalls(line);
    } catch (error) {
      stalled = error.message;
    }
    const { calls: open, queued, inFlight, listenerFailures } = line.snapshot();
    await line.close();
    await store.close();
    return { counts: { open, queued, inFlight, listenerFailures, active }, stalled };
  },
};
// Without its parent, this process would go on forever.
const endAlone = () => process.exit(1);
process.once('disconnect', endAlone);
process.on('message', async ({ command, n, ...options }) => {
  const result = await COMMANDS[command](options);
  report({ what: 'done', n, result });
  // From here on, nothing keeps the process alive.
  if (command !== 'close') return;
  process.off('disconnect', endAlone);
  process.disconnect();
});
report({ what: 'ready' });

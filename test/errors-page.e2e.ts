import { readFileSync } from 'node:fs';
import { guardAxios } from '@holdline/axios';
import { isHoldlineError, memoryStore, withCall, withTransaction, type HoldlineConfig } from '@holdline/core';
import { jobs, paged } from '@holdline/genesys';
import { redisStore } from '@holdline/redis';
import { framesOf, guardWebSocket, Reassembler } from '@holdline/websocket';
import axios, { type AxiosInstance } from 'axios';
import { expect, onTestFinished, test } from 'vitest';
import type sdk from 'purecloud-platform-client-v2';
import { WebSocket } from 'ws';
import { catchFailure, createGuarded, lineOf, loadSdk, serve, simulate, until } from './support.js';

const page = readFileSync(new URL('../docs/guides/errors.md', import.meta.url), 'utf8');

/** The answer of the page to "Was the request sent?", by code. */
const ANSWERS = new Map(
  [...page.matchAll(/^\| \[`\w+`\]\(#\w+\)\s*\| `(\w+)`\s*\| ([^|]+?)\s*\|/gm)].map(([, code, sent]) => [code, sent]),
);

type Answer = number | 'silence' | 'reset';

interface Api {
  api: AxiosInstance;
  /** Requests that arrived so far. */
  requests: () => number;
}

/** Guards a client of a server that gives these answers in turn, and then 200. */
async function createApi(config: HoldlineConfig, ...answers: Answer[]): Promise<Api> {
  let requests = 0;
  const { url } = await serve((request, response) => {
    requests++;
    request.resume();
    const answer = answers.shift() ?? 200;
    if (answer === 'silence') return;
    if (answer === 'reset') return void request.socket.destroy();
    response.writeHead(answer, answer === 429 ? { 'retry-after': '3600' } : {}).end('{}');
  });
  const api = guardAxios(axios.create({ baseURL: url }), config);
  onTestFinished(() => lineOf(api).close({ timeoutMs: 0 }));
  return { api, requests: () => requests };
}

const QUOTA: HoldlineConfig = {
  governor: { quotas: [{ limit: 1, windowMs: 60_000, enforcement: 'sliding' }] },
};

/** Causes an error. Resolves with the error and the number of requests of its call. */
type Cause = () => Promise<[error: unknown, requests: number]>;

/** A call on a new client, after other calls that prepare the error. */
function call(
  config: HoldlineConfig,
  answers: Answer[],
  run: (api: AxiosInstance) => Promise<unknown>,
  prepare: (api: AxiosInstance) => unknown = () => undefined,
): Cause {
  return async () => {
    const { api, requests } = await createApi(config, ...answers);
    await prepare(api);
    const before = requests();
    const error = await catchFailure(run(api));
    return [error, requests() - before];
  };
}

const get = (api: AxiosInstance): Promise<unknown> => api.get('/a');
const post = (api: AxiosInstance): Promise<unknown> => api.post('/a', { n: 1 });
const postOnce = (api: AxiosInstance): Promise<unknown> => withTransaction('order', () => post(api));

const CAUSES: [name: string, code: string, sent: boolean, cause: Cause][] = [
  [
    'an unknown option of a request',
    'HOLDLINE_CONFIG',
    false,
    call({}, [], (api) => api.get('/a', { holdline: { prio: 1 } as object })),
  ],
  ['an isolated route', 'HOLDLINE_CIRCUIT_OPEN', false, call({}, [], get, (api) => lineOf(api).isolate('GET /a'))],
  ['a write with a lost answer', 'HOLDLINE_OUTCOME_UNKNOWN', true, call({}, ['reset'], post)],
  ['a write with the answer 502', 'HOLDLINE_OUTCOME_UNKNOWN', true, call({}, [502], post)],
  [
    'a wait past the deadline',
    'HOLDLINE_DEADLINE',
    false,
    call(QUOTA, [], (api) => withCall({ totalTimeoutMs: 500 }, () => get(api)), get),
  ],
  [
    'a deadline on the wire',
    'HOLDLINE_DEADLINE',
    true,
    call({}, ['silence'], (api) => withCall({ totalTimeoutMs: 300 }, () => get(api))),
  ],
  [
    'attempts without an answer',
    'HOLDLINE_ATTEMPT_TIMEOUT',
    true,
    call(
      { deadline: { attemptTimeoutMs: 300 }, retry: { maxAttempts: 2, baseDelayMs: 1 } },
      ['silence', 'silence'],
      get,
    ),
  ],
  [
    'a gate that is closed for an hour',
    'HOLDLINE_THROTTLED',
    false,
    call({}, [429], get, (api) => catchFailure(get(api))),
  ],
  [
    'a weight above the quota',
    'HOLDLINE_QUEUE_FULL',
    false,
    call(QUOTA, [], (api) => withCall({ weight: 2 }, () => get(api))),
  ],
  [
    'a grant that fails',
    'HOLDLINE_TOKEN_REFRESH',
    false,
    call({ token: { grant: () => Promise.reject(new Error('wrong secret')) } }, [], get),
  ],
  [
    'another body under the same key',
    'HOLDLINE_IDEMPOTENCY_CONFLICT',
    false,
    call(
      {},
      [],
      (api) => withCall({ idempotencyKey: 'k' }, () => api.post('/a', { n: 2 })),
      (api) => withCall({ idempotencyKey: 'k' }, () => post(api)),
    ),
  ],
  [
    'an engine that fails',
    'HOLDLINE_ENGINE',
    false,
    call({ governor: { engine: { name: 'broken', acquire: () => Promise.reject(new Error('broken')) } } }, [], get),
  ],
  ['a closed line', 'HOLDLINE_CLOSED', false, call({}, [], get, (api) => lineOf(api).close())],
  [
    'a line that closes during an attempt',
    'HOLDLINE_CLOSED',
    true,
    call({}, ['silence'], async (api) => {
      const answer = get(api);
      await Promise.all([answer, lineOf(api).close({ timeoutMs: 500 })]);
    }),
  ],
  [
    'a store that is lost',
    'HOLDLINE_STORE_LOST',
    false,
    async () => {
      // Nothing listens on port 1.
      const store = redisStore({ url: 'redis://127.0.0.1:1', onLoss: 'refuse' });
      onTestFinished(() => store.close());
      const { api, requests } = await createApi({ ...QUOTA, store });
      return [await catchFailure(get(api)), requests()];
    },
  ],
  [
    'a step that an earlier run executed',
    'HOLDLINE_STEP_DONE',
    false,
    call({ store: memoryStore(), idempotency: { maxAnswerBytes: 0 } }, [], postOnce, postOnce),
  ],
  [
    'a frame whose socket closes first',
    'HOLDLINE_NOT_SENT',
    false,
    async () => {
      const simulator = await simulate();
      const Guarded = guardWebSocket(WebSocket, { frames: { quotas: [{ limit: 1, windowMs: 60_000 }] } });
      const socket = new Guarded(`${simulator.url.replace('http', 'ws')}/sockets/echo`);
      await new Promise((resolve) => socket.once('open', resolve));
      await framesOf(socket).send('1');
      const second = framesOf(socket).send('2');
      await until(() => simulator.stats().sockets.framesIn === 1);
      socket.terminate();
      return [await catchFailure(second), simulator.stats().sockets.framesIn - 1];
    },
  ],
];

test.each(CAUSES)('%s: %s, sent: %s', async (_, code, sent, cause) => {
  expect([sent ? 'yes' : 'no', 'see `attempts`']).toContain(ANSWERS.get(code));
  const [error, requests] = await cause();
  if (!isHoldlineError(error)) throw error;
  expect(error.code).toBe(code);
  expect(requests > 0).toBe(sent);
  expect(error.attempts).toBe(requests);
});

test('an invalid chunk: HOLDLINE_CHUNK, about a message that arrived', () => {
  expect(ANSWERS.get('HOLDLINE_CHUNK')).toBe('not a request');
  const incomplete = new TextEncoder().encode('HLC1');
  let error: unknown;
  try {
    new Reassembler().push(incomplete);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toMatchObject({ name: 'ChunkError', code: 'HOLDLINE_CHUNK' });
});

test('a list whose cursor repeats: HOLDLINE_PAGING, without a further request', async () => {
  expect(ANSWERS.get('HOLDLINE_PAGING')).toBe('no');
  let requests = 0;
  const list = paged(
    () => {
      requests++;
      return Promise.resolve({ entities: [{ id: '1' }], cursor: 'the same' });
    },
    { style: 'cursor', prefetch: false },
  );
  const read = async () => {
    for await (const { id } of list) expect(id).toBe('1');
  };
  expect(await catchFailure(read())).toMatchObject({ name: 'PagingError', code: 'HOLDLINE_PAGING' });
  expect(requests).toBe(2);
});

test('a job that fails: HOLDLINE_JOB, after its start was sent', async () => {
  expect(ANSWERS.get('HOLDLINE_JOB')).toBe('yes');
  const simulator = await simulate({ jobs: { queuedMs: 0, runMs: 0, fail: 1 } });
  const { client } = await createGuarded(simulator);
  const { AnalyticsApi } = loadSdk() as unknown as Pick<typeof sdk, 'AnalyticsApi'>;
  const api = new AnalyticsApi(client as never);
  const job = await jobs(api, 'postAnalyticsConversationsDetailsJobs', { interval: '2026-01-01/2026-01-02' });
  expect(await catchFailure(job.wait())).toMatchObject({ name: 'JobError', code: 'HOLDLINE_JOB' });
});

/** Codes whose errors no single call has. */
const OTHERS = ['HOLDLINE_CHUNK', 'HOLDLINE_PAGING', 'HOLDLINE_JOB'];

test('each error of the page is in this file', () => {
  const tested = new Set([...CAUSES.map(([, code]) => code), ...OTHERS]);
  expect([...tested].sort()).toEqual([...ANSWERS.keys()].sort());
});

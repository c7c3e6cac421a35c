import { Agent } from 'node:http';
import { createServer as createHttpsServer, Agent as HttpsAgent } from 'node:https';
import type { ServerResponse } from 'node:http';
import { createHoldline, isHoldlineError, type HoldlineConfig, type HoldlineEvents } from '@holdline/core';
import { pools, type Pools, type PoolsOptions } from '@holdline/core/node';
import { describe, expect, onTestFinished, test } from 'vitest';
import { CA, CERTIFICATES, KEY } from './certificates.fixture.js';
import { guardAxios } from './guard.js';
import { AXIOS_COPIES, captureRejection, cleanUpAfterTests, listenUntilTestEnd, sleep } from './server.fixture.js';
import { startServer, until } from './server.fixture.js';

cleanUpAfterTests();

function make(options: Partial<PoolsOptions> = {}): Pools {
  const sockets = pools({ maxConcurrent: 3, maxRetries: 0, ...options });
  onTestFinished(() => sockets.close());
  return sockets;
}

function makeLine(config: HoldlineConfig): {
  line: ReturnType<typeof createHoldline>;
  events: HoldlineEvents['pool'][];
} {
  const line = createHoldline({ governor: {}, ...config });
  const events: HoldlineEvents['pool'][] = [];
  line.on('pool', (event) => events.push(event));
  onTestFinished(() => line.close({ timeoutMs: 0 }));
  return { line, events };
}

describe.each(AXIOS_COPIES)('axios $version', ({ axios }) => {
  test('all attempts use the pool, and the bulkhead keeps its queue empty', async () => {
    let most = 0;
    const sockets = make();
    const server = await startServer((_, response, before) => {
      most = Math.max(most, sockets.snapshot().calls.inUse);
      response.writeHead(before % 2 === 0 ? 503 : 200).end('{}');
    });
    const { line, events } = makeLine({
      pools: sockets,
      bulkhead: { maxConcurrent: 3 },
      breaker: false,
      retry: { baseDelayMs: 1, maxAttempts: 20, budget: false },
    });
    const http = guardAxios(axios.create({ baseURL: server.url }), line);
    await Promise.all(Array.from({ length: 60 }, () => http.get('/a')));
    expect(most).toBe(3);
    expect(sockets.snapshot().calls).toMatchObject({ inUse: 0, waiting: 0 });
    expect(sockets.snapshot().calls.free).toBeLessThanOrEqual(3);
    await sleep(100);
    expect(events).toEqual([]);
  });

  test('the user sees neither the agents of the pool in a response nor in an error', async () => {
    const server = await startServer(({ url }, response) => response.writeHead(url === '/no' ? 404 : 200).end('{}'));
    const { line } = makeLine({ pools: make() });
    const http = guardAxios(axios.create({ baseURL: server.url }), line);
    const { config } = await http.get('/a');
    const error = await captureRejection(http.get('/no'));
    for (const shown of [config, error['config'] as typeof config, http.defaults]) {
      expect(shown.httpAgent).toBeUndefined();
      expect(shown.httpsAgent).toBeUndefined();
    }
  });

  test('an agent of the user has precedence, and explain shows it', async () => {
    const server = await startServer((_, response) => response.end('{}'));
    const sockets = make();
    const { line, events } = makeLine({ pools: sockets, bulkhead: { maxConcurrent: 3 } });
    const own = new Agent({ keepAlive: true, maxSockets: 1 });
    onTestFinished(() => own.destroy());
    const http = guardAxios(axios.create({ baseURL: server.url, httpAgent: own }), line);
    await http.get('/a');
    expect(Object.values(own.freeSockets).flat()).toHaveLength(1);
    expect(sockets.snapshot().calls.free).toBe(0);
    await until(() => events.length > 0);
    expect(events).toMatchObject([{ route: 'GET /a', pool: 'own', reason: 'too small', maxSockets: 1, wanted: 3 }]);
    expect(line.explain({ method: 'GET', url: `${server.url}/a` }).pools).toMatchObject([
      { name: 'own', maxSockets: 1, warnings: [{ reason: 'too small', wanted: 3 }] },
    ]);
  });

  test('a stalled server that holds all sockets is reported, and its attempts free them at their time limit', async () => {
    const server = await startServer(({ url }, response) => {
      if (url !== '/stalled') response.end('{}');
    });
    const sockets = make();
    const { line, events } = makeLine({
      pools: sockets,
      retry: false,
      breaker: false,
      deadline: { attemptTimeoutMs: 1_000 },
    });
    const http = guardAxios(axios.create({ baseURL: server.url }), line);
    const stalled = Array.from({ length: 5 }, () => captureRejection(http.get('/stalled')));
    await until(() => events.length > 0);
    const { waiting, wanted } = events[0] as HoldlineEvents['pool'];
    expect(events).toMatchObject([{ route: 'GET /stalled', pool: 'calls', reason: 'requests wait', maxSockets: 3 }]);
    expect([waiting, wanted]).toEqual([2, 5]);
    for (const error of await Promise.all(stalled))
      expect(isHoldlineError(error) && error.code).toBe('HOLDLINE_ATTEMPT_TIMEOUT');
    expect(await http.get('/a')).toMatchObject({ status: 200 });
    await until(() => sockets.snapshot().calls.inUse === 0);
    expect(sockets.snapshot().calls.waiting).toBe(0);
  });

  test('long polls do not take the sockets of calls', async () => {
    const held: ServerResponse[] = [];
    const server = await startServer(({ url }, response) =>
      url === '/poll' ? void held.push(response) : response.end('{}'),
    );
    const sockets = make({ longPolls: 4 });
    const { line, events } = makeLine({ pools: sockets, endpoints: { 'GET /poll': { governor: { apart: true } } } });
    const http = guardAxios(axios.create({ baseURL: server.url }), line);
    const polls = Array.from({ length: 4 }, () => http.get('/poll'));
    await until(() => held.length === 4);
    await Promise.all(Array.from({ length: 6 }, () => http.get('/a')));
    expect(sockets.snapshot().longPoll.inUse).toBe(4);
    for (const response of held) response.end('{}');
    await Promise.all(polls);
    expect(events.filter(({ reason }) => reason !== 'requests wait')).toEqual([]);
  });

  test('with one agent for both, long polls starve calls, and the line says so', async () => {
    const held: ServerResponse[] = [];
    const server = await startServer(({ url }, response) =>
      url === '/poll' ? void held.push(response) : response.end('{}'),
    );
    const own = new Agent({ keepAlive: true, maxSockets: 2 });
    onTestFinished(() => own.destroy());
    const { line, events } = makeLine({ pools: make(), endpoints: { 'GET /poll': { governor: { apart: true } } } });
    const http = guardAxios(axios.create({ baseURL: server.url, httpAgent: own }), line);
    const polls = Array.from({ length: 2 }, () => http.get('/poll'));
    await until(() => held.length === 2);
    const call = http.get('/a');
    await until(() => events.length === 2);
    expect(events.map(({ reason }) => reason).sort()).toEqual(['requests wait', 'shared with long polls']);
    for (const response of held) response.end('{}');
    await Promise.all([...polls, call]);
  });

  test('an answer that takes longer than keepAliveMs arrives', async () => {
    const server = await startServer((_, response) => setTimeout(() => response.end('{}'), 300));
    const { line } = makeLine({ pools: make({ keepAliveMs: 50 }), retry: false });
    const http = guardAxios(axios.create({ baseURL: server.url, timeout: 30_000 }), line);
    expect((await http.get('/a')).status).toBe(200);
    expect((await http.get('/a')).status).toBe(200);
  });

  test('https uses the agent for https, with the options of the user', async () => {
    const tls = createHttpsServer({ key: KEY, cert: CERTIFICATES.server }, (_, response) => response.end('{}'));
    const url = await listenUntilTestEnd(tls, 'https:');
    const sockets = make({ httpsAgent: (options) => new HttpsAgent({ ...options, ca: CA }) });
    const { line } = makeLine({ pools: sockets });
    const http = guardAxios(axios.create({ baseURL: url }), line);
    expect((await http.get('/a')).status).toBe(200);
    expect(sockets.snapshot().calls).toMatchObject({ inUse: 0, free: 1 });
    expect(line.explain({ method: 'GET', url }).pools).toMatchObject([{ name: 'calls', free: 1, waiting: 0 }]);
  });
});

import type { ServerResponse } from 'node:http';
import { createHoldline, type HoldlineConfig, type HoldlineEvents } from '@holdline/core';
import { pools, type Pools, type PoolsOptions } from '@holdline/core/node';
import { Agent } from 'undici';
import { describe, expect, onTestFinished, test } from 'vitest';
import { guardFetch } from './guard.js';
import { captureRejection, FETCH_FUNCTIONS, sleep, startServer, until } from './server.fixture.js';

function make(options: Partial<PoolsOptions<Agent>> = {}): Pools<Agent> {
  const sockets = pools({
    maxConcurrent: 3,
    maxRetries: 0,
    dispatcher: (options) => new Agent(options),
    ...options,
  });
  onTestFinished(() => sockets.close());
  return sockets;
}

function makeLine(config: HoldlineConfig): {
  line: ReturnType<typeof createHoldline>;
  events: HoldlineEvents['pool'][];
} {
  const line = createHoldline(config);
  const events: HoldlineEvents['pool'][] = [];
  line.on('pool', (event) => events.push(event));
  onTestFinished(() => line.close({ timeoutMs: 0 }));
  return { line, events };
}

describe.each(FETCH_FUNCTIONS)('$name', ({ fetch, Request }) => {
  test('all attempts use the pool', async () => {
    const held: ServerResponse[] = [];
    const server = await startServer((response) => void held.push(response));
    const sockets = make();
    const { line, events } = makeLine({ pools: sockets });
    const api = guardFetch(fetch, line);
    const calls = Array.from({ length: 5 }, (_, i) => api(i < 3 ? `${server.url}/a` : new Request(`${server.url}/a`)));
    await until(() => held.length === 3 && events.length > 0);
    expect(await server.connections()).toBe(3);
    expect(sockets.snapshot().calls).toMatchObject({ inUse: 3, waiting: 2 });
    expect(events).toMatchObject([{ route: 'GET /a', reason: 'requests wait', maxSockets: 3, wanted: 5, waiting: 2 }]);
    let ended = 0;
    await until(() => {
      for (; ended < held.length; ended++) held[ended]?.end('{}');
      return ended === 5;
    });
    for (const response of await Promise.all(calls)) expect(await response.text()).toBe('{}');
    await until(() => sockets.snapshot().calls.inUse === 0);
  });

  test('long polls do not take the sockets of calls', async () => {
    const held: ServerResponse[] = [];
    const server = await startServer((response, _, { url }) =>
      url === '/poll' ? void held.push(response) : response.end('{}'),
    );
    const sockets = make({ longPolls: 2 });
    const { line } = makeLine({ pools: sockets, endpoints: { 'GET /poll': { governor: { apart: true } } } });
    const api = guardFetch(fetch, line);
    const polls = Array.from({ length: 2 }, () => api(`${server.url}/poll`));
    await until(() => held.length === 2);
    for (let i = 0; i < 4; i++) expect(await (await api(`${server.url}/a`)).text()).toBe('{}');
    expect(sockets.snapshot().longPoll.inUse).toBe(2);
    for (const response of held) response.end('{}');
    for (const response of await Promise.all(polls)) await response.text();
  });

  test('close leaves no connection', async () => {
    const server = await startServer((response) => response.end('{}'));
    const sockets = make({ keepAliveMs: 60_000 });
    const { line } = makeLine({ pools: sockets });
    const api = guardFetch(fetch, line);
    await Promise.all(Array.from({ length: 6 }, async () => (await api(`${server.url}/a`)).text()));
    expect(await server.connections()).toBeGreaterThan(0);
    await line.close();
    await sockets.close();
    await until(async () => (await server.connections()) === 0);
  });
});

// Without the release, the answer of each refused attempt holds a socket until its retry leaves. The body of a node-fetch answer is read
// to its end instead.
test.each(FETCH_FUNCTIONS.filter(({ name }) => !name.startsWith('node-fetch')))(
  '$name: an attempt that waits for its retry holds no socket, although its answer has an endless body',
  async ({ fetch }) => {
    let closed = 0;
    const server = await startServer((response) => {
      response.writeHead(503).write('x');
      const drip = setInterval(() => response.write('x'.repeat(1_000)), 5);
      response.on('close', () => {
        closed++;
        clearInterval(drip);
      });
    });
    const { line } = makeLine({
      pools: make(),
      retry: { baseDelayMs: 60_000, maxDelayMs: 60_000 },
      random: { next: () => 0.9 },
    });
    const waits = new Promise((resolve) => line.on('retry', resolve));
    const controller = new AbortController();
    const ended = captureRejection(guardFetch(fetch, line)(`${server.url}/a`, { signal: controller.signal }));
    await waits;
    await until(() => closed === 1);
    controller.abort();
    expect(await ended).toMatchObject({ name: 'AbortError' });
  },
);

test('a dispatcher of the request has precedence', async () => {
  const server = await startServer((response) => response.end('{}'));
  const sockets = make();
  const { line, events } = makeLine({ pools: sockets, bulkhead: { maxConcurrent: 9 } });
  const own = new Agent({ connections: 1 });
  onTestFinished(() => own.destroy());
  const response = await guardFetch(fetch, line)(`${server.url}/a`, { dispatcher: own } as RequestInit);
  expect(await response.text()).toBe('{}');
  expect(sockets.snapshot().calls.free).toBe(0);
  await sleep(100);
  // undici does not tell the limit of a dispatcher.
  expect(events).toEqual([]);
  expect(line.explain({ method: 'GET', url: server.url }).pools).toMatchObject([
    { name: 'own', maxSockets: undefined, free: 1, warnings: [] },
  ]);
});

import { Agent } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { answered, createHoldline, type Holdline, type HoldlineConfig, type HoldlineEvents } from '../../index.js';
import { pools, type Pools } from '../../node.js';
import { VirtualClock } from '../../testing.js';

type PoolEvent = HoldlineEvents['pool'];

interface Setup {
  line: Holdline;
  clock: VirtualClock;
  events: PoolEvent[];
  /** Makes one attempt, and returns the options that the line adds to it. */
  attempt(own?: object, url?: string): Promise<Record<string, unknown> | undefined>;
}

const URL = 'https://api.test/users';
const POLL = 'https://api.test/poll';
const ENDPOINTS = { 'GET /poll': { governor: { apart: true } } };

function setUp(config: HoldlineConfig, clock = new VirtualClock()): Setup {
  const line = createHoldline({ endpoints: ENDPOINTS, ...config, clock });
  onTestFinished(() => line.close());
  const events: PoolEvent[] = [];
  line.on('pool', (event) => events.push(event));
  return {
    line,
    clock,
    events,
    attempt: async (own = {}, url = URL) => {
      let options: object | undefined;
      await line.run({
        method: 'GET',
        url,
        headers: { get: () => undefined, set: () => undefined },
        replayable: true,
        send: async (call) => {
          options = call.poolOptions(own);
          return answered('a', { status: 200, header: () => undefined });
        },
      });
      return options as Record<string, unknown> | undefined;
    },
  };
}

const make = (options = {}): Pools => pools({ maxConcurrent: 2, maxRetries: 0, ...options });

/** An agent with requests in its queue. */
function busyAgent(maxSockets: number, inUse: number, waiting: number): Agent {
  const agent = new Agent({ maxSockets });
  const name = 'api.test:443:::::::::::::::::::';
  const fill = (length: number): object => ({ [name]: Array.from({ length }, () => ({})) });
  Object.assign(agent.sockets, fill(inUse));
  Object.assign(agent.requests, fill(waiting));
  return agent;
}

describe('the pool of an attempt', () => {
  test('is that of calls, or that of long polls for a route apart', async () => {
    const sockets = make();
    const { attempt } = setUp({ pools: sockets });
    const { httpAgent, httpsAgent } = sockets;
    expect(await attempt()).toEqual({ httpAgent, httpsAgent, agent: expect.any(Function) as unknown });
    expect((await attempt({}, POLL))?.['httpsAgent']).toBe(sockets.longPoll.httpsAgent);
  });

  test('is that of webhooks for a line that sends webhooks', async () => {
    const sockets = make();
    const { attempt } = setUp({ pools: sockets.webhooks });
    for (const url of [URL, POLL]) expect((await attempt({}, url))?.['httpsAgent']).toBe(sockets.webhooks.httpsAgent);
  });

  test('has a dispatcher if the user makes one, and an agent for each protocol of node-fetch', async () => {
    const dispatcher = { stats: {} };
    const sockets = make({ dispatcher: () => dispatcher });
    const options = await setUp({ pools: sockets }).attempt();
    expect(options?.['dispatcher']).toBe(dispatcher);
    const agent = options?.['agent'] as (url: { protocol: string }) => Agent;
    expect(agent({ protocol: 'https:' })).toBe(sockets.httpsAgent);
    expect(agent({ protocol: 'http:' })).toBe(sockets.httpAgent);
  });

  test.each([
    ['an agent of axios', { httpsAgent: new Agent() }],
    ['a dispatcher', { dispatcher: { stats: {} } }],
    ['an agent of node-fetch', { agent: new Agent() }],
    ['an agent function of node-fetch', { agent: () => new Agent() }],
  ])('is the one that the request brings: %s', async (_, own) => {
    expect(await setUp({ pools: make() }).attempt(own)).toBeUndefined();
  });

  test('keeps an agent for the other protocol, which a redirect may use', async () => {
    const sockets = make();
    const options = await setUp({ pools: sockets }).attempt({ httpAgent: new Agent() });
    expect(options).not.toHaveProperty('httpAgent');
    expect(options?.['httpsAgent']).toBe(sockets.httpsAgent);
  });

  test('is none without pools', async () => {
    const { attempt, line } = setUp({});
    expect(await attempt()).toBeUndefined();
    expect(line.explain({ method: 'GET', url: URL }).pools).toEqual([]);
  });
});

describe('configuration', () => {
  test('anything but pools is a ConfigError', () => {
    expect(() => createHoldline({ pools: {} as never })).toThrow('pools must be a connection pool with serve');
  });

  test('update() cannot change the pools', () => {
    const { line } = setUp({ pools: make() });
    expect(() => line.update({ pools: make() })).toThrow('pools cannot be changed by update()');
  });
});

describe('warnings', () => {
  const bulkhead = { maxConcurrent: 2 };

  test('a pool that fits is quiet, and explain shows it', async () => {
    const { attempt, clock, events, line } = setUp({ pools: make(), bulkhead });
    await attempt();
    await attempt({}, POLL);
    await clock.advance(1_000);
    expect(events).toEqual([]);
    const idle = { origin: 'https://api.test', maxSockets: 2, inUse: 0, free: 0, waiting: 0, warnings: [] };
    const both = [
      { name: 'calls', ...idle, longPolls: false },
      { name: 'longPoll', ...idle, longPolls: true },
    ];
    expect(line.explain({ method: 'GET', url: URL }).pools).toEqual(both);
    expect(line.explain({ method: 'GET', url: '/users' }).pools).toEqual(both);
    expect(line.explain({ method: 'GET', url: 'https://other.test/' }).pools).toEqual([]);
  });

  test('requests that wait for a socket are reported once, with the number of sockets that they want', async () => {
    const agent = busyAgent(3, 3, 4);
    const { attempt, clock, events, line } = setUp({ pools: make() });
    for (let i = 0; i < 3; i++) {
      await attempt({ httpsAgent: agent });
      await clock.advance(1_000);
    }
    const about = { pool: 'own', origin: 'https://api.test', maxSockets: 3 };
    expect(events).toEqual([{ route: 'GET /users', ...about, reason: 'requests wait', wanted: 7, waiting: 4 }]);
    expect(line.explain({ method: 'GET', url: URL }).pools).toMatchObject([
      { name: 'own', inUse: 3, waiting: 4, warnings: [{ reason: 'requests wait', wanted: 7 }] },
    ]);
    for (const list of [agent.sockets, agent.requests] as Record<string, unknown>[])
      for (const name of Object.keys(list)) delete list[name];
    const [report] = line.explain({ method: 'GET', url: URL }).pools;
    expect(report).toMatchObject({ inUse: 0, waiting: 0, warnings: [{ reason: 'requests wait', wanted: 7 }] });
  });

  test('requests to another origin wait in a queue of their own', async () => {
    const { attempt, clock, events } = setUp({ pools: make() });
    await attempt({ httpsAgent: busyAgent(3, 3, 4) }, 'https://other.test/');
    await clock.advance(1_000);
    expect(events).toEqual([]);
  });

  test('the queue of a dispatcher counts too', async () => {
    const stats = { 'https://api.test': { connected: 2, free: 0, pending: 0, queued: 5, running: 2, size: 7 } };
    const { attempt, clock, events } = setUp({ pools: make({ dispatcher: () => ({ stats }) }) });
    await attempt();
    await clock.advance(50);
    expect(events).toMatchObject([{ pool: 'calls', reason: 'requests wait', maxSockets: 2, wanted: 7, waiting: 5 }]);
  });

  test('a pool with fewer sockets than the bulkhead allows is too small', async () => {
    const { attempt, clock, events } = setUp({ pools: make(), bulkhead: { maxConcurrent: 5 } });
    await attempt();
    await attempt({ httpsAgent: new Agent({ maxSockets: 4 }) });
    await attempt({ httpsAgent: new Agent({ maxTotalSockets: 3 }) });
    await attempt({ httpsAgent: new Agent() });
    await clock.advance(1_000);
    expect(events.map(({ pool, reason, maxSockets, wanted }) => [pool, reason, maxSockets, wanted])).toEqual([
      ['calls', 'too small', 2, 5],
      ['own', 'too small', 4, 5],
      ['own', 'too small', 3, 5],
    ]);
  });

  test('an agent that calls and long polls share is reported, unless it has no limit', async () => {
    const { attempt, clock, events } = setUp({ pools: make() });
    const limited = new Agent({ maxSockets: 10 });
    for (const agent of [limited, new Agent()]) {
      await attempt({ httpsAgent: agent });
      await attempt({ httpsAgent: agent }, POLL);
    }
    await clock.advance(1_000);
    expect(events).toMatchObject([{ route: 'GET /poll', reason: 'shared with long polls', maxSockets: 10 }]);
  });

  test('two lines that together want more sockets than their pool has are reported', async () => {
    const sockets = pools({ maxConcurrent: 3, maxRetries: 0 });
    const clock = new VirtualClock();
    const [first, second] = [setUp({ pools: sockets, bulkhead }, clock), setUp({ pools: sockets, bulkhead }, clock)];
    await first.attempt();
    await second.attempt({}, 'https://other.test/');
    await clock.advance(1_000);
    expect([...first.events, ...second.events]).toEqual([]);
    await second.attempt();
    await clock.advance(1_000);
    expect(second.events).toMatchObject([{ reason: 'shared with another line', maxSockets: 3, wanted: 4 }]);
    await second.line.close();
    const [report] = first.line.explain({ method: 'GET', url: URL }).pools;
    expect(report?.warnings).toEqual([]);
  });

  test('two lines whose attempts fit into their pool together are not', async () => {
    const sockets = pools({ maxConcurrent: 4, maxRetries: 0 });
    const clock = new VirtualClock();
    const lines = [setUp({ pools: sockets, bulkhead }, clock), setUp({ pools: sockets, bulkhead }, clock)];
    for (const { attempt } of lines) await attempt();
    await clock.advance(1_000);
    expect(lines.flatMap(({ events }) => events)).toEqual([]);
  });

  test('a client with an agent for each request does not fill the memory', async () => {
    const { attempt, line } = setUp({ pools: make() });
    for (let i = 0; i < 150; i++) await attempt({ httpsAgent: new Agent({ maxSockets: 1 }) });
    expect(line.explain({ method: 'GET', url: URL }).pools).toHaveLength(100);
  });

  test('a closed line keeps no timer', async () => {
    const { attempt, clock, line } = setUp({ pools: make() });
    await attempt();
    expect(clock.pending).toBe(1);
    await line.close();
    expect(clock.pending).toBe(0);
  });
});

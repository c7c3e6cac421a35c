import { isHoldlineError, type Holdline } from '@holdline/core';
import { startProxy, startRedis, type RedisProcess } from '@holdline/test-servers';
import { sleep, until } from '@holdline/test-servers/waiting';
import { Redis } from 'ioredis';
import { Redis as Ioredis6 } from 'ioredis-6';
import { createClient as nodeRedis6 } from 'redis';
import { createClient as nodeRedis5 } from 'redis-5';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { RedisClient } from './client.js';
import { callOn, lineOf, Platform } from '../fixtures/line.fixture.js';
import type { RedisStoreOptions } from '../options.js';
import { redisStore } from '../store.js';

// Real servers: the machine may be slow.
vi.setConfig({ testTimeout: 90_000 });

const LIMIT = 100;
const WINDOW_MS = 1_000;

/** Lines that share a store and make calls all the time. The test ends only if every call settles. */
class Traffic {
  readonly platform = new Platform();
  readonly lines: Holdline[] = [];
  readonly events: string[] = [];
  failed: unknown[] = [];
  answered = 0;
  #running = true;
  readonly #workers: Promise<void>[] = [];

  constructor(processes: number, options: () => RedisStoreOptions) {
    for (let i = 0; i < processes; i++) {
      const store = redisStore(options());
      const line = lineOf({
        store,
        governor: { quotas: [{ limit: LIMIT, windowMs: WINDOW_MS }], enforcement: 'sliding' },
      });
      line.on('storeLost', () => this.events.push('lost'));
      line.on('storeBack', () => this.events.push('back'));
      this.lines.push(line);
      onTestFinished(() => store.close());
      for (let worker = 0; worker < 10; worker++) this.#workers.push(this.#work(line));
    }
  }

  async #work(line: Holdline): Promise<void> {
    while (this.#running) {
      try {
        await callOn(line, this.platform);
        this.answered++;
      } catch (error) {
        this.failed.push(error);
        await sleep(50);
      }
    }
  }

  async stop(): Promise<void> {
    this.#running = false;
    await Promise.all(this.#workers);
  }

  get isShared(): boolean {
    return this.lines.every((line) => line.snapshot().scopes[0]?.quotas[0]?.fleet?.isLost === false);
  }

  /** Waits until more than this many further calls are answered. */
  async expectProgress(calls: number): Promise<void> {
    const before = this.answered;
    await until(() => this.answered - before > calls, 'calls continue');
  }

  /** Checks that calls reach the rate of the quota again, and do not exceed it. Then stops. */
  async expectRecovery(): Promise<void> {
    await until(() => this.isShared, 'the store is back');
    const before = this.platform.arrivals.length;
    await until(() => this.platform.arrivals.length > before + 2 * LIMIT, 'calls continue');
    const from = performance.now();
    await sleep(2 * WINDOW_MS);
    expect(this.platform.most(WINDOW_MS, from)).toBeLessThanOrEqual(LIMIT);
    await this.stop();
  }
}

const admin = async (server: RedisProcess, ...command: [string, ...string[]]): Promise<void> => {
  const redis = new Redis(server.url);
  await redis.call(...command);
  redis.disconnect();
};

const CLIENTS: Record<string, (url: string) => RedisClient> = {
  'ioredis 5': (url) => new Redis(url, { lazyConnect: true }),
  'ioredis 6': (url) => new Ioredis6(url, { lazyConnect: true }),
  'node-redis 5': (url) => nodeRedis5({ url }),
  'node-redis 6': (url) => nodeRedis6({ url }),
};

// SGrondin/bottleneck#118: after a restart of Redis no call ran any more.
describe.for(Object.entries(CLIENTS))('with %s', ([, client]) => {
  test('Redis is killed and comes back empty: no call fails, and calls continue meanwhile and afterwards', async () => {
    const server = await startRedis();
    const traffic = new Traffic(3, () => ({ client: client(server.url) }));
    await until(() => traffic.answered > LIMIT, 'calls start');
    await server.kill();
    await until(() => traffic.events.filter((one) => one === 'lost').length === 3, 'all lines lost the store');
    await traffic.expectProgress(LIMIT / 2);
    await server.start();
    await traffic.expectRecovery();
    expect(traffic.failed).toEqual([]);
    expect(traffic.platform.most(WINDOW_MS)).toBeLessThanOrEqual(1.5 * LIMIT);
  });

  test('a silent network cuts Redis off: calls wait a bounded time, and the store reconnects', async () => {
    const server = await startRedis();
    const proxy = await startProxy(server.port);
    const traffic = new Traffic(2, () => ({ client: client(`redis://127.0.0.1:${proxy.port}`), timeoutMs: 300 }));
    await until(() => traffic.answered > LIMIT, 'calls start');
    proxy.cut();
    await until(() => traffic.events.filter((one) => one === 'lost').length === 2, 'both lines lost the store');
    await sleep(1_000);
    proxy.mend();
    await traffic.expectRecovery();
    expect(traffic.failed).toEqual([]);
  });
});

test.for([['SCRIPT', 'FLUSH'], ['FLUSHALL']] as [string, ...string[]][])(
  '%s under full load: the quota holds',
  async (command) => {
    const server = await startRedis();
    const traffic = new Traffic(3, () => ({ client: new Redis(server.url, { lazyConnect: true }) }));
    await until(() => traffic.answered > LIMIT, 'calls start');
    for (let i = 0; i < 3; i++) {
      await sleep(400);
      await admin(server, ...command);
    }
    await traffic.expectRecovery();
    expect(traffic.failed).toEqual([]);
    expect(traffic.events).toEqual([]);
    expect(traffic.platform.most(WINDOW_MS)).toBeLessThanOrEqual(LIMIT);
  },
);

test('Redis hangs for a while: no call waits longer than its share takes', async () => {
  const server = await startRedis();
  const traffic = new Traffic(2, () => ({ client: new Redis(server.url, { lazyConnect: true }), timeoutMs: 200 }));
  await until(() => traffic.answered > LIMIT, 'calls start');
  server.signal('SIGSTOP');
  await until(() => traffic.events.includes('lost'), 'the store is lost');
  await traffic.expectProgress(LIMIT / 2);
  server.signal('SIGCONT');
  await traffic.expectRecovery();
  expect(traffic.failed).toEqual([]);
});

test('failover: the replica takes over with its data', async () => {
  const [master, replica] = await Promise.all([startRedis(), startRedis()]);
  await admin(replica, 'REPLICAOF', '127.0.0.1', String(master.port));
  const proxy = await startProxy(master.port);
  const traffic = new Traffic(2, () => ({
    client: new Redis(`redis://127.0.0.1:${proxy.port}`, { lazyConnect: true }),
  }));
  await until(() => traffic.answered > 2 * LIMIT, 'calls start');
  // In every failover the old address leads to a replica for a moment.
  proxy.leadTo(replica.port);
  await master.kill();
  await until(() => traffic.events.includes('lost'), 'a replica that accepts no writes counts as lost');
  await admin(replica, 'REPLICAOF', 'NO', 'ONE');
  await traffic.expectRecovery();
  expect(traffic.failed).toEqual([]);
});

test("with onLoss 'refuse' calls fail at once, and work again afterwards", async () => {
  const server = await startRedis();
  const traffic = new Traffic(1, () => ({ client: new Redis(server.url, { lazyConnect: true }), onLoss: 'refuse' }));
  await until(() => traffic.answered > 10, 'calls start');
  await server.kill();
  await until(() => traffic.failed.length > 20, 'calls are refused');
  expect(traffic.failed.every((error) => isHoldlineError(error) && error.code === 'HOLDLINE_STORE_LOST')).toBe(true);
  await server.start();
  await traffic.expectRecovery();
});

test("with onLoss 'open' each process has the whole quota, and no more", async () => {
  const server = await startRedis();
  const traffic = new Traffic(1, () => ({ client: new Redis(server.url, { lazyConnect: true }), onLoss: 'open' }));
  await until(() => traffic.answered > 10, 'calls start');
  await server.kill();
  await until(() => traffic.events.includes('lost'), 'the store is lost');
  await sleep(2_000);
  expect(traffic.platform.most(WINDOW_MS)).toBeLessThanOrEqual(LIMIT);
  await server.start();
  await traffic.expectRecovery();
  expect(traffic.failed).toEqual([]);
});

test('without Redis at the start, a process sends one share of the assumed processes', async () => {
  const server = await startRedis();
  await server.kill();
  const traffic = new Traffic(1, () => ({
    client: new Redis(server.url, { lazyConnect: true }),
    processes: 4,
    timeoutMs: 200,
  }));
  await until(() => traffic.answered > LIMIT / 4, 'calls start');
  expect(traffic.platform.most(WINDOW_MS)).toBeLessThanOrEqual(LIMIT / 4);
  await server.start();
  await traffic.expectRecovery();
  expect(traffic.failed).toEqual([]);
});

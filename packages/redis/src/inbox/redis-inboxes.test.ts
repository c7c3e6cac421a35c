import type { EventQueue, StoredEvent } from '@holdline/core';
import { EVENT_QUEUE_CASES } from '@holdline/core/testing';
import { shareRedis, startCluster, startRedis } from '@holdline/test-servers';
import { until } from '@holdline/test-servers/waiting';
import { Redis as Ioredis5 } from 'ioredis';
import { createClient as nodeRedis6 } from 'redis';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { RedisStoreOptions } from '../options.js';
import { redisStore, type RedisStore } from '../store.js';

// Real servers: the machine may be slow.
vi.setConfig({ testTimeout: 60_000 });

const KEY = Buffer.alloc(32, 9);
const HOUR = 3_600_000;
const DONE = { kind: 'done', rememberMs: HOUR, maxRemembered: 100 } as const;
const file = shareRedis();

function storeOf(options: Partial<RedisStoreOptions> = {}): RedisStore {
  const place = options.client ? {} : { url: file.server.url };
  const store = redisStore({ ...place, key: KEY, timeoutMs: 10_000, ...options });
  onTestFinished(() => store.close());
  return store;
}

const open = (options?: Partial<RedisStoreOptions>): EventQueue => storeOf(options).inboxes.open('in {1}');

const eventOf = (id: string, key?: string): StoredEvent => ({
  id,
  key,
  body: `body of ${id}`,
  receivedAt: 1,
  attempts: 0,
  reason: undefined,
});

describe.for([
  ['ioredis', () => new Ioredis5(file.server.url, { lazyConnect: true })],
  ['node-redis', () => nodeRedis6({ url: file.server.url })],
] as const)('the contract of event queues holds with %s', ([, client]) => {
  test.for(EVENT_QUEUE_CASES)('$name', async ({ run }) => {
    const stores = [storeOf({ client: client() }), storeOf({ client: client() })];
    await Promise.all(stores.map((store) => store.ready()));
    let opened = 0;
    await run({ open: (inbox) => stores[opened++ % 2]!.inboxes.open(inbox), until });
    for (const key of await file.redis.keys('*')) expect(await file.redis.pttl(key), key).toBeGreaterThan(0);
  });
});

test('an inbox works after SCRIPT FLUSH and FLUSHALL, and an old claim ends nothing', async () => {
  const queue = open();
  await queue.add(eventOf('1'), 10);
  const [before] = (await queue.claim(1, HOUR)).claims;
  await file.redis.script('FLUSH');
  expect(await queue.renew('1', before!.fence, HOUR)).toBe(true);
  await file.redis.flushall();
  expect(await queue.settle('1', before!.fence, DONE)).toBe(false);
  expect(await queue.add(eventOf('1'), 10)).toBe('added');
  const [after] = (await queue.claim(1, HOUR)).claims;
  expect(after!.fence).toBeGreaterThan(before!.fence);
  expect(await queue.settle('1', before!.fence, DONE)).toBe(false);
  expect(await queue.settle('1', after!.fence, DONE)).toBe(true);
});

test('in a cluster all keys of an inbox are on one node', async () => {
  const node = await startCluster();
  const queue = open({ client: new Ioredis5.Cluster([node.url], { lazyConnect: true }) });
  for (const id of ['1', '2', '3']) await queue.add(eventOf(id, 'k'), 10);
  const [claim] = (await queue.claim(9, HOUR)).claims;
  expect(await queue.settle('1', claim!.fence, { kind: 'dead', event: claim!.event })).toBe(true);
  expect(await queue.revive('1')).toBe(true);
  expect((await queue.claim(9, HOUR)).claims).toMatchObject([{ event: { id: '2' } }]);
  expect(await queue.counts()).toEqual({ pending: 3, dead: 0 });
});

test('Redis holds no key of an event outside of its JSON, and stores with other prefixes have other events', async () => {
  await open().add(eventOf('1', '+49 170 5550100'), 10);
  expect((await file.redis.keys('*')).join()).not.toContain('5550100');
  const lanes = (await file.redis.keys('*:lanes'))[0] as string;
  expect((await file.redis.zrange(lanes, 0, -1)).join()).not.toContain('5550100');
  expect((await open({ prefix: 'other' }).claim(9, HOUR)).claims).toEqual([]);
});

test('listeners are called when Redis is back', async () => {
  const server = await startRedis();
  const store = redisStore({ url: server.url });
  onTestFinished(() => store.close());
  await store.ready();
  let calls = 0;
  store.inboxes.open('a').listen(() => calls++);
  await server.kill();
  await until(() => store.state.state === 'lost');
  await server.start();
  await until(() => calls > 0);
});

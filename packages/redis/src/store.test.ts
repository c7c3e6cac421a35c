import { randomUUID } from 'node:crypto';
import { answered, callInfo, createHoldline, withCall, type Journal, type Tokens } from '@holdline/core';
import { type RedisProcess, spawnRedis, startCluster } from '@holdline/test-servers';
import { sleep, until } from '@holdline/test-servers/waiting';
import { Redis as Ioredis5 } from 'ioredis';
import { Redis as Ioredis6 } from 'ioredis-6';
import { createClient as nodeRedis6, createCluster as cluster6 } from 'redis';
import { createClient as nodeRedis5, createCluster as cluster5 } from 'redis-5';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { RedisClient } from './connection/client.js';
import { makeChannel } from './scripts/keys.js';
import { callOn, lineOf, Platform } from './fixtures/line.fixture.js';
import { redisStore, type RedisStore } from './store.js';
import type { RedisStoreOptions } from './options.js';

// Real servers: the machine may be slow.
vi.setConfig({ testTimeout: 60_000 });

// No test here kills or empties the server, so REDIS_URL may name a shared one.
const { REDIS_URL } = process.env;
let server: RedisProcess | undefined;
let url: string;
let prefix: string;
let admin: Ioredis5;

beforeAll(async () => {
  if (!REDIS_URL) server = await spawnRedis();
  url = REDIS_URL || server!.url;
  admin = new Ioredis5(url);
});

afterAll(async () => {
  admin.disconnect();
  await server?.end();
});

beforeEach(() => {
  prefix = `test-${randomUUID()}`;
});

function storeOf(options: RedisStoreOptions): RedisStore {
  const store = redisStore({ prefix, timeoutMs: 10_000, ...options });
  onTestFinished(() => store.close());
  return store;
}

const CLIENTS: Record<string, () => RedisClient> = {
  'ioredis 5': () => new Ioredis5(url, { lazyConnect: true }),
  'ioredis 6': () => new Ioredis6(url, { lazyConnect: true }),
  'node-redis 5': () => nodeRedis5({ url }),
  'node-redis 6': () => nodeRedis6({ url }),
};

describe.for(Object.keys(CLIENTS))('with a client of %s', (name) => {
  const made = (): RedisClient => (CLIENTS[name] as () => RedisClient)();
  // Long enough that a permit, valid for a quarter of it, survives the pauses of a busy machine.
  const QUOTA = { limit: 100, windowMs: 1_000 };

  test('two lines together keep one quota', async () => {
    const platform = new Platform();
    const lines = [1, 2].map(() =>
      lineOf({ store: storeOf({ client: made() }), governor: { quotas: [QUOTA], enforcement: 'sliding' } }),
    );
    await Promise.all(lines.flatMap((line) => Array.from({ length: 100 }, () => callOn(line, platform))));
    expect(platform.arrivals).toHaveLength(200);
    expect(platform.most(QUOTA.windowMs)).toBeLessThanOrEqual(QUOTA.limit);
    expect(lines[0]?.snapshot().scopes[0]?.quotas[0]?.fleet).toEqual({
      processes: 2,
      limit: 100,
      counts: undefined,
      isLost: false,
    });
  });

  test('a gate that one line closes is closed for the others, also for a later one', async () => {
    const platform = new Platform();
    const stores = [1, 2, 3].map(() => storeOf({ client: made() }));
    await Promise.all(stores.map((store) => store.ready()));
    const [first, second] = stores.slice(0, 2).map((store) => lineOf({ store, governor: { quotas: [QUOTA] } }));
    const closed: string[] = [];
    second?.on('gateClosed', ({ scope }) => closed.push(scope));
    await callOn(second!, platform);
    platform.answers.push({ status: 429, headers: { 'retry-after': '2' } });
    await callOn(first!, platform).catch(() => undefined);
    await until(() => closed.length > 0, 'the gate message arrives');
    const third = lineOf({ store: stores[2]!, governor: { quotas: [QUOTA] } });
    await callOn(third, platform);
    const [, , gated] = platform.arrivals as [number, number, number];
    expect(gated - platform.arrivals[1]!).toBeGreaterThanOrEqual(1_900);
  });

  test('a transaction that another process continues: its done step answers from Redis, encrypted', async () => {
    const key = Buffer.alloc(32, 7);
    let executions = 0;
    const write = (store: RedisStore): Promise<unknown> =>
      withCall({ transaction: 't', step: 's' }, () =>
        lineOf({ store }).run({
          method: 'POST',
          url: 'https://api.example.com/orders',
          headers: { get: () => undefined, set: () => undefined },
          replayable: true,
          payload: () => 'confidential',
          answerBody: () => 'confidential',
          restoreAnswer: ({ status, body }) => ({ status, body }),
          send: () => Promise.resolve(answered({ status: ++executions }, { status: 201, header: () => undefined })),
        }),
      );
    await write(storeOf({ client: made(), key }));
    const value = await write(storeOf({ client: made(), key }));
    expect([value, executions, callInfo(value)?.fromJournal]).toEqual([{ status: 201, body: 'confidential' }, 1, true]);
    const [stored = '', ...others] = await admin.keys(`*${prefix}*journal*`);
    expect([others, await admin.get(stored)]).toEqual([[], expect.not.stringContaining('confidential')]);
    await expect(write(storeOf({ client: made() }))).rejects.toMatchObject({ code: 'HOLDLINE_STEP_DONE', status: 201 });
  });

  test('the journal, and a token for the whole fleet', async () => {
    const key = Buffer.alloc(32, 7);
    const [one, two] = [1, 2].map(() => storeOf({ client: made(), key })) as [RedisStore, RedisStore];
    const entry = {
      key: 'k',
      payloadDigest: 'd',
      payloadBytes: 1,
      issuedAt: 5,
      generation: 0,
      attempts: 1,
      state: 'started' as const,
    };
    await one.journal.put('step', entry);
    expect(await two.journal.get('step')).toEqual(entry);
    const replace = one.journal.replace?.bind(one.journal) as NonNullable<Journal['replace']>;
    const done = { ...entry, state: 'done' as const, keepMs: 7 * 86_400_000 };
    expect(await replace('step', undefined, done)).toBe(false);
    expect(await replace('step', entry, done)).toBe(true);
    expect(await replace('step', entry, entry)).toBe(false);
    expect(await two.journal.get('step')).toEqual(done);
    const [stored = ''] = await admin.keys(`*${prefix}*journal:step*`);
    expect(await admin.pttl(stored)).toBeGreaterThan(6 * 86_400_000);
    await two.journal.delete('step');
    expect(await one.journal.get('step')).toBeUndefined();
    expect(await replace('step', undefined, entry)).toBe(true);

    let grants = 0;
    const grant = async (): Promise<{ accessToken: string; expiresInMs: number }> => {
      grants++;
      await sleep(50);
      return { accessToken: `secret-${grants}`, expiresInMs: 3_600_000 };
    };
    const sent: (string | undefined)[] = [];
    const lines = [one, two].map((store) =>
      lineOf({ store, token: { name: 'acme', grant, origins: ['https://api.example.com'] } }),
    );
    await Promise.all(
      lines.map((line) => {
        const headers = new Map<string, string>();
        return line.run({
          method: 'GET',
          url: 'https://api.example.com/me',
          headers: { get: (header) => headers.get(header), set: (header, value) => void headers.set(header, value) },
          replayable: true,
          send: async () => {
            sent.push(headers.get('Authorization'));
            return new Platform().send();
          },
        });
      }),
    );
    expect(grants).toBe(1);
    expect(sent).toEqual(['Bearer secret-1', 'Bearer secret-1']);
    for (const stored of await admin.keys(`*{${prefix}:*`)) {
      const type = await admin.type(stored);
      const text = type === 'hash' ? JSON.stringify(await admin.hgetall(stored)) : '';
      expect(text).not.toContain('secret-1');
    }
  });

  test('the refresh token of the store reaches the next refresh, and outlives the access token (issue 13, b04)', async () => {
    const key = Buffer.alloc(32, 7);
    const [one, two] = [1, 2].map(() => storeOf({ client: made(), key }).tokens) as [Tokens, Tokens];
    const name = 'a credential';
    const first = (await one.claim(name, 0, 10_000)) as { fence: number };
    expect(first).toEqual({ fence: expect.any(Number) });
    const wait = (await two.claim(name, 0, 5_000)) as { waitMs: number };
    expect(wait.waitMs).toBeGreaterThan(4_000);
    expect(await one.renew(name, first.fence, 30_000)).toBe(true);
    expect(((await two.claim(name, 0, 5_000)) as { waitMs: number }).waitMs).toBeGreaterThan(20_000);
    expect(await two.renew(name, first.fence - 1, 30_000)).toBe(false);
    const token = { accessToken: 'secret-a', expiresInMs: 1, refreshToken: 'secret-r' };
    expect(await one.put(name, first.fence, 0, token)).toMatchObject({ epoch: 1 });
    await sleep(20);
    expect(await two.claim(name, 0, 0)).toEqual({ waitMs: 0 });
    const second = (await two.claim(name, 1, 5_000)) as { fence: number };
    expect(second).toEqual({ fence: expect.any(Number), refreshToken: 'secret-r' });
    const [stored = ''] = await admin.keys(`*{${prefix}:*token*`);
    expect(await admin.pttl(stored)).toBeGreaterThan(80 * 86_400_000);
    expect(JSON.stringify(await admin.hgetall(stored))).not.toContain('secret');
    // A store with another key decrypts nothing, and does not keep the lock.
    const stranger = storeOf({ client: made(), key: Buffer.alloc(32, 8) }).tokens as Tokens;
    await two.release(name, second.fence);
    await expect(stranger.claim(name, 1, 5_000)).rejects.toThrow('another key');
    expect(await two.claim(name, 1, 5_000)).toHaveProperty('refreshToken');
  });

  test('a revoked token is deleted with its refresh token, and the next one has a higher epoch (issue 16, 4)', async () => {
    const tokens = storeOf({ client: made(), key: Buffer.alloc(32, 7) }).tokens as Tokens;
    const claim = async (epoch: number): Promise<number> =>
      ((await tokens.claim('a', epoch, 10_000)) as { fence: number }).fence;
    const token = { accessToken: 'secret-a', expiresInMs: 60_000, refreshToken: 'secret-r' };
    await tokens.put('a', await claim(0), 0, token);
    await tokens.remove?.('a', 0);
    expect(await tokens.claim('a', 0, 0)).toMatchObject({ token: { epoch: 1 } });
    await tokens.remove?.('a', 1);
    expect(await tokens.claim('a', 0, 0)).toEqual({ waitMs: 0 });
    const [stored = ''] = await admin.keys(`*{${prefix}:*token*`);
    expect(Object.keys(await admin.hgetall(stored)).sort()).toEqual(['epoch', 'fence', 'lockedUntil']);
    const next = await tokens.claim('a', 1, 10_000);
    expect(next).toEqual({ fence: expect.any(Number) });
    expect(await tokens.put('a', (next as { fence: number }).fence, 1, token)).toMatchObject({ epoch: 2 });
  });

  test('every key expires', async () => {
    const line = lineOf({
      store: storeOf({ client: made(), key: Buffer.alloc(32, 1) }),
      governor: { quotas: [QUOTA] },
    });
    const platform = new Platform();
    platform.answers.push({ status: 429, headers: { 'retry-after': '1' } });
    await callOn(line, platform).catch(() => undefined);
    await until(async () => (await admin.keys(`*{${prefix}:*gates*`)).length > 0, 'the gate is stored');
    const keys = await admin.keys(`*{${prefix}:*`);
    expect(keys.length).toBeGreaterThan(2);
    for (const stored of keys) expect(await admin.pttl(stored), stored).toBeGreaterThan(0);
  });
});

test.for<[string, () => RedisClient]>([
  ['ioredis 5', () => new Ioredis5(url, { lazyConnect: true, keyPrefix: 'app:' })],
  ['ioredis 6', () => new Ioredis6(url, { lazyConnect: true, keyPrefix: 'app:' })],
])('with the keyPrefix of %s all keys have it, and messages arrive', async ([, client]) => {
  const stores = [1, 2].map(() => storeOf({ client: client() }));
  await Promise.all(stores.map((store) => store.ready()));
  const platform = new Platform();
  const lines = stores.map((store) =>
    lineOf({ store, governor: { quotas: [{ limit: 30, windowMs: 1_000 }], enforcement: 'sliding' } }),
  );
  const closed: string[] = [];
  lines[1]?.on('gateClosed', ({ scope }) => closed.push(scope));
  await Promise.all(lines.flatMap((line) => Array.from({ length: 30 }, () => callOn(line, platform))));
  expect(platform.most(1_000)).toBeLessThanOrEqual(30);
  platform.answers.push({ status: 429, headers: { 'retry-after': '1' } });
  await callOn(lines[0]!, platform).catch(() => undefined);
  await until(() => closed.length > 0, 'the gate message arrives');
  const keys = await admin.keys(`*{${prefix}:*`);
  expect(keys.length).toBeGreaterThan(2);
  for (const stored of keys) expect(stored).toMatch(/^app:\{/);
});

test('a message with an invalid length closes no gate (issue 13)', async () => {
  const store = storeOf({ url });
  await store.ready();
  const heard: [scope: string, forMs: number][] = [];
  store.leases.listen({ onChange: () => undefined, onReady: () => undefined, onGate: (...gate) => heard.push(gate) });
  const lengths = ['1e309', '-1e309', 'NaN', 'nonsense', '', '0', '-5', '8.64e7', '8.65e7', '1e15'];
  for (const ms of lengths) await admin.publish(makeChannel(prefix), `gate x ${ms} host:a`);
  await admin.publish(makeChannel(prefix), 'gate x 20 host:b');
  await until(() => heard.some(([scope]) => scope === 'host:b'), 'the valid messages arrive');
  expect(heard).toEqual([
    ['host:a', 86_400_000],
    ['host:b', 20],
  ]);
  expect(store.leases.gateOf('host:a')).toBeLessThanOrEqual(86_400_000);
});

test('permits that a line returns when it closes arrive before close() settles', async () => {
  const [store, other] = [1, 2].map(() => storeOf({ url }));
  const governor = { quotas: [{ limit: 10, windowMs: 60_000 }], enforcement: 'sliding' as const };
  const line = createHoldline({ store: store!, governor });
  await callOn(line, new Platform());
  await line.close();
  await store!.close();
  const second = lineOf({ store: other!, governor });
  await callOn(second, new Platform());
  // Only the second process is counted.
  expect(second.snapshot().scopes[0]?.quotas[0]?.fleet?.processes).toBe(1);
});

test('credential names do not change when a key is replaced', () => {
  const [old, young] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
  const salts = [[old], [old, young], [young, old], [young]].map((key) => storeOf({ url, prefix: 'acme', key }).salt);
  expect(salts).toEqual(Array(4).fill('acme'));
  expect(storeOf({ url, salt: 'a long random text' }).salt).toBe('a long random text');
  expect(() => storeOf({ url, salt: '' })).toThrow('salt must be a string that is not empty');
});

test('a url suffices if a client is installed', async () => {
  const store = storeOf({ url });
  await store.ready();
  const line = createHoldline({ store, governor: { quotas: [{ limit: 5, windowMs: 1_000 }] } });
  await callOn(line, new Platform());
  await line.close();
});

describe('in a cluster', () => {
  const CLUSTERS: Record<string, (url: string) => RedisClient> = {
    'ioredis 5': (url) => new Ioredis5.Cluster([url], { lazyConnect: true }),
    'ioredis 5 and a keyPrefix': (url) => new Ioredis5.Cluster([url], { lazyConnect: true, keyPrefix: 'app:' }),
    'ioredis 6 and a keyPrefix': (url) => new Ioredis6.Cluster([url], { lazyConnect: true, keyPrefix: 'app:' }),
    'ioredis 6': (url) => new Ioredis6.Cluster([url], { lazyConnect: true }),
    'node-redis 5': (url) => cluster5({ rootNodes: [{ url }] }),
    'node-redis 6': (url) => cluster6({ rootNodes: [{ url }] }),
  };

  test.for(Object.entries(CLUSTERS))('with %s every script finds its keys on one node', async ([, client]) => {
    const node = await startCluster();
    const key = Buffer.alloc(32, 3);
    const stores = [1, 2].map(() => storeOf({ client: client(node.url), key }));
    await Promise.all(stores.map((store) => store.ready()));
    const platform = new Platform();
    // In windows of 300 ms a permit is valid for 75 ms. Round trips of a busy machine took longer, and calls waited for minutes.
    const quotas = [
      { limit: 30, windowMs: 1_000 },
      { limit: 25, windowMs: 1_000, scope: 'host' as const },
    ];
    const lines = stores.map((store) => lineOf({ store, governor: { quotas, enforcement: 'sliding' } }));
    const closed: string[] = [];
    lines[1]?.on('gateClosed', ({ scope }) => closed.push(scope));
    await Promise.all(lines.flatMap((line) => Array.from({ length: 30 }, () => callOn(line, platform))));
    expect(platform.most(1_000)).toBeLessThanOrEqual(25);
    platform.answers.push({ status: 429, headers: { 'retry-after': '1' } });
    await callOn(lines[0]!, platform).catch(() => undefined);
    await until(() => closed.length > 0, 'messages arrive through the cluster');
    const claim = await stores[0]!.tokens!.claim('credential', 0, 1_000);
    expect(claim).toHaveProperty('fence');
  });
});

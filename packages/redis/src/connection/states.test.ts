import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createHoldline, type StoreState } from '@holdline/core';
import { startCluster, startProxy, startRedis, type RedisProcess } from '@holdline/test-servers';
import { sleep, until } from '@holdline/test-servers/waiting';
import { Redis } from 'ioredis';
import { Redis as Ioredis6 } from 'ioredis-6';
import { createClient as nodeRedis6, createCluster as cluster6 } from 'redis';
import { createClient as nodeRedis5 } from 'redis-5';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { RedisClient } from './client.js';
import { callOn, lineOf, Platform } from '../fixtures/line.fixture.js';
import type { RedisStoreOptions } from '../options.js';
import { redisStore, type RedisStore } from '../store.js';

// Real servers: the machine may be slow.
vi.setConfig({ testTimeout: 90_000 });

interface User {
  username?: string;
  password?: string;
}

const CLIENTS: Record<string, (port: number, user?: User) => RedisClient> = {
  'ioredis 5': (port, user) => new Redis({ host: '127.0.0.1', port, lazyConnect: true, ...user }),
  'ioredis 6': (port, user) => new Ioredis6({ host: '127.0.0.1', port, lazyConnect: true, ...user }),
  'node-redis 5': (port, user) => nodeRedis5({ socket: { host: '127.0.0.1', port }, ...user }),
  'node-redis 6': (port, user) => nodeRedis6({ socket: { host: '127.0.0.1', port }, ...user }),
};

function storeOf(options: RedisStoreOptions): { store: RedisStore; states: StoreState[] } {
  const store = redisStore(options);
  const states: StoreState[] = [];
  store.watch((state) => states.push(state));
  onTestFinished(() => store.close());
  return { store, states };
}

function adminOf(server: RedisProcess): Redis {
  const admin = new Redis(server.url);
  onTestFinished(() => admin.disconnect());
  return admin;
}

const connectionsOf = async (admin: Redis): Promise<number> =>
  Number(/total_connections_received:(\d+)/.exec(await admin.info('stats'))?.[1]);

describe.for(Object.entries(CLIENTS))('with %s', ([, clientOf]) => {
  // Issue 13, b01: an idle process opened 2,000 connections a second.
  test('a replica is reported, retried rarely, and used when it accepts writes', async () => {
    const [primary, replica] = await Promise.all([startRedis(), startRedis()]);
    const admin = adminOf(replica);
    await admin.call('REPLICAOF', '127.0.0.1', String(primary.port));
    const before = await connectionsOf(admin);
    const { store, states } = storeOf({ client: clientOf(replica.port) });
    const line = lineOf({ store, governor: { quotas: [{ limit: 50, windowMs: 1_000 }] } });
    const reported: (string | undefined)[] = [];
    line.on('storeState', ({ state, reason }) => reported.push(reason ?? state));
    const platform = new Platform();
    for (let i = 0; i < 5; i++) await callOn(line, platform);
    await until(() => states.length > 4, 'it retries');
    await sleep(2_000);
    expect((await connectionsOf(admin)) - before).toBeLessThan(30);
    expect(new Set(reported)).toEqual(new Set(['READONLY']));
    await until(() => store.state.state === 'lost', 'the next attempt fails');
    expect(store.state).toMatchObject({ reason: 'READONLY', needsConfiguration: false });
    await admin.call('REPLICAOF', 'NO', 'ONE');
    await until(() => store.state.state === 'ready', 'the store is ready');
    expect(reported.at(-1)).toBe('ready');
  });

  // Issue 13, b07: node-redis took itself for subscribed, and never subscribed again.
  test('a connection that breaks while SUBSCRIBE is answered is replaced, and receives messages', async () => {
    const server = await startRedis();
    const admin = adminOf(server);
    let cuts = 0;
    const proxy = await startProxy(server.port, 0, (text) => /subscribe/i.test(text) && cuts++ === 0);
    const prefix = `q-${randomUUID()}`;
    const { store } = storeOf({ client: clientOf(proxy.port), prefix, timeoutMs: 10_000 });
    await store.ready();
    expect(cuts).toBeGreaterThan(0);
    expect(await admin.call('PUBSUB', 'NUMSUB', `${prefix}:v1:news`)).toEqual([`${prefix}:v1:news`, 1]);
    proxy.leadTo(server.port);
    await until(() => store.state.state !== 'ready', 'both are closed');
    await until(() => store.state.state === 'ready', 'both are back');
    expect(await admin.call('PUBSUB', 'NUMSUB', `${prefix}:v1:news`)).toEqual([`${prefix}:v1:news`, 1]);
  });

  test.for<[string, string[], string]>([
    ['run scripts', ['-eval', '-evalsha'], 'NOPERM'],
    ['publish', ['-publish'], 'NOPERM'],
    ['subscribe', ['-subscribe'], 'NOPERM'],
    ['use one of the commands', ['-zadd'], 'NOPERM'],
    ['use the keys', ['resetkeys', '~other*'], 'NOPERM'],
    ['use the channel', ['resetchannels', '&other*'], 'NOPERM'],
  ])('a store whose user may not %s is not ready until the user may', async ([, rules, reason]) => {
    const server = await startRedis();
    const admin = adminOf(server);
    const base = ['ACL', 'SETUSER', 'app', 'reset', 'on', '>secret', '~*', '&*', '+@all'] as const;
    await admin.call(...base, ...rules);
    const { store } = storeOf({
      client: clientOf(server.port, { username: 'app', password: 'secret' }),
      timeoutMs: 10_000,
    });
    await expect(store.ready()).rejects.toThrow(/NOPERM|can't|permission/i);
    expect(store.state).toMatchObject({ state: 'lost', reason, needsConfiguration: true });
    expect(store.state.message).toContain('docs/guides/fleet.md');
    await admin.call(...base);
    await until(() => store.state.state === 'ready', 'it is ready');
  });

  test('a wrong password is reported, and a right one works', async () => {
    const server = await startRedis('--requirepass', 'right');
    const { store } = storeOf({ client: clientOf(server.port, { password: 'wrong-one' }), timeoutMs: 10_000 });
    await expect(store.ready()).rejects.toThrow('WRONGPASS');
    expect(store.state).toMatchObject({ reason: 'WRONGPASS', needsConfiguration: true });
    expect(JSON.stringify(store.state)).not.toContain('wrong-one');
    const none = storeOf({ client: clientOf(server.port), timeoutMs: 10_000 });
    await expect(none.store.ready()).rejects.toThrow('NOAUTH');
    expect(none.store.state).toMatchObject({ reason: 'NOAUTH', needsConfiguration: true });
    const right = storeOf({ client: clientOf(server.port, { password: 'right' }), timeoutMs: 10_000 });
    await right.store.ready();
  });

  test('a full memory is reported until there is room', async () => {
    const server = await startRedis('--maxmemory', '1', '--maxmemory-policy', 'noeviction');
    const admin = adminOf(server);
    const { store } = storeOf({ client: clientOf(server.port) });
    await until(() => store.state.reason === 'OOM', 'the server refuses the self-test');
    await expect(store.ready()).rejects.toThrow('OOM');
    expect(store.state).toMatchObject({ reason: 'OOM', needsConfiguration: false });
    await admin.config('SET', 'maxmemory', '0');
    await until(() => store.state.state === 'ready', 'there is room');
  });

  test('a node of a cluster needs a cluster client', async () => {
    const [first] = await Promise.all([startRedis('--cluster-enabled', 'yes')]);
    const { store } = storeOf({ client: clientOf(first.port) });
    await until(() => store.state.reason === 'CLUSTERDOWN', 'the node refuses the self-test');
    await expect(store.ready()).rejects.toThrow(/CLUSTERDOWN/);
    expect(store.state).toMatchObject({ reason: 'CLUSTERDOWN' });
  });
});

test('the store waits for a server that is blocked by a script of another client', async () => {
  const server = await startRedis('--busy-reply-threshold', '100');
  const [admin, other] = [adminOf(server), adminOf(server)];
  const { store, states } = storeOf({ client: CLIENTS['ioredis 5']!(server.port) });
  await store.ready();
  const stuck = other.eval('while true do end', 0).catch(() => undefined);
  const isBusy = (): Promise<boolean> =>
    admin.get('x').then(
      () => false,
      (error: unknown) => String(error).includes('BUSY'),
    );
  await until(isBusy, 'the script blocks the server');
  const quota = 'v1';
  await expect(store.journal.get(quota)).rejects.toThrow('BUSY');
  expect(states.at(-1)).toMatchObject({ state: 'lost', reason: 'BUSY', needsConfiguration: false });
  await admin.call('SCRIPT', 'KILL');
  await stuck;
  await until(() => store.state.state === 'ready', 'the server is free');
  expect(await store.journal.get(quota)).toBeUndefined();
});

test('a cluster that comes back is used again', async () => {
  const node = await startCluster();
  for (const client of [
    cluster6({ rootNodes: [{ url: node.url }] }),
    new Redis.Cluster([{ host: '127.0.0.1', port: node.port }], { lazyConnect: true }),
  ]) {
    const { store, states } = storeOf({ client });
    await store.ready();
    node.signal('SIGSTOP');
    const ask = async (): Promise<void> => {
      while (states.at(-1)?.state !== 'lost') await store.journal.get('x').catch(() => undefined);
    };
    await ask();
    node.signal('SIGCONT');
    await until(() => store.state.state === 'ready', 'it is back');
    await store.close();
  }
});

describe('the ACL of docs/guides/fleet.md', () => {
  const docs = readFileSync(new URL('../../../../docs/guides/fleet.md', import.meta.url), 'utf8');
  /** The rules of that page, for the prefix `holdline`. */
  const rules = (/ACL SETUSER holdline on >password ([^`]+)/.exec(docs)?.[1] ?? '').trim().split(/\s+/);

  test.for(Object.entries(CLIENTS))('suffices for the whole store, with %s', async ([, clientOf]) => {
    const server = await startRedis();
    const admin = adminOf(server);
    await admin.call('ACL', 'SETUSER', 'app', 'reset', 'on', '>secret', ...rules);
    const options = { key: 'a'.repeat(64), timeoutMs: 10_000 };
    const client = (): RedisClient => clientOf(server.port, { username: 'app', password: 'secret' });
    const stores = [1, 2].map(() => storeOf({ client: client(), ...options }).store);
    await Promise.all(stores.map((store) => store.ready()));
    const [first, second] = stores as [RedisStore, RedisStore];
    let grants = 0;
    const platform = new Platform();
    const lines = stores.map((store) =>
      lineOf({
        store,
        token: {
          name: 'acl',
          grant: () => Promise.resolve({ accessToken: `t${++grants}`, expiresInMs: 60_000 }),
          origins: ['https://api.example.com'],
        },
        governor: { quotas: [{ limit: 40, windowMs: 1_000 }] },
      }),
    );
    const failed: string[] = [];
    for (const line of lines) line.on('storeFailed', ({ message }) => failed.push(message));
    await Promise.all(lines.flatMap((line) => Array.from({ length: 40 }, () => callOn(line, platform))));
    expect(grants).toBe(1);
    // Also gates, session keys, the journal and dead letters.
    platform.answers.push({ status: 429, headers: { 'retry-after': '1' } });
    await callOn(lines[0]!, platform).catch(() => undefined);
    await until(() => lines[1]!.snapshot().scopes.some(({ gate }) => gate !== 'open'), 'the gate message arrives');
    const claim = { session: 's', fence: undefined, forMs: 1_000, replaces: false };
    expect(await first.sessions.claim('agent', claim)).toMatchObject({ has: true });
    expect(await second.sessions.claim('agent', claim)).toMatchObject({ has: false });
    await first.sessions.leave('agent', 's');
    const entry = { key: 'k', digest: 'd', issuedAt: 1, attempts: 1 } as never;
    await first.journal.put('step', entry);
    expect(await second.journal.get('step')).toEqual(entry);
    await second.journal.delete('step');
    const letter = { kind: 'call', id: 'l1', client: 'x', url: 'https://a.example.com/', replays: 0 } as never;
    await first.deadLetters.put(letter, 60_000);
    expect((await second.deadLetters.list('', 10)).letters).toHaveLength(1);
    const claimed = await second.deadLetters.claim('l1', 1_000);
    expect(await second.deadLetters.renew('l1', claimed!.fence, 1_000)).toBe(true);
    expect(await second.deadLetters.settle('l1', claimed!.fence, letter)).toBe(true);
    expect(await first.deadLetters.delete('l1')).toBe(true);
    await Promise.all(lines.map((line) => line.close()));
    expect(failed).toEqual([]);
    expect(stores.map(({ state }) => state.state)).toEqual(['ready', 'ready']);
    const denied = (await admin.call('ACL', 'LOG')) as unknown[];
    expect(denied).toEqual([]);
  });
});

test('a closed line emits no state of the store', async () => {
  const server = await startRedis();
  const { store } = storeOf({ client: CLIENTS['ioredis 5']!(server.port) });
  await store.ready();
  const line = createHoldline({ store });
  const reported: string[] = [];
  line.on('storeState', ({ state }) => reported.push(state));
  await line.close();
  await store.close();
  expect(reported).toEqual([]);
});

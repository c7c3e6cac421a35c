import {
  createHoldline,
  failed,
  answered,
  type DeadCall,
  type DeadLetter,
  type Holdline,
  type LetterClaim,
} from '@holdline/core';
import { shareRedis, startCluster } from '@holdline/test-servers';
import { sleep, until } from '@holdline/test-servers/waiting';
import { Redis as Ioredis5 } from 'ioredis';
import { createClient as nodeRedis6 } from 'redis';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { RedisStoreOptions } from '../options.js';
import { redisStore, type RedisStore } from '../store.js';

// Real servers: the machine may be slow.
vi.setConfig({ testTimeout: 60_000 });

const KEY = Buffer.alloc(32, 9);
const file = shareRedis();

function storeOf(options: Partial<RedisStoreOptions> = {}): RedisStore {
  const place = options.client ? {} : { url: file.server.url };
  const store = redisStore({ ...place, key: KEY, timeoutMs: 10_000, ...options });
  onTestFinished(() => store.close());
  return store;
}

function letterOf(id: string, more: Partial<DeadCall> = {}): DeadLetter {
  return {
    kind: 'call',
    id,
    client: 'test',
    credential: undefined,
    from: undefined,
    method: 'POST',
    url: 'https://api.test/a',
    route: 'POST /a',
    headers: {},
    tenant: undefined,
    priority: 'normal',
    weight: 1,
    transaction: undefined,
    key: undefined,
    keptAt: 1,
    reason: 'refused 429',
    mayBeExecuted: false,
    replays: 0,
    sealed: undefined,
    missing: [],
    ...more,
  };
}

const HOUR = 3_600_000;

describe.for([
  ['ioredis', () => new Ioredis5(file.server.url, { lazyConnect: true })],
  ['node-redis', () => nodeRedis6({ url: file.server.url })],
] as const)('with %s', ([, client]) => {
  test('letters are listed in order, page by page, and replaced at their position', async () => {
    const { deadLetters } = storeOf({ client: client() });
    for (let i = 0; i < 7; i++) await deadLetters.put(letterOf(`l${i}`), HOUR);
    await deadLetters.put(letterOf('l2', { reason: 'not-sent', tenant: 'acme' }), HOUR);
    const seen: string[] = [];
    for (let after: string | undefined = ''; after !== undefined;) {
      const page = await deadLetters.list(after, 3);
      seen.push(page.letters.map(({ id }) => id).join(' '));
      after = page.next;
    }
    expect(seen).toEqual(['l0 l1 l2', 'l3 l4 l5', 'l6']);
    expect((await deadLetters.list('', 9)).letters[2]).toEqual(letterOf('l2', { reason: 'not-sent', tenant: 'acme' }));
    for (const key of await file.redis.keys('*')) expect(await file.redis.pttl(key), key).toBeGreaterThan(0);
  });

  test('one store at a time holds a letter, under a fence, and a holder that never settles it is reported to the next', async () => {
    const [one, two] = [storeOf({ client: client() }), storeOf({ client: client() })].map((store) => store.deadLetters);
    await one!.put(letterOf('a'), HOUR);
    const first = await one!.claim('a', 60_000);
    expect(first).toMatchObject({ letter: { id: 'a' }, wasDropped: false });
    expect(await two!.claim('a', 60_000)).toBeUndefined();
    expect(await two!.delete('a')).toBe(false);
    await two!.put(letterOf('a', { reason: 'other' }), HOUR);
    expect((await one!.list('', 1)).letters[0]?.reason).toBe('refused 429');
    // The claim ends: its holder never comes back.
    expect(await one!.renew('a', first?.fence ?? 0, 1)).toBe(true);
    let second: LetterClaim | undefined;
    await until(async () => (second = await two!.claim('a', 10_000)) !== undefined, 'the letter is free');
    expect(second?.wasDropped).toBe(true);
    expect(second?.fence).toBeGreaterThan(first?.fence ?? Infinity);
    expect(await one!.renew('a', first?.fence ?? 0, 200)).toBe(false);
    expect(await one!.settle('a', first?.fence ?? 0, undefined)).toBe(false);
    expect(await two!.renew('a', second?.fence ?? 0, 200)).toBe(true);
    expect(await two!.settle('a', second?.fence ?? 0, letterOf('a', { replays: 1 }))).toBe(true);
    expect(await one!.claim('a', 200)).toMatchObject({ letter: { replays: 1 }, wasDropped: false });
  });

  test('twenty concurrent claims of fifty letters get each letter once', async () => {
    const stores = Array.from({ length: 4 }, () => storeOf({ client: client() }).deadLetters);
    const ids = Array.from({ length: 50 }, (_, i) => `l${i}`);
    await Promise.all(ids.map((id) => stores[0]!.put(letterOf(id), HOUR)));
    const claims = await Promise.all(
      Array.from({ length: 20 }, (_, n) => Promise.all(ids.map((id) => stores[n % 4]!.claim(id, 10_000)))),
    );
    expect(claims.flat().filter((claim) => claim !== undefined)).toHaveLength(50);
  });
});

test('the oldest letters are deleted first, and expired ones are deleted', async () => {
  const { deadLetters } = storeOf({ maxLetters: 2 });
  expect(await deadLetters.put(letterOf('a'), HOUR)).toEqual([]);
  expect(await deadLetters.put(letterOf('b'), 2_000)).toEqual([]);
  expect(await deadLetters.put(letterOf('c'), HOUR)).toEqual(['a']);
  await until(async () => (await deadLetters.list('', 9)).letters.length === 1, 'one letter has expired');
  expect((await deadLetters.list('', 9)).letters.map(({ id }) => id)).toEqual(['c']);
});

test('letters work after SCRIPT FLUSH and FLUSHALL', async () => {
  const { deadLetters } = storeOf();
  await deadLetters.put(letterOf('a'), HOUR);
  const claim = await deadLetters.claim('a', 10_000);
  await file.redis.script('FLUSH');
  expect(await deadLetters.renew('a', claim?.fence ?? 0, 10_000)).toBe(true);
  await file.redis.flushall();
  expect(await deadLetters.settle('a', claim?.fence ?? 0, undefined)).toBe(false);
  await deadLetters.put(letterOf('a'), HOUR);
  expect((await deadLetters.claim('a', 10_000))?.fence).toBeGreaterThan(claim?.fence ?? Infinity);
});

test('in a cluster all keys of the letters are on one node', async () => {
  const node = await startCluster();
  const { deadLetters } = storeOf({ client: new Ioredis5.Cluster([node.url], { lazyConnect: true }) });
  await deadLetters.put(letterOf('a'), HOUR);
  const claim = await deadLetters.claim('a', 10_000);
  expect(await deadLetters.settle('a', claim?.fence ?? 0, undefined)).toBe(true);
  expect((await deadLetters.list('', 9)).letters).toEqual([]);
});

describe('lines that share a store', () => {
  const SECRET = 'what-the-customer-said';
  const executed: string[] = [];

  function lineOf(store: RedisStore, isUp: () => boolean): Holdline {
    const line = createHoldline({
      store,
      breaker: false,
      retry: { maxAttempts: 1 },
      endpoints: { 'POST /a': { keyed: true } },
    });
    onTestFinished(() => line.close());
    const request = (payload: string): Parameters<Holdline['run']>[0] => {
      const headers = new Map<string, string>();
      return {
        method: 'POST',
        url: `https://api.test/a?who=${SECRET}`,
        client: 'test',
        headers: { get: (name) => headers.get(name), set: (name, value) => void headers.set(name, value) },
        replayable: true,
        payload: () => payload,
        send: async () => {
          if (!isUp()) return failed(new Error('down'), 'not-sent');
          await sleep(5);
          executed.push(payload);
          return answered({}, { status: 201, header: () => undefined });
        },
      };
    };
    line.deadLetters.sendBy('test', {
      serves: () => true,
      send: ({ body }) => line.run(request(String(body))),
    });
    Object.assign(line, { write: (payload: string) => line.run(request(payload)).catch(() => undefined) });
    return line;
  }

  test('replay each letter once, and Redis holds no secret', async () => {
    executed.length = 0;
    let up = false;
    const lines = [1, 2, 3].map(() => lineOf(storeOf(), () => up));
    const payloads = Array.from({ length: 60 }, (_, i) => `${SECRET} ${i}`);
    await Promise.all(
      payloads.map((payload, i) => (lines[i % 3] as never as { write(p: string): unknown }).write(payload)),
    );
    await Promise.all(lines.map((line) => line.drain()));
    expect((await lines[0]!.deadLetters.list({ limit: 100 })).letters).toHaveLength(60);
    for (const key of await file.redis.keys('*dead-letters*')) {
      const text = (await file.redis.type(key)) === 'hash' ? JSON.stringify(await file.redis.hgetall(key)) : '';
      expect(text).not.toContain(SECRET);
    }
    up = true;
    const reports = await Promise.all(lines.map((line) => line.deadLetters.replay()));
    expect(reports.reduce((sum, { replayed }) => sum + replayed, 0)).toBe(60);
    expect([...executed].sort()).toEqual([...payloads].sort());
    expect((await lines[0]!.deadLetters.list()).letters).toEqual([]);
  });

  test('keep no secret without a key', async () => {
    const line = lineOf(storeOf({ key: undefined as never }), () => false);
    await (line as never as { write(p: string): Promise<unknown> }).write(SECRET);
    await line.drain();
    const [letter] = (await line.deadLetters.list()).letters;
    expect(letter).toMatchObject({ sealed: undefined, missing: ['query', 'body'] });
  });
});

import { shareRedis, startRedis } from '@holdline/test-servers';
import { sleep, until } from '@holdline/test-servers/waiting';
import { expect, onTestFinished, test, vi } from 'vitest';
import { redisStore, type RedisStore } from '../store.js';

// Real servers: the machine may be slow.
vi.setConfig({ testTimeout: 60_000 });

const file = shareRedis();

async function storeOf(url = file.server.url): Promise<RedisStore> {
  const store = redisStore({ url, timeoutMs: 4_000 });
  onTestFinished(() => store.close());
  await store.ready();
  return store;
}

/** One session of one process. */
function sessionOf({ sessions }: RedisStore, { replaces = false, forMs = 10_000, key = 'alice' } = {}) {
  let fence: number | undefined;
  const notified = { times: 0 };
  onTestFinished(sessions.listen(key, () => void notified.times++));
  return {
    notified,
    async claim() {
      const place = await sessions.claim(key, { session: '1', fence, forMs, replaces });
      fence = place.fence;
      return place;
    },
    leave: () => sessions.leave(key, '1'),
    forgetFence: () => (fence = undefined),
  };
}

test('one session has the key, the other waits, and is notified when the key is free', async () => {
  const [first, second] = [sessionOf(await storeOf()), sessionOf(await storeOf())];
  expect(await first.claim()).toMatchObject({ has: true, replaced: false, heldForMs: 10_000 });
  const waiting = await second.claim();
  expect(waiting).toMatchObject({ has: false, replaced: false });
  expect(waiting.heldForMs).toBeGreaterThan(0);
  // The reply to the first claim may have been lost.
  first.forgetFence();
  expect((await first.claim()).has).toBe(true);
  await first.leave();
  await until(() => second.notified.times > 0, 'the other is notified');
  expect((await second.claim()).has).toBe(true);
  // A session without the key releases nothing.
  await first.leave();
  expect((await first.claim()).has).toBe(false);
  expect((await sessionOf(await storeOf(), { key: 'bob' }).claim()).has).toBe(true);
});

test('a session that replaces another waits until that one has left, and all earlier sessions are notified', async () => {
  const [first, second, third] = [
    sessionOf(await storeOf()),
    sessionOf(await storeOf(), { replaces: true }),
    sessionOf(await storeOf(), { replaces: true }),
  ];
  await first.claim();
  expect(await second.claim()).toMatchObject({ has: false, replaced: false });
  await until(() => first.notified.times > 0, 'the first is notified');
  // The first session keeps the key until it has ended.
  expect(await first.claim()).toMatchObject({ has: true, replaced: true });
  await third.claim();
  await until(() => second.notified.times > 0, 'the second is notified');
  expect(await second.claim()).toMatchObject({ has: false, replaced: true });
  await first.leave();
  expect(await second.claim()).toMatchObject({ has: false, replaced: true });
  expect(await third.claim()).toMatchObject({ has: true, replaced: false });
});

test('a process that dies keeps the key until its claim ends, and no longer', async () => {
  const [first, second] = [sessionOf(await storeOf(), { forMs: 2_000 }), sessionOf(await storeOf())];
  await first.claim();
  const { has, heldForMs } = await second.claim();
  expect(has).toBe(false);
  expect(heldForMs).toBeLessThanOrEqual(2_000);
  await sleep(heldForMs + 1);
  expect((await second.claim()).has).toBe(true);
  // The first process was only slow.
  expect((await first.claim()).has).toBe(false);
});

test('FLUSHALL and SCRIPT FLUSH: the holder keeps the key, and later sessions have higher fences', async () => {
  const [first, second] = [sessionOf(await storeOf()), sessionOf(await storeOf(), { replaces: true })];
  const { fence } = await first.claim();
  await file.redis.script('FLUSH');
  expect(await first.claim()).toMatchObject({ has: true, fence });
  await file.redis.flushall();
  expect(await first.claim()).toMatchObject({ has: true, fence });
  await file.redis.flushall();
  const place = await second.claim();
  expect(place).toMatchObject({ has: true });
  expect(place.fence).toBeGreaterThan(fence);
  expect(await first.claim()).toMatchObject({ has: false, replaced: true });
});

test('Redis is killed and comes back empty: claims fail within a bounded time, and the holder gets the key again', async () => {
  const own = await startRedis();
  const session = sessionOf(await storeOf(own.url));
  await session.claim();
  await own.kill();
  const from = performance.now();
  await expect(session.claim()).rejects.toThrow();
  expect(performance.now() - from).toBeLessThan(5_000);
  session.notified.times = 0;
  await own.start();
  await until(() => session.notified.times > 0, 'the session is notified');
  expect((await session.claim()).has).toBe(true);
});

test('every Redis key expires, and none names the user', async () => {
  const [first, second] = [sessionOf(await storeOf()), sessionOf(await storeOf(), { replaces: true })];
  await first.claim();
  await second.claim();
  await first.leave();
  const keys = await file.redis.keys('*');
  expect(keys).toHaveLength(1);
  for (const key of keys) {
    expect(await file.redis.pttl(key)).toBeGreaterThan(0);
    expect(key + JSON.stringify(await file.redis.hgetall(key))).not.toContain('alice');
  }
});

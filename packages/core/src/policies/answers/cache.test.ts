import { describe, expect, it } from 'vitest';
import { callInfo, type CacheRules, type EndpointPolicies, withCall } from '../../index.js';
import { settle, VirtualClock } from '../../testing.js';
import { type Native, setupPlatform } from './platform.fixture.js';

const A = 'GET /a';
const cached = (cache: NonNullable<EndpointPolicies['cache']>, others: Record<string, EndpointPolicies> = {}) =>
  setupPlatform({ endpoints: { [A]: { cache }, ...others } });
const bodyOf = ({ value }: { value: unknown }): unknown => (value as Native).body;

describe('a cached endpoint', () => {
  it('answers from the cache until ttlMs is over', async () => {
    const { clock, platform, get } = cached({ ttlMs: 1_000 });
    const first = await get();
    await clock.advance(999);
    const second = await get();
    await clock.advance(1);
    const third = await get();
    expect(platform.table).toEqual(['0 GET /a', '1000 GET /a']);
    expect([first, second, third].map(bodyOf)).toEqual(['v1', 'v1', 'v1']);
    expect(callInfo(first.value)).toMatchObject({ fromCache: false, attempts: 1, ageMs: undefined });
    expect(callInfo(second.value)).toMatchObject({
      fromCache: true,
      isStale: false,
      attempts: 0,
      status: 200,
      ageMs: 999,
    });
    expect(callInfo(third.value)).toMatchObject({ fromCache: false });
  });

  it('reports the source of the answer in the event call', async () => {
    const { line, get } = cached({ ttlMs: 1_000 });
    const sources: unknown[] = [];
    line.on('call', ({ answeredBy, attempts }) => sources.push([answeredBy, attempts]));
    await get();
    await get();
    expect(sources).toEqual([
      [undefined, 1],
      ['cache', 0],
    ]);
  });

  it('gives each caller its own object and its own bytes', async () => {
    const { platform, get } = cached({ ttlMs: 1_000 });
    platform.reply = () => ({ body: new Uint8Array([1, 2]) });
    const first = await get();
    (bodyOf(first) as Uint8Array)[0] = 9;
    const second = await get();
    (bodyOf(second) as Uint8Array)[0] = 8;
    const third = await get();
    expect(bodyOf(third)).toEqual(new Uint8Array([1, 2]));
    expect(third.value).not.toBe(second.value);
  });

  it('keeps no credentials, no quotas and no headers of the connection', async () => {
    const { platform, get } = cached({ ttlMs: 1_000 });
    const kept = { 'content-type': 'text/plain', 'x-custom': 'a' };
    const dropped = {
      'set-cookie': 's=1',
      'x-auth-token': 't',
      'retry-after': '9',
      'x-ratelimit-remaining': '3',
      connection: 'close',
    };
    platform.reply = () => ({ headers: { ...kept, ...dropped } });
    await get();
    expect(((await get()).value as Native).headers).toEqual(kept);
  });

  it.each([[301], [206], [404], [500]])('does not keep an answer with the status %s', async (status) => {
    const { platform, get } = cached({ ttlMs: 1_000 });
    platform.reply = () => ({ status });
    await get();
    await get();
    expect(platform.arrived).toHaveLength(2);
  });

  it('counts the age while a computer sleeps, which stops its monotonic clock', async () => {
    const clock = new VirtualClock();
    const { platform, get } = setupPlatform({ clock, endpoints: { [A]: { cache: { ttlMs: 1_000 } } } });
    await get();
    clock.jumpWall(1_000);
    await get();
    clock.jumpWall(-10_000);
    await clock.advance(1_000);
    await get();
    expect(platform.arrived).toHaveLength(3);
  });

  it.each([
    ['range', 'bytes=0-1'],
    ['if-none-match', '"a"'],
    ['cache-control', 'no-cache'],
  ])('sends a request with %s itself', async (name, value) => {
    const { platform, get } = cached({ ttlMs: 1_000 });
    await get();
    await get({ headers: { [name]: value } });
    expect(platform.arrived).toHaveLength(2);
  });

  it.each([
    ['tenant', { context: { tenant: 'a' } }, { context: { tenant: 'b' } }],
    ['Authorization', { headers: { authorization: 'Bearer a' } }, { headers: { authorization: 'Bearer b' } }],
    ['cookie', { headers: { cookie: 'a' } }, { headers: { cookie: 'b' } }],
    ['header with a key', { headers: { 'x-vendor-api-key': 'a' } }, { headers: { 'x-vendor-api-key': 'b' } }],
    ['language', { headers: { 'accept-language': 'de' } }, { headers: { 'accept-language': 'en' } }],
    ['client', { owner: { name: 'a' } }, { owner: { name: 'a' } }],
    ['form of the result', { form: 'text' }, { form: 'bytes' }],
    ['query', { url: '/a?x=1' }, { url: '/a?x=2' }],
    ['body', { payload: '1' }, { payload: '2' }],
  ])('gives no answer to a call with another %s', async (_name, one, other) => {
    const { platform, get } = cached({ ttlMs: 1_000 });
    await get(one);
    await get(other);
    await get(one);
    await get(other);
    expect(platform.arrived).toHaveLength(2);
  });

  it('keeps reads by POST apart by their payload, if the route is read-only', async () => {
    const { platform, get } = setupPlatform({ endpoints: { 'POST /q': { readOnly: true, cache: { ttlMs: 1_000 } } } });
    const ask = (payload?: string) => get({ method: 'POST', url: '/q', ...(payload && { payload }) });
    await ask('1');
    await ask('2');
    await ask('1');
    await ask();
    await ask();
    expect(platform.arrived).toHaveLength(4);
  });

  it('sends each call itself in a dry run', async () => {
    const { line, platform, get } = setupPlatform({ dryRun: true, endpoints: { [A]: { cache: { ttlMs: 1_000 } } } });
    await get();
    await get();
    expect(platform.arrived).toHaveLength(2);
    expect(line.explain({ method: 'GET', url: '/a' }).now.answer).toBe('no cache');
  });

  it.each(['answerBody', 'restoreAnswer'] as const)('caches nothing for a client without %s', async (lack) => {
    const { line, platform, get } = cached({ ttlMs: 1_000 });
    await get({ lacks: [lack] });
    await get({ lacks: [lack] });
    expect(platform.arrived).toHaveLength(2);
    expect(line.snapshot().answers.cache).toMatchObject({ entries: 0, notKept: 2, misses: 2 });
  });

  it('keeps the answers of a line with an own token apart by the token that the application set', async () => {
    let current = { accessToken: 'a' };
    const { platform, get } = setupPlatform({
      endpoints: { [A]: { cache: { ttlMs: 1_000 } } },
      token: { grant: () => Promise.resolve({ accessToken: 'granted' }), current: () => current },
    });
    await get();
    await get();
    current = { accessToken: 'b' };
    await get();
    await get();
    expect(platform.arrived).toHaveLength(2);
  });
});

describe('the limits of a cache', () => {
  it('drops the least recently used answer first', async () => {
    const { line, platform, get } = setupPlatform({
      endpoints: { 'GET /a/:id': { cache: { ttlMs: 1_000, maxEntries: 2 } } },
    });
    for (const id of [1, 2, 1, 3, 1, 2]) await get({ url: `/a/${id}` });
    expect(platform.table).toEqual(['0 GET /a/1', '0 GET /a/2', '0 GET /a/3', '0 GET /a/2']);
    expect(line.snapshot().answers.cache).toMatchObject({ entries: 2, hits: 2, misses: 4 });
  });

  it('counts keys, headers and bodies, and keeps no answer that is too large alone', async () => {
    const { line, platform, get } = setupPlatform({
      endpoints: { 'GET /a/:id': { cache: { ttlMs: 1_000, maxBytes: 3_000 } } },
    });
    platform.reply = ({ request }) => ({ body: 'x'.repeat(request.endsWith('big') ? 4_000 : 1_500) });
    await get({ url: '/a/1' });
    const { bytes = 0 } = line.snapshot().answers.cache;
    expect(bytes).toBeGreaterThan(1_850);
    await get({ url: '/a/2' });
    await get({ url: '/a/big' });
    expect(line.snapshot().answers.cache).toMatchObject({ entries: 1, bytes, notKept: 1 });
  });

  it('keeps the answers of a pattern over an update, and drops those of a pattern without a cache', async () => {
    const { line, platform, get } = cached({ ttlMs: 1_000 }, { 'GET /b': { cache: { ttlMs: 1_000 } } });
    await get();
    await get({ url: '/b' });
    line.update({ endpoints: { [A]: { cache: { ttlMs: 2_000 } }, 'GET /b': { cache: false } } });
    await get();
    await get({ url: '/b' });
    expect(platform.table).toEqual(['0 GET /a', '0 GET /b', '0 GET /b']);
    expect(line.snapshot().answers.cache.entries).toBe(1);
  });

  it('has no step if nothing is declared', () => {
    const { line } = setupPlatform({});
    expect(line.explain({ method: 'GET', url: '/a' }).policies.map(({ phase }) => phase)).not.toContain('answer');
  });
});

describe('an answer after its ttlMs', () => {
  const etag = (tag: string) => ({ headers: { etag: tag } });

  it('is renewed by a 304, and keeps its body', async () => {
    const { clock, line, platform, get } = cached({ ttlMs: 1_000 });
    platform.reply = ({ headers }) =>
      headers['if-none-match'] === '"1"'
        ? { status: 304, headers: { etag: '"1"', 'x-new': 'yes' }, threw: true }
        : etag('"1"');
    await get();
    await clock.advance(1_000);
    const renewed = await get();
    await clock.advance(999);
    const third = await get();
    expect(platform.arrived).toHaveLength(2);
    expect(renewed.value).toMatchObject({ status: 200, body: 'v1', headers: { 'x-new': 'yes' } });
    expect(callInfo(renewed.value)).toMatchObject({ fromCache: true, isStale: false, ageMs: 0 });
    expect(callInfo(third.value)?.ageMs).toBe(999);
    expect(line.snapshot().answers.cache).toMatchObject({ revalidations: 1, hits: 2 });
  });

  it('is replaced by a new answer', async () => {
    const { clock, platform, get } = cached({ ttlMs: 1_000 });
    platform.reply = ({ at }) => ({ ...etag('"1"'), body: `at ${at}` });
    await get();
    await clock.advance(1_000);
    const replaced = await get();
    expect(platform.arrived).toHaveLength(2);
    expect(bodyOf(replaced)).toBe('at 1000');
    expect(callInfo(replaced.value)).toMatchObject({ fromCache: true, ageMs: 0 });
  });

  it('is forgotten after a 404, which the caller gets from its own request', async () => {
    const { clock, platform, get, line } = cached({ ttlMs: 1_000 });
    platform.reply = ({ at }) => (at === 0 ? etag('"1"') : { status: 404, threw: true });
    await get();
    await clock.advance(1_000);
    const callers = await Promise.all([get(), get(), get()]);
    expect(callers.map(({ error }) => (error as Native).status)).toEqual([404, 404, 404]);
    expect(platform.arrived).toHaveLength(3);
    expect(line.snapshot().answers.cache).toMatchObject({ entries: 0, failedRevalidations: 1 });
  });

  it('is given while a background read refreshes it, once per answer', async () => {
    const { clock, line, platform, get } = cached({ ttlMs: 1_000, staleWhileRevalidateMs: 500 });
    platform.reply = ({ at }) => ({ body: `at ${at}`, afterMs: at === 0 ? 0 : 100 });
    await get();
    await clock.advance(1_200);
    const stale = await Promise.all([get(), get()]);
    expect(stale.map(bodyOf)).toEqual(['at 0', 'at 0']);
    expect(callInfo(stale[0]?.value)).toMatchObject({ fromCache: true, isStale: true, attempts: 0, ageMs: 1_200 });
    expect(platform.table).toEqual(['0 GET /a', '1200 GET /a']);
    await clock.advance(100);
    expect(bodyOf(await get())).toBe('at 1200');
    expect(line.snapshot().answers.cache).toMatchObject({ staleHits: 2, revalidations: 1 });
    expect(clock.pending).toBe(0);
  });

  it('stays after a failed refresh, until staleWhileRevalidateMs is over', async () => {
    const { clock, line, platform, get } = cached({ ttlMs: 1_000, staleWhileRevalidateMs: 500 });
    platform.reply = ({ at }) => (at === 0 || at >= 1_500 ? {} : 'reset');
    await get();
    await clock.advance(1_400);
    expect(callInfo((await get()).value)?.isStale).toBe(true);
    await settle();
    expect(line.snapshot().answers.cache.failedRevalidations).toBe(1);
    await clock.advance(100);
    expect(callInfo((await get()).value)?.fromCache).toBe(false);
    expect(platform.arrived).toHaveLength(3);
  });

  it('is refreshed for 30 seconds at most, and not after the line is closed', async () => {
    const { clock, line, platform, get } = cached({ ttlMs: 1_000, staleWhileRevalidateMs: 100_000 });
    platform.reply = ({ at }) => (at === 0 ? {} : 'hang');
    await get();
    await clock.advance(1_000);
    await get();
    expect(line.snapshot().calls).toBe(1);
    await clock.advance(30_000);
    expect(line.snapshot().calls).toBe(0);
    await get();
    const closed = line.close();
    await clock.run();
    await closed;
    expect(clock.pending).toBe(0);
  });

  it('is requested by the caller if the client makes no own reads', async () => {
    const { clock, platform, get } = cached({ ttlMs: 1_000, staleWhileRevalidateMs: 500 });
    await get();
    await clock.advance(1_200);
    expect(callInfo((await get({ lacks: ['variant'] })).value)?.fromCache).toBe(false);
    expect(platform.arrived).toHaveLength(2);
  });
});

describe('a throttled platform', () => {
  it('leaves the stale answer to callers, until staleIfThrottledMs is over', async () => {
    const { clock, platform, get, start } = cached({ ttlMs: 1_000, staleIfThrottledMs: 60_000 });
    platform.reply = ({ at }) => (at === 0 ? {} : { status: 429, headers: { 'retry-after': '30' }, threw: true });
    await get();
    await clock.advance(1_000);
    const refused = await get();
    expect(refused.value).toMatchObject({ status: 200, body: 'v1' });
    expect(callInfo(refused.value)).toMatchObject({ fromCache: true, isStale: true, attempts: 1 });
    expect(platform.discarded).toBe(1);
    const gated = await get();
    expect(callInfo(gated.value)).toMatchObject({ isStale: true, attempts: 0 });
    expect(platform.arrived).toHaveLength(2);
    await clock.advance(60_000);
    const late = start();
    await clock.run();
    expect(late.error).toMatchObject({ status: 429 });
  });

  it('leaves the stale answer to the call that is refused first, without a retry after the gate', async () => {
    const cache = { ttlMs: 1_000, staleIfThrottledMs: 60_000 };
    const { clock, platform, get, start } = setupPlatform({ endpoints: { [A]: { cache } }, retry: {} });
    platform.reply = ({ at }) => (at === 0 ? {} : { status: 429, headers: { 'retry-after': '30' }, threw: true });
    await get();
    await clock.advance(1_000);
    const refused = start();
    await settle();
    expect(callInfo(refused.value)).toMatchObject({ isStale: true, attempts: 1, waitedMs: 0 });
  });

  it('leaves the stale answer to a call that the queue refuses', async () => {
    const { clock, get, start } = setupPlatform({
      governor: { quotas: [{ limit: 1, windowMs: 60_000 }], maxQueued: 1 },
      endpoints: { [A]: { cache: { ttlMs: 1_000, staleIfThrottledMs: 60_000 } } },
    });
    await get();
    await clock.advance(1_000);
    start({ url: '/b' });
    await settle();
    const refused = await get();
    expect(callInfo(refused.value)).toMatchObject({ isStale: true });
  });
});

describe('the headers of an answer', () => {
  const rules: CacheRules = {
    name: 'test',
    judge: ({ headers }) => {
      const maxAge = /max-age=(\d+)/.exec(headers['cache-control'] ?? '')?.[1];
      if (maxAge === undefined) return undefined;
      return { ttlMs: Number(maxAge) * 1_000, staleWhileRevalidateMs: 0, vary: headers.vary ? [headers.vary] : [] };
    },
  };

  it('decide how long it is fresh', async () => {
    const { clock, platform, get } = cached({ rules });
    platform.reply = () => ({ headers: { 'cache-control': 'max-age=2' } });
    await get();
    await clock.advance(1_999);
    await get();
    await clock.advance(1);
    await get();
    expect(platform.arrived).toHaveLength(2);
  });

  it('that allow no caching leave the decision to ttlMs', async () => {
    const without = cached({ rules });
    await without.get();
    await without.get();
    expect(without.platform.arrived).toHaveLength(2);
    const withTtl = cached({ rules, ttlMs: 1_000 });
    await withTtl.get();
    await withTtl.get();
    expect(withTtl.platform.arrived).toHaveLength(1);
  });

  it('name request headers that the answer depends on', async () => {
    const { platform, get } = cached({ rules });
    platform.reply = () => ({ headers: { 'cache-control': 'max-age=2', vary: 'x-mode' } });
    await get({ headers: { 'x-mode': 'a' } });
    await get({ headers: { 'x-mode': 'b' } });
    await get({ headers: { 'x-mode': 'b' } });
    expect(platform.arrived).toHaveLength(2);
  });
});

describe('explain', () => {
  it('says what the cache has', async () => {
    const { clock, line, get } = cached({ ttlMs: 1_000, staleWhileRevalidateMs: 9_000 });
    const url = 'https://api.test/a';
    const answer = () => line.explain({ method: 'GET', url }).now.answer;
    expect(answer()).toBe('not in cache');
    await get();
    expect(answer()).toBe('fresh in cache');
    await clock.advance(1_000);
    expect(answer()).toBe('stale in cache');
    expect(line.explain({ method: 'GET', url: '/b' }).now.answer).toBe('no cache');
    const policy = line.explain({ method: 'GET', url }).policies.find(({ name }) => name === 'cache');
    expect(policy).toMatchObject({ phase: 'answer', options: { endpoint: A, ttlMs: 1_000 } });
  });
});

describe('a call in a context', () => {
  it('with an idempotency key is sent itself', async () => {
    const { platform, get } = cached({ ttlMs: 1_000 });
    await get();
    await withCall({ idempotencyKey: 'k' }, () => get());
    expect(platform.arrived).toHaveLength(2);
  });
});

import { describe, expect, it } from 'vitest';
import { ConfigError, createHoldline, type HoldlineConfig } from '../../index.js';
import { settle } from '../../testing.js';
import { setupPlatform, type Wanted } from './platform.fixture.js';

/** Whether the cached answers of `reads` are gone after `change`. */
async function lost(
  reads: string[],
  change: Wanted | string,
  config: HoldlineConfig = { endpoints: { 'GET /**': { cache: { ttlMs: 60_000 } } } },
): Promise<boolean[]> {
  const { line, platform, get } = setupPlatform(config);
  for (const url of reads) await get({ url });
  if (typeof change === 'string') line.invalidate(change);
  else await get(change);
  const results: boolean[] = [];
  for (const url of reads) {
    const before = platform.arrived.length;
    await get({ url });
    results.push(platform.arrived.length > before);
  }
  return results;
}

describe('a write', () => {
  const put = (url: string): Wanted => ({ method: 'PUT', url });

  it('makes the answers of its path, of paths below, and of each path above invalid', async () => {
    const reads = ['/api/users/1', '/api/users/1/skills', '/api/users?page=2', '/api', '/api/users/2', '/api/users/1x'];
    expect(await lost(reads, put('/api/users/1'))).toEqual([true, true, true, true, false, false]);
  });

  it('finds one resource under other spellings', async () => {
    expect(await lost(['/u/a%40b'], put('/u/a@b'))).toEqual([true]);
    expect(await lost(['https://one.test/u/1'], put('https://two.test/u/1/'))).toEqual([true]);
    const paths = { anchor: '/api', stripPrefixes: ['/api/:version'] };
    const config = { paths, endpoints: { 'GET /**': { cache: { ttlMs: 60_000 } } } };
    expect(await lost(['/gate/api/v1/u/1'], put('/api/v2/u/1'), config)).toEqual([true]);
  });

  it('makes answers of all credentials and tenants invalid', async () => {
    const { platform, get } = setupPlatform({ endpoints: { 'GET /a': { cache: { ttlMs: 60_000 } } } });
    const callers = [
      { headers: { authorization: 'a' } },
      { headers: { authorization: 'b' } },
      { context: { tenant: 't' } },
    ];
    for (const caller of callers) await get(caller);
    await get(put('/a'));
    for (const caller of callers) await get(caller);
    expect(platform.arrived).toHaveLength(7);
  });

  it.each([
    [409, false],
    [500, true],
    [504, true],
    [429, false],
  ])('that ends with the status %s makes answers invalid: %s', async (status, isLost) => {
    const { platform, get } = setupPlatform({ endpoints: { 'GET /a': { cache: { ttlMs: 60_000 } } } });
    platform.reply = ({ request }) => (request.startsWith('PUT') ? { status, threw: true } : {});
    await get();
    await get(put('/a'));
    await get();
    expect(platform.arrived.filter(({ request }) => request.startsWith('GET'))).toHaveLength(isLost ? 2 : 1);
  });

  it('makes answers invalid when its caller gives it up', async () => {
    const { platform, start, get } = setupPlatform({ endpoints: { 'GET /a': { cache: { ttlMs: 60_000 } } } });
    platform.reply = ({ request }) => (request.startsWith('PUT') ? 'hang' : {});
    await get();
    const controller = new AbortController();
    start({ ...put('/a'), signal: controller.signal });
    await settle();
    controller.abort();
    await get();
    expect(platform.arrived).toHaveLength(3);
  });

  it('leaves out routes that are read-only', async () => {
    const config = { endpoints: { 'GET /**': { cache: { ttlMs: 60_000 } }, 'POST /a/query': { readOnly: true } } };
    expect(await lost(['/a'], { method: 'POST', url: '/a/query' }, config)).toEqual([false]);
  });

  it('that ends during a read keeps the answer of the read out of the cache', async () => {
    const { clock, platform, start, get } = setupPlatform({ endpoints: { 'GET /a': { cache: { ttlMs: 60_000 } } } });
    platform.reply = ({ request }) => ({ afterMs: request.startsWith('GET') ? 100 : 20 });
    const early = start();
    await clock.advance(60);
    start(put('/a'));
    await clock.advance(20);
    const late = start();
    await clock.run();
    expect(early.value).toMatchObject({ body: 'v1' });
    expect(late.value).toMatchObject({ body: 'v2' });
    platform.reply = () => ({});
    expect((await get()).value).toMatchObject({ body: 'v2' });
    expect(platform.arrived).toHaveLength(3);
  });
});

describe('invalidateBy', () => {
  const withRules = (...invalidateBy: string[]): HoldlineConfig => ({
    endpoints: { 'GET /users/:id': { cache: { ttlMs: 60_000, invalidateBy } } },
  });
  const reads = ['/users/1', '/users/2'];

  it('names writes to other paths', async () => {
    const config = withRules('PATCH /bulk/users', 'POST /jobs/**');
    expect(await lost(reads, { method: 'PATCH', url: '/bulk/users' }, config)).toEqual([true, true]);
    expect(await lost(reads, { method: 'POST', url: '/jobs/1/run' }, config)).toEqual([true, true]);
    expect(await lost(reads, { method: 'PUT', url: '/bulk/users' }, config)).toEqual([false, false]);
  });

  it('limits a write to the same value of a parameter with the same name', async () => {
    const config = withRules('POST /teams/:team/members/:id');
    expect(await lost(reads, { method: 'POST', url: '/teams/7/members/2' }, config)).toEqual([false, true]);
  });

  it.each(['v2.users.{id}.presence', 'v2.users.:id.presence'])('names the topic %s', async (topic) => {
    expect(await lost(reads, 'v2.users.2.presence', withRules(topic))).toEqual([false, true]);
    expect(await lost(reads, 'v2.users.2.presence.more', withRules(topic))).toEqual([false, false]);
  });

  it('takes any segment of a topic for a star', async () => {
    expect(await lost(reads, 'v2.users.9.presence', withRules('v2.users.*.presence'))).toEqual([true, true]);
  });

  it.each(['PATCH users', 'v2..users', 'a b c', ''])('refuses %j', (source) => {
    expect(() => createHoldline(withRules(source))).toThrow(ConfigError);
    expect(() => createHoldline({ cache: { invalidateBy: [source] } })).toThrow(ConfigError);
  });
});

describe('line.invalidate', () => {
  it('takes a path or a URL, with the rules of a write', async () => {
    const reads = ['/api/users/1', '/api/users', '/api/users/2'];
    expect(await lost(reads, '/api/users/1')).toEqual([true, true, false]);
    expect(await lost(reads, 'https://api.test/api/users/1?x=1')).toEqual([true, true, false]);
  });

  it.each(['', 'a b', 7])('refuses %j', (what) => {
    expect(() => createHoldline().invalidate(what as string)).toThrow(ConfigError);
  });
});

describe('many invalidations', () => {
  it('are forgotten, and answers older than a forgotten one count as invalid', async () => {
    const { line, platform, get } = setupPlatform({ endpoints: { 'GET /**': { cache: { ttlMs: 60_000 } } } });
    await get({ url: '/a' });
    line.invalidate('/b');
    for (let i = 0; i < 10_000; i++) line.invalidate(`/c/${i}`);
    await get({ url: '/d' });
    await get({ url: '/a' });
    expect(platform.table.map((row) => row.slice(2))).toEqual(['GET /a', 'GET /d', 'GET /a']);
    await get({ url: '/d' });
    expect(platform.arrived).toHaveLength(3);
  });
});

import { describe, expect, it } from 'vitest';
import type { HoldlineConfig } from '../../index.js';
import { ORIGIN, setup } from '../../line/transport.fixture.js';
import { Bench, ROOT, ROUTE } from './platform.fixture.js';
import type { Quota } from './options.js';

const limit = (quota: Partial<Quota>): Quota => ({ limit: 2, windowMs: 1000, ...quota });
const ROOT2 = 'credential:none@https://other';

describe('a quota is counted by its scope', () => {
  const byEntity = ({ url }: { url: string }): string => url.slice(-1);
  it.each<[string, Quota, calls: string[], sent: string]>([
    ['credential', limit({}), ['/a', '/b', '/c'], '/a /b'],
    ['route', limit({ scope: 'route' }), ['/a', '/a', '/a', '/b'], '/a /a /b'],
    ['tenant', limit({ scope: 'tenant' }), ['/a?t=1', '/a?t=1', '/b?t=1', '/b?t=2'], '/a?t=1 /a?t=1 /b?t=2'],
    ['host', limit({ scope: 'host' }), ['/a', '/a', '//b', '/a'], '/a /a //b'],
    ['function', limit({ scope: byEntity }), ['/x/1', '/y/1', '/z/1', '/z/2'], '/x/1 /y/1 /z/2'],
    [
      'function and a name with a colon',
      limit({ scope: byEntity, name: 'a:b' }),
      ['/x/1', '/y/1', '/z/1', '/z/2'],
      '/x/1 /y/1 /z/2',
    ],
    [
      'function and a name like a scope',
      limit({ scope: byEntity, name: 'tenant' }),
      ['/x/1', '/y/1', '/z/1', '/z/2'],
      '/x/1 /y/1 /z/2',
    ],
  ])('%s', async (_, quota, calls, sent) => {
    const bench = new Bench({ governor: { quotas: [quota] } });
    for (const path of calls) {
      const tenant = /t=(.)/.exec(path)?.[1];
      const host = path.startsWith('//') ? 'https://other' : 'https://h';
      void bench.call(path, { path: path.replace('//', '/'), host, ...(tenant === undefined ? {} : { tenant }) });
    }
    await bench.clock.advance(0);
    expect(bench.order).toBe(sent);
  });
});

describe('two quotas', () => {
  it('of two functions without names are separate, although JavaScript names both functions "scope"', async () => {
    const quotas = [limit({ limit: 3, scope: ({ url }) => url }), limit({ limit: 2, scope: ({ origin }) => origin })];
    const bench = new Bench({ governor: { quotas } });
    for (const path of ['/x/1', '/x/2', '/x/3']) void bench.call(path, { path });
    await bench.clock.advance(0);
    expect(bench.order).toBe('/x/1 /x/2');
  });

  it('of one function both hold', async () => {
    const scope = (): string => 'one';
    const bench = new Bench({
      governor: { quotas: [limit({ limit: 5, scope }), limit({ limit: 6, windowMs: 5000, scope })] },
    });
    void bench.calls(20, 'c');
    await bench.clock.advance(1500);
    expect(bench.sent.length).toBe(6);
  });

  it('of one kind, one of the line and one of an endpoint, both hold, in any order of routes', async () => {
    const bench = new Bench({
      governor: { quotas: [limit({ limit: 5, scope: 'tenant' })] },
      endpoints: { 'GET /few': { governor: { quotas: [limit({ limit: 2, scope: 'tenant', windowMs: 2000 })] } } },
    });
    for (let i = 0; i < 10; i++) for (const path of ['/few', '/many']) void bench.call(path, { path, tenant: 't' });
    await bench.clock.advance(1999);
    expect(bench.sent.filter(({ path }) => path === '/few').length).toBe(2);
    expect(bench.sent.filter(({ at }) => at < 1000).length).toBe(5);
    expect(bench.sent.filter(({ path }) => path === '/many').length).toBe(8);
  });

  it('of an endpoint, counted by credential, hold back all routes of the endpoint and no other route', async () => {
    const bench = new Bench({
      endpoints: { '* /reports/**': { governor: { quotas: [limit({ limit: 2, scope: 'credential' })] } } },
    });
    for (const path of ['/reports/a', '/reports/b', '/reports/c', '/users', '/users', '/users'])
      void bench.call(path, { path });
    await bench.clock.advance(0);
    expect(bench.order).toBe('/reports/a /reports/b /users /users /users');
  });

  it('of a tenant and of a function with that name are separate', async () => {
    const quotas = [
      limit({ limit: 3, scope: 'tenant' }),
      limit({ limit: 1, scope: ({ url }) => url.slice(-1), name: 'tenant' }),
    ];
    const bench = new Bench({ governor: { quotas } });
    for (const path of ['/x/1', '/x/2', '/y/1']) void bench.call(path, { path, tenant: 't' });
    await bench.clock.advance(0);
    expect(bench.order).toBe('/x/1 /x/2');
  });

  it('of two endpoints, counted by tenant, are separate if their limits differ', async () => {
    const tenants = (n: number): HoldlineConfig => ({ governor: { quotas: [limit({ limit: n, scope: 'tenant' })] } });
    const bench = new Bench({ endpoints: { 'GET /a': tenants(1), 'GET /b': tenants(2) } });
    for (const path of ['/a', '/a', '/b', '/b', '/b']) void bench.call(path, { path, tenant: 't' });
    await bench.clock.advance(0);
    expect(bench.order).toBe('/a /b /b');
  });

  it('of two endpoints, counted by functions with the same quota name, are one', async () => {
    const byName = (): HoldlineConfig => ({
      governor: { quotas: [limit({ scope: () => 'key', name: 'reports.rate' })] },
    });
    const bench = new Bench({ endpoints: { 'GET /a': byName(), 'GET /b': byName() } });
    for (const path of ['/a', '/b', '/a', '/b']) void bench.call(path, { path });
    await bench.clock.advance(0);
    expect(bench.order).toBe('/a /b');
  });

  it('of two endpoints with the same name are one', async () => {
    const governor = { quotas: [limit({ limit: 2, scope: 'tenant' as const, name: 'routing.rate' })] };
    const bench = new Bench({ endpoints: { 'GET /queues': { governor }, 'GET /skills': { governor } } });
    for (const path of ['/queues', '/skills', '/queues', '/skills', '/x']) void bench.call(path, { path, tenant: 't' });
    await bench.clock.advance(0);
    expect(bench.order).toBe('/queues /skills /x');
  });
});

describe('quotas of an endpoint keep their counts after an update', () => {
  const tenant = (n: number, windowMs = 1_000): Quota => limit({ limit: n, windowMs, scope: 'tenant' });
  const host = (n: number): Quota => limit({ limit: n, scope: 'host' });
  it.each<[string, before: Quota[], after: Quota[], sent: number]>([
    ['that adds another quota', [tenant(2)], [tenant(2), tenant(5, 5_000)], 2],
    ['that keeps another quota of their kind', [tenant(10, 5_000), tenant(2)], [tenant(10, 5_000), tenant(3)], 3],
    ['that changes their order', [tenant(2), host(4)], [host(5), tenant(3)], 3],
  ])('%s', async (_, before, after, sent) => {
    const endpoints = (quotas: Quota[]): HoldlineConfig => ({ endpoints: { 'GET /x': { governor: { quotas } } } });
    const bench = new Bench(endpoints(before));
    void bench.calls(9, 'c', { tenant: 't' });
    await bench.clock.advance(0);
    expect(bench.sent.length).toBe(2);
    bench.line.update(endpoints(after));
    await bench.clock.advance(0);
    expect(bench.sent.length).toBe(sent);
  });
});

describe('credentials', () => {
  it('have separate quotas, queues and gates', async () => {
    const bench = new Bench({ governor: { quotas: [limit({ limit: 1 })] } });
    for (const credential of ['Bearer a', 'Bearer a', 'Bearer b', 'Bearer b'])
      void bench.call(credential.slice(-1), { credential });
    void bench.call('c', { host: 'https://other' });
    await bench.clock.advance(0);
    expect(bench.order).toBe('a b c');
    expect(bench.scope(ROOT2)?.inFlight).toBe(0);
    expect(bench.line.snapshot().queues.map(({ waiting }) => waiting['normal'])).toEqual([1, 1, 0]);
    expect(JSON.stringify(bench.line.snapshot())).not.toContain('Bearer');
  });

  it('with a name stay the same when their token changes', async () => {
    const bench = new Bench({ governor: { quotas: [limit({ limit: 1 })] } });
    for (const credential of ['Bearer 1', 'Bearer 2'])
      void bench.call(credential, { credential, credentialName: 'me' });
    void bench.call('other', { credential: 'Bearer 1', credentialName: 'you' });
    await bench.clock.advance(0);
    expect(bench.order).toBe('Bearer 1 other');
    expect(JSON.stringify(bench.line.snapshot())).not.toMatch(/"[^"]*\b(me|you)\b/);
  });

  it('that share a scope take turns', async () => {
    const bench = new Bench({ governor: { quotas: [limit({ limit: 1, windowMs: 100, scope: 'host' })] } });
    for (let i = 0; i < 30; i++) for (const credential of ['1', '2']) void bench.call(credential, { credential });
    await bench.clock.advance(1950);
    expect(bench.sent.length).toBe(20);
    expect(bench.sent.filter(({ id }) => id === '1').length).toBe(10);
  });
});

describe('an endpoint apart', () => {
  const poll = { endpoints: { 'GET /poll/:id': { governor: { apart: true } } } };

  it('uses no shared permits, and waits for no other endpoint', async () => {
    const bench = new Bench({ governor: { quotas: [limit({ limit: 2 })] }, ...poll });
    for (const path of ['/a', '/poll/1', '/a', '/a', '/poll/2', '/poll/3']) void bench.call(path, { path });
    await bench.clock.advance(20);
    expect(bench.order.split(' ').sort().join(' ')).toBe('/a /a /poll/1 /poll/2 /poll/3');
    const { queues, scopes } = bench.line.snapshot();
    expect(queues.map(({ credential }) => credential)).toContain('credential:none@https://h/GET /poll/:id');
    expect(scopes.find(({ scope }) => scope === ROOT)?.quotas[0]?.used).toBe(2);
  });

  it('is not spaced with the other endpoints', async () => {
    const bench = new Bench({ governor: { ratePerSec: 1 }, ...poll });
    for (const path of ['/a', '/a', '/poll/1', '/poll/2']) void bench.call(path, { path });
    await bench.clock.advance(0);
    expect(bench.order).toBe('/a /poll/1 /poll/2');
  });

  it('keeps its own quotas', async () => {
    const governor = { apart: true, quotas: [limit({ limit: 1 })] };
    const bench = new Bench({
      governor: { quotas: [limit({ limit: 1 })] },
      endpoints: { 'GET /poll/:id': { governor } },
    });
    for (const path of ['/poll/1', '/poll/2', '/a', '/a']) void bench.call(path, { path });
    await bench.clock.advance(0);
    expect(bench.order).toBe('/poll/1 /a');
  });

  it('has separate gates', async () => {
    const bench = new Bench({ retry: false, ...poll });
    bench.reply = ({ path }) => (path.startsWith('/poll') ? { status: 429, headers: { 'retry-after': '9' } } : {});
    void bench.call('p1', { path: '/poll/1' });
    await bench.clock.advance(0);
    for (const path of ['/a', '/poll/2']) void bench.call(path, { path });
    await bench.clock.advance(1_000);
    expect(bench.order).toBe('p1 /a');
  });

  it('can be set apart by an update: waiting calls follow the old options, new calls the new ones', async () => {
    const bench = new Bench({ governor: { quotas: [limit({ limit: 1, windowMs: 1_000 })] } });
    for (const id of ['1', '2']) void bench.call(id, { path: '/poll/1' });
    await bench.clock.advance(0);
    bench.line.update(poll);
    void bench.call('3', { path: '/poll/1' });
    await bench.clock.advance(0);
    expect(bench.order).toBe('1 3');
    await bench.clock.advance(1_200);
    expect(bench.order).toBe('1 3 2');
    expect(bench.line.snapshot()).toMatchObject({ queued: 0, inFlight: 0 });
  });
});

describe('a key function that throws', () => {
  it('fails its call without taking a permit', async () => {
    const scope = ({ url }: { url: string }): string => {
      if (url.endsWith('bad')) throw new Error('no key');
      return 'key';
    };
    const bench = new Bench({ governor: { quotas: [limit({}), limit({ scope, limit: 5 })] } });
    void bench.call('bad', { path: '/bad' });
    void bench.call('good');
    await bench.clock.advance(0);
    expect([bench.errorOf('bad')?.message, bench.order]).toEqual(['no key', 'good']);
    expect(bench.line.snapshot()).toMatchObject({ calls: 0, inFlight: 0, queued: 0 });
    expect(bench.scope(ROOT)?.quotas[0]?.used).toBe(1);
    expect(bench.scope(ROUTE('/bad'))).toBeUndefined();
  });
});

describe('a request that the line does not sign (issue 13, b05)', () => {
  const config: HoldlineConfig = {
    token: { grant: () => Promise.resolve({ accessToken: 't' }) },
    governor: { quotas: [limit({ limit: 2 })], gateJitterMs: 0 },
    retry: false,
    breaker: false,
  };
  const foreign = 'https://storage.test/recording.wav';

  it('uses no permits of the credential, and closes none of its gates', async () => {
    const it = setup(config, (sent) =>
      sent.request.includes('storage') ? { status: 429, headers: { 'retry-after': '30' } } : 200,
    );
    const closed = it.told('gateClosed');
    for (let i = 0; i < 2; i++) it.start({ url: foreign });
    await it.clock.advance(0);
    for (let i = 0; i < 2; i++) it.start({ url: '/a' });
    await it.clock.advance(0);
    expect(it.wire.header('authorization')).toEqual([undefined, undefined, 'Bearer t', 'Bearer t']);
    expect(closed.length).toBeGreaterThan(0);
    expect(closed.every(({ scope }) => scope.includes('storage.test'))).toBe(true);
    expect(it.line.snapshot().queues.map(({ credential }) => credential)).toEqual([
      'credential:none@https://storage.test',
      'credential',
    ]);
  });

  it.each<[string, object, string]>([
    ['with its own Authorization', { headers: { authorization: 'Basic own' } }, 'credential:'],
    [
      'to an origin that is not listed',
      { url: `${ORIGIN}/b`, ownOrigin: 'https://elsewhere.test' },
      'credential:none@',
    ],
    ['of a client whose own API is unknown', { url: '/b', ownOrigin: '' }, 'credential:none@'],
  ])('%s belongs to another scope', async (_, asked, scope) => {
    const it = setup(config);
    await it.run({ url: foreign, ...asked });
    const [queue] = it.line.snapshot().queues;
    expect(queue?.credential.startsWith(scope)).toBe(true);
    expect(it.wire.header('authorization')).not.toContain('Bearer t');
  });

  it('of a pool belongs to no member of the pool', async () => {
    const grant = (): Promise<{ accessToken: string }> => Promise.resolve({ accessToken: 't' });
    const it = setup({ ...config, token: { pool: [{ name: 'a', grant }] } });
    await it.run({ url: foreign });
    await it.run();
    expect(it.line.snapshot().queues.map(({ credential }) => credential)).toEqual([
      'credential:none@https://storage.test',
      'credential/a',
    ]);
  });

  it('for lack of a token source belongs to the credential that its client sends', async () => {
    const it = setup({ ...config, token: { grant: () => Promise.resolve(undefined) } });
    await it.run({ headers: { authorization: 'Basic own' } });
    expect(it.line.snapshot().queues[0]?.credential).toMatch(/^credential:(?!none)/);
  });
});

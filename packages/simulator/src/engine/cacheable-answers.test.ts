import { describe, expect, it } from 'vitest';
import { call, login, startCxone, startGenesys } from '../testing/http-client.js';

const SCRIPT = 'GET /api/v2/scripts/s-1';
const CACHEABLE = { 'GET /api/v2/scripts/:id': { maxAgeSec: 60, etag: true } };

describe('answers of Genesys Cloud', () => {
  it.each([
    ['an entity', 'GET /api/v2/users/u-1', 200],
    ['an unknown path', 'GET /api/v2/architect/prompts/p-1', 200],
    ['an error', 'GET /api/v2/users/missing-1', 404],
    ['a write', 'POST /api/v2/externalcontacts/contacts', 200],
  ])('forbid caches to keep %s and have no ETag', async (_, route, status) => {
    const simulator = await startGenesys();
    const reply = await call(simulator, route, { token: await login(simulator) });
    expect(reply.status).toBe(status);
    expect(reply.headers).toMatchObject({
      'cache-control': 'no-cache, no-store, must-revalidate',
      pragma: 'no-cache',
      expires: '0',
    });
    expect(reply.headers.etag).toBeUndefined();
  });

  it('have these headers on refusals too, but not outside the API', async () => {
    const simulator = await startGenesys({
      limits: [{ name: 'l', per: 'org', limit: 1, windowMs: 60_000, enforcement: 'sliding' }],
    });
    const token = await login(simulator);
    await call(simulator, SCRIPT, { token });
    const refused = await call(simulator, SCRIPT, { token });
    expect([refused.status, refused.headers.pragma]).toEqual([429, 'no-cache']);
    expect((await call(simulator, 'GET /elsewhere')).headers.pragma).toBeUndefined();
  });
});

describe('cacheable routes', () => {
  it('have max-age and an ETag of the body, and answer a matching If-None-Match with 304', async () => {
    const simulator = await startGenesys({ cacheable: CACHEABLE });
    const token = await login(simulator);
    const first = await call(simulator, SCRIPT, { token });
    const { etag = '' } = first.headers;
    expect(first.headers['cache-control']).toBe('max-age=60');
    expect(first.headers.pragma).toBeUndefined();
    expect(etag).toMatch(/^"[0-9a-f]{32}"$/);
    for (const tags of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await call(simulator, SCRIPT, { token, headers: { 'If-None-Match': tags } });
      expect([again.status, again.text, again.headers.etag]).toEqual([304, '', etag]);
      expect(again.headers['cache-control']).toBe('max-age=60');
    }
    const other = await call(simulator, SCRIPT, { token, headers: { 'If-None-Match': '"other"' } });
    expect([other.status, other.json]).toEqual([200, first.json]);
    expect(simulator.stats()).toMatchObject({
      requests: 6,
      answered: 6,
      notModified: 4,
      byStatus: { 200: 2, 304: 4 },
      byRoute: { 'GET /api/v2/scripts/:id': { requests: 6, executed: 6, notModified: 4 } },
    });
  });

  it('have another ETag after a change', async () => {
    const simulator = await startGenesys({
      cacheable: { 'GET /api/v2/routing/queues/*': { maxAgeSec: 0, etag: true } },
    });
    const token = await login(simulator);
    const read = (tag = '') =>
      call(simulator, 'GET /api/v2/routing/queues/q', { token, headers: { 'If-None-Match': tag } });
    const { etag = '' } = (await read()).headers;
    expect((await read(etag)).status).toBe(304);
    await call(simulator, 'PUT /api/v2/routing/queues/q', { token, body: { name: 'Renamed' } });
    expect(await read(etag)).toMatchObject({ status: 200, json: { name: 'Renamed' } });
  });

  it('vary by the given headers and by the origin that CORS names', async () => {
    const simulator = await startGenesys({
      cacheable: { 'GET /api/v2/scripts/:id': { maxAgeSec: 5, vary: ['Accept-Language'] } },
      cors: { credentials: true },
    });
    const token = await login(simulator);
    const reply = await call(simulator, SCRIPT, { token, headers: { Origin: 'http://page.test' } });
    expect(reply.headers.vary).toBe('Accept-Language, Origin');
    expect(reply.headers.etag).toBeUndefined();
  });

  it('keep their errors and their writes out of caches', async () => {
    const simulator = await startGenesys({ cacheable: { 'GET /api/v2/**': { maxAgeSec: 5, etag: true } } });
    const token = await login(simulator);
    const missing = await call(simulator, 'GET /api/v2/users/missing-1', { token });
    expect(missing.headers['cache-control']).toContain('no-store');
    const written = await call(simulator, 'PUT /api/v2/routing/queues/q', { token, body: {} });
    expect(written.headers['cache-control']).toContain('no-store');
  });

  it('exist on every platform, and change at run time', async () => {
    const simulator = await startCxone();
    simulator.set({ cacheable: { 'GET /.well-known/**': { maxAgeSec: 7 } } });
    const reply = await call(simulator, 'GET /.well-known/cxone-configuration');
    expect([reply.status, reply.headers['cache-control']]).toEqual([200, 'max-age=7']);
    simulator.set({ cacheable: {} });
    expect((await call(simulator, 'GET /.well-known/cxone-configuration')).headers['cache-control']).toBeUndefined();
  });
});

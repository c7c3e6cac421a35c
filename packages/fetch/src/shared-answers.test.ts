import { callInfo, createHoldline } from '@holdline/core';
import { describe, expect, it } from 'vitest';
import { guardFetch } from './guard.js';
import { captureRejection, FETCH_FUNCTIONS, startServer, until } from './server.fixture.js';

// The bodies of node-fetch are streams of Node, of which the line keeps none.
const NATIVE = FETCH_FUNCTIONS.filter(({ name }) => !name.startsWith('node-fetch'));

describe.each(NATIVE)('$name: identical reads', ({ fetch: native }) => {
  it('share one request, and each caller reads its own body', async () => {
    const server = await startServer((response) => void response.end('text'));
    const api = guardFetch(native, createHoldline({ coalesce: true }));
    const responses = await Promise.all([api(server.url), api(server.url), api(server.url)]);
    expect(await Promise.all(responses.map((response) => response.text()))).toEqual(['text', 'text', 'text']);
    expect(server.seen).toHaveLength(1);
  });

  it('get whole bodies, although the caller that sent the request aborts in the middle of its body', async () => {
    const server = await startServer((response, before) => {
      response.write('first half, ');
      if (before > 0) response.end('second half');
    });
    const api = guardFetch(native, createHoldline({ coalesce: true, retry: false }));
    const controller = new AbortController();
    const first = api(server.url, { signal: controller.signal });
    const others = [api(server.url), api(server.url)];
    const body = captureRejection((await first).text());
    controller.abort();
    await body;
    const texts = await Promise.all(others.map(async (other) => (await other).text()));
    expect(texts).toEqual(['first half, second half', 'first half, second half']);
    expect(server.seen).toHaveLength(2);
  });

  it('are answered from the cache, each with its own body', async () => {
    const server = await startServer((response) => void response.writeHead(200, { 'x-kept': 'yes' }).end('text'));
    const line = createHoldline({ endpoints: { 'GET /**': { cache: { ttlMs: 60_000 } } } });
    const api = guardFetch(native, line);
    expect(await (await api(server.url)).text()).toBe('text');
    await until(() => line.snapshot().answers?.cache.entries === 1);
    for (let i = 0; i < 2; i++) {
      const response = await api(server.url);
      expect([await response.text(), response.headers.get('x-kept')]).toEqual(['text', 'yes']);
      expect(callInfo(response)?.fromCache).toBe(true);
    }
    expect(server.seen).toHaveLength(1);
  });
});

import { definePolicy, type CallRequest } from '@holdline/core';
import { VirtualClock } from '@holdline/core/testing';
import { describe, expect, it } from 'vitest';
import { guardUndici } from './guard.js';
import { captureRejection, closeLater, COPIES, makeLine, startServer, until } from './server.fixture.js';

describe.each(COPIES)('reads of the line with $name', ({ Agent, request }) => {
  it('are sent with the parts of the dispatch, and without a handler of the caller', async () => {
    const server = await startServer((response) => response.end('one'));
    const line = makeLine();
    const seen: CallRequest[] = [];
    const watch = definePolicy<object>({
      name: 'watch',
      phase: 'answer',
      create: () => (call, next) => {
        seen.push(call.request);
        return next(call);
      },
    });
    line.use(watch({}));
    const dispatcher = guardUndici(closeLater(new Agent({ connections: 1 })), line);
    const controller = new AbortController();
    const options = { dispatcher, query: { page: 1 }, headers: { 'X-Team': 'one' }, signal: controller.signal };
    const { body } = await request(`${server.url}/orders/1`, options);
    await body.text();
    const [first] = seen;
    controller.abort();
    const change = { url: `${server.url}/orders?ids=1,2`, headers: { 'if-none-match': '"1"' } };
    for (const variant of [first?.variant?.({}), first?.variant?.(change)] as CallRequest[]) {
      const answer = await line.run(variant);
      expect(Buffer.from((await variant.answerBody?.(answer, 100)) as Uint8Array).toString()).toBe('one');
      variant.discard?.();
    }
    expect(server.seen.map(({ url }) => url)).toEqual(['/orders/1?page=1', '/orders/1?page=1', '/orders?ids=1,2']);
    expect(server.seen.map(({ headers }) => headers['x-team'])).toEqual(['one', 'one', 'one']);
    expect(server.seen.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, undefined, '"1"']);
    expect(first?.headers.get('if-none-match')).toBeUndefined();
    // The discarded answers gave their connection back.
    expect(server.opened).toBe(1);
  });

  it('are shared by callers, of which one aborts', async () => {
    const held: (() => void)[] = [];
    const server = await startServer((response) => void held.push(() => response.end('one')));
    const line = makeLine({ endpoints: { 'GET /**': { coalesce: true } } });
    const dispatcher = guardUndici(closeLater(new Agent()), line);
    const controller = new AbortController();
    const first = request(server.url, { dispatcher });
    await until(() => held.length === 1);
    const aborted = captureRejection(request(server.url, { dispatcher, signal: controller.signal }));
    const third = request(server.url, { dispatcher });
    controller.abort();
    await aborted;
    for (const release of held) release();
    const texts = await Promise.all([first, third].map(async (one) => (await one).body.text()));
    expect(texts).toEqual(['one', 'one']);
    expect(held).toHaveLength(1);
  });

  it('ask whether an answer of the cache still holds', async () => {
    const clock = new VirtualClock();
    const server = await startServer((response, before) =>
      before === 0
        ? response.writeHead(200, { etag: '"1"' }).end('one')
        : response.writeHead(304, { etag: '"1"' }).end(),
    );
    const line = makeLine({ clock, endpoints: { 'GET /**': { cache: { ttlMs: 1_000 } } } });
    const dispatcher = guardUndici(closeLater(new Agent()), line);
    const read = async (): Promise<[number, string]> => {
      const { statusCode, body } = await request(server.url, { dispatcher });
      return [statusCode, await body.text()];
    };
    expect(await read()).toEqual([200, 'one']);
    await until(() => line.snapshot().answers?.cache.entries === 1);
    expect(await read()).toEqual([200, 'one']);
    await clock.advance(1_000);
    expect(await read()).toEqual([200, 'one']);
    expect(server.seen.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, '"1"']);
  });
});

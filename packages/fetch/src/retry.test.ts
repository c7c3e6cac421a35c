import { Readable } from 'node:stream';
import { callInfo, createHoldline, type HoldlineConfig } from '@holdline/core';
import { VirtualClock } from '@holdline/core/testing';
import { Headers as NodeFetchHeaders } from 'node-fetch';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { guardedFetch, guardFetch } from './index.js';
import { FUNCTIONS, pause, rejection, startServer, until, type TestServer } from './test-server.js';

const quick: HoldlineConfig = { retry: { maxAttempts: 3, baseDelayMs: 1 } };
/** A short wait after a refusal that names no time. */
const soon: HoldlineConfig = { governor: { defaultRetryAfterMs: 10 } };
/** Refuses once. */
const busyOnce = (retryAfter = '0'): Promise<TestServer> =>
  startServer((response, before) =>
    response.writeHead(before < 1 ? 429 : 200, { 'retry-after': retryAfter }).end(`answer ${before}`),
  );
/** Closes the connection on the first request, after it arrived. */
const losesOnce = (): Promise<TestServer> =>
  startServer((response, before) => void (before < 1 ? response.destroy() : response.end('answer')));
const bodies = (server: TestServer): string[] => server.seen.map(({ body }) => body);

describe.each(FUNCTIONS)('$name', ({ name, fetch, Request }) => {
  const ofNodeFetch = name.startsWith('node-fetch');

  it('waits out a refusal, and gives the native response with its body untouched', async () => {
    const server = await busyOnce('1');
    const from = performance.now();
    const response = await guardFetch(fetch)(server.url);
    expect(performance.now() - from).toBeGreaterThanOrEqual(1000);
    expect([response.status, response.bodyUsed, await response.text()]).toEqual([200, false, 'answer 1']);
    expect(callInfo(response)).toMatchObject({ attempts: 2, status: 200 });
  });

  it('gives the refusal itself where it stays', async () => {
    const server = await startServer((response) => response.writeHead(429, { 'retry-after': '3600' }).end('no'));
    const response = await guardFetch(fetch)(server.url);
    expect([response.status, await response.text()]).toEqual([429, 'no']);
    expect(callInfo(response)?.retryAt).toBeGreaterThan(Date.now() + 3_500_000);
  });

  it('repeats a lost read, and not a lost write', async () => {
    const [reads, writes] = [await losesOnce(), await losesOnce()];
    const guarded = guardFetch(fetch, quick);
    expect(await (await guarded(reads.url)).text()).toBe('answer');
    const error = await rejection(guarded(writes.url, { method: 'POST', body: 'x' }));
    expect(error.name).toBe('OutcomeUnknownError');
    expect([reads.seen.length, writes.seen.length]).toEqual([2, 1]);
  });

  it('repeats a write that was never sent', async () => {
    const server = await startServer((response) => void response.end());
    const line = createHoldline({ retry: { maxAttempts: 2, baseDelayMs: 1 } });
    const error = await rejection(guardFetch(fetch, line)('http://127.0.0.1:9/', { method: 'POST', body: 'x' }));
    expect(callInfo(error)?.attempts).toBe(name === 'undici' || name.includes('global') ? 1 : 2);
    expect(server.seen).toHaveLength(0);
  });

  it('tells in which way a native error came to be', async () => {
    const line = createHoldline(quick);
    for (const args of [['http://127.0.0.1:1x/'], ['http://a.test/', { method: 'GET', body: 'x' }]] as [
      string,
      RequestInit?,
    ][]) {
      const [bare, error] = [await rejection(fetch(...args)), await rejection(guardFetch(fetch, line)(...args))];
      expect([error.name, error.message]).toEqual([bare.name, bare.message]);
    }
  });

  it.each<[string, () => BodyInit, string?]>([
    ['a string', () => 'täxt'],
    ['URLSearchParams', () => new URLSearchParams({ a: '1' })],
    ['bytes', () => new TextEncoder().encode('bytes')],
    // node-fetch 2 does not take those of the platform.
    ['a Blob', () => (name === 'node-fetch 2' ? Buffer.from('blob') : new Blob(['blob']))],
  ])('sends %s again as it was', async (_, body) => {
    const server = await busyOnce();
    const guarded = guardFetch(fetch, soon);
    await guarded(server.url, { method: 'POST', body: body() });
    const [first, second] = bodies(server);
    expect(first).not.toBe('');
    expect(second).toBe(first);
  });

  it('sends a Request again as it was', async () => {
    const server = await busyOnce();
    const request = new Request(server.url, { method: 'POST', body: 'body', headers: { 'x-a': '1' } });
    const response = await guardFetch(fetch, soon)(request);
    // Streams of node-fetch are sent once.
    const sent = name === 'node-fetch 3' ? ['body'] : ['body', 'body'];
    expect([bodies(server), response.status]).toEqual([sent, sent.length > 1 ? 200 : 429]);
    expect(server.seen.every(({ headers }) => headers['x-a'] === '1' && headers['content-length'] === '4')).toBe(true);
    if (!ofNodeFetch) expect(request.bodyUsed).toBe(true);
  });

  it('never sends a stream again, nor empty', async () => {
    const server = await busyOnce();
    const body = (ofNodeFetch ? Readable.from(['a', 'b']) : new Blob(['ab']).stream()) as ReadableStream;
    const response = await guardFetch(fetch)(server.url, { method: 'POST', body, duplex: 'half' } as RequestInit);
    expect([bodies(server), response.status]).toEqual([['ab'], 429]);
  });

  it('leaves the queue when it is aborted, with the reason, and is never sent', async () => {
    const server = await startServer((response) => void response.end());
    const line = createHoldline({ governor: { quotas: [{ limit: 1, windowMs: 60_000 }] } });
    const guarded = guardFetch(fetch, line);
    await guarded(server.url);
    const abort = new AbortController();
    const call = rejection(guarded(server.url, { signal: abort.signal }));
    await until(() => line.snapshot().queued === 1);
    abort.abort(new RangeError('mine'));
    expect(await call).toBe(abort.signal.reason);
    await pause(20);
    expect([server.seen.length, line.snapshot().queued, line.snapshot().calls]).toEqual([1, 0, 0]);
  });

  it('ends with its budget, on the wire', async () => {
    const server = await startServer(() => undefined);
    const call = rejection(guardFetch(fetch)(server.url, { holdline: { totalTimeoutMs: 100 } }));
    await until(() => server.seen.length === 1);
    expect((await call).name).toBe('DeadlineError');
    await until(async () => (await server.connections()) === 0);
  });

  it('is not kept from aborting a body by a budget', async () => {
    const server = await startServer((response) => void response.write('first'));
    const abort = new AbortController();
    const guarded = guardFetch(fetch, { deadline: { totalTimeoutMs: 60_000 } });
    const response = await guarded(server.url, { signal: abort.signal });
    const text = rejection(response.text());
    abort.abort();
    expect((await text).name).toBe('AbortError');
  });

  it('lets go of answers that nobody reads', async () => {
    const large = 'a'.repeat(5_000_000);
    let open = 0;
    const server = await startServer((response, before) => {
      open++;
      response.on('close', () => (open -= 1));
      response.writeHead(before < 2 ? 503 : 200).write(large);
      // Those of node-fetch can only be read to their end.
      if (before === 2 || ofNodeFetch) response.end();
    });
    const response = await guardFetch(fetch, quick)(server.url);
    expect((await response.text()).length).toBe(large.length);
    expect(callInfo(response)?.attempts).toBe(3);
    await until(() => open === 0);
  });

  it('gives each caller of a joined call an answer of his own', async () => {
    const server = await startServer((response) => void pause(40).then(() => response.end('whole')));
    const guarded = guardFetch(fetch);
    const call = async (): Promise<[Response, string]> => {
      const response = await guarded(server.url, { method: 'POST', body: 'x', holdline: { idempotencyKey: 'k' } });
      return [response, await response.text()];
    };
    const answers = await Promise.all([call(), call(), call()]);
    expect(answers.map(([, text]) => text)).toEqual(['whole', 'whole', 'whole']);
    expect(new Set(answers.map(([response]) => response)).size).toBe(3);
    expect(server.seen).toHaveLength(1);
  });

  it('keeps to a bound on concurrency', async () => {
    let [now, most] = [0, 0];
    const server = await startServer((response) => {
      most = Math.max(most, (now += 1));
      void pause(10).then(() => {
        now -= 1;
        response.end('x');
      });
    });
    const guarded = guardFetch(fetch, { bulkhead: { maxConcurrent: 3 } });
    const texts = await Promise.all(Array.from({ length: 20 }, async () => (await guarded(server.url)).text()));
    expect([texts.length, most]).toEqual([20, 3]);
  });
});

it('takes headers of another implementation, and writes among them', async () => {
  const server = await startServer((response) => void response.end());
  const token = { grant: () => Promise.resolve({ accessToken: 'line' }), origins: [server.url] };
  const headers = new NodeFetchHeaders({ 'X-A': '1', authorization: 'Bearer stale' }) as unknown as Headers;
  await guardFetch(fetch, { token })(server.url, { headers });
  expect(server.seen[0]?.headers).toMatchObject({ 'x-a': '1', authorization: 'Bearer line' });
  expect(headers.get('authorization')).toBe('Bearer stale');
});

describe("a vendor's words", () => {
  const readRefusal = (text: string) => ({ retryAfterMs: Number(/in (\d+) ms/.exec(text)?.[1]) });

  it('are read from a copy of a refusal, and no further than they may be', async () => {
    const texts: string[] = [];
    const server = await startServer((response, before) => {
      if (before < 1) response.writeHead(429).end(`wait in 120 ms ${'.'.repeat(100_000)}`);
      else response.writeHead(before < 2 ? 404 : 429, { 'retry-after': '3600' }).end('not read, in 1 ms');
    });
    const guarded = guardedFetch(fetch, createHoldline(), {
      readRefusal: (text) => (texts.push(text), readRefusal(text)),
    });
    const from = performance.now();
    const answer = await guarded(server.url);
    expect(performance.now() - from).toBeGreaterThanOrEqual(120);
    expect([answer.status, answer.bodyUsed, await answer.text()]).toEqual([404, false, 'not read, in 1 ms']);
    expect(texts.map(({ length }) => length)).toEqual([4096]);
    const refusal = await guarded(server.url);
    expect([refusal.status, await refusal.text()]).toEqual([429, 'not read, in 1 ms']);
  });

  // Found by a review: a body that never ends kept the call, and the gate open, for as long as it liked.
  it('that dribble are waited for no longer than a second', async () => {
    const server = await startServer((response) => {
      response.writeHead(429).write('in 70 ms');
      const dribble = setInterval(() => response.write('.'), 5);
      response.on('close', () => clearInterval(dribble));
    });
    const clock = new VirtualClock();
    const texts: string[] = [];
    const guarded = guardedFetch(fetch, createHoldline({ retry: false }), {
      clock,
      readRefusal: (text) => (texts.push(text), readRefusal(text)),
    });
    const answered = guarded(server.url);
    await expect.poll(() => clock.pending).toBe(1);
    await pause(20);
    await clock.advance(1_000);
    const { status, body } = await answered;
    await body?.cancel();
    expect({ status, pending: clock.pending }).toEqual({ status: 429, pending: 0 });
    expect(texts).toEqual([expect.stringMatching(/^in 70 ms\.*$/)]);
  });

  it('count as far as they came', async () => {
    const server = await startServer((response, before) => {
      if (before > 0) return void response.end('ok');
      response.writeHead(429, { 'content-length': '100' }).write('in 50 ms');
      void pause(20).then(() => response.destroy());
    });
    const response = await guardedFetch(fetch, createHoldline(), { readRefusal })(server.url);
    expect(await response.text()).toBe('ok');
  });
});

describe('bodies', () => {
  it('keeps the length of a Request it may send again', async () => {
    const server = await startServer((response) => void response.end());
    const guarded = guardFetch(fetch);
    for (const body of ['text', new Blob(['blob']), new TextEncoder().encode('bytes')])
      await guarded(new Request(server.url, { method: 'PUT', body }));
    expect(server.seen.map(({ headers }) => headers['content-length'])).toEqual(['4', '4', '5']);
  });

  it.each<[string, HoldlineConfig, boolean]>([
    ['keeps a copy where it may be sent again', {}, true],
    [
      'keeps a copy for a new token',
      { retry: false, token: { grant: () => Promise.resolve({ accessToken: 't' }) } },
      true,
    ],
    ['keeps none otherwise', { retry: false }, false],
  ])('%s', async (_, config, copies) => {
    const server = await startServer((response) => void response.end());
    const clone = vi.spyOn(Request.prototype, 'clone');
    onTestFinished(() => clone.mockRestore());
    const guarded = guardFetch(fetch, config);
    await guarded(new Request(server.url));
    expect(clone).not.toHaveBeenCalled();
    await guarded(new Request(server.url, { method: 'PUT', body: 'x' }));
    expect([clone.mock.calls.length > 0, server.seen[1]?.body]).toEqual([copies, 'x']);
  });

  it('lets go of a stream that is never sent', async () => {
    const line = createHoldline({ governor: { quotas: [{ limit: 1, windowMs: 60_000 }] } });
    const server = await startServer((response) => void response.end());
    const guarded = guardFetch(fetch, line);
    await guarded(server.url);
    let cancelled = 0;
    const init = (): RequestInit => {
      const body = new ReadableStream({ cancel: () => void cancelled++ });
      return { method: 'POST', body, duplex: 'half', signal: AbortSignal.timeout(30) } as RequestInit;
    };
    const calls = [guarded(server.url, init()), guarded(new Request(server.url, init()))];
    for (const call of calls) expect((await rejection(call)).name).toBe('TimeoutError');
    await until(() => cancelled === 2);
    expect(server.seen).toHaveLength(1);
  });
});

// Issue 13, d-post-503: the platform's words were lost.
describe('the answer behind an unknown outcome', () => {
  const unavailable = (body: string): Promise<TestServer> =>
    startServer((response) => void response.writeHead(503, { 'x-request-id': '7' }).end(body));

  it.each(FUNCTIONS)('is the native response, and can be read: $name', async ({ fetch }) => {
    const server = await unavailable('{"reason":"maintenance"}');
    const bare = await fetch(server.url, { method: 'POST', body: 'x' });
    const error = await rejection(guardFetch(fetch)(server.url, { method: 'POST', body: 'x' }));
    const response = error['response'] as Response;
    expect(error.name).toBe('OutcomeUnknownError');
    expect(response).toBeInstanceOf(bare.constructor);
    expect([response.status, response.headers.get('x-request-id'), response.bodyUsed]).toEqual([503, '7', false]);
    expect(await response.json()).toEqual({ reason: 'maintenance' });
    expect(JSON.stringify(error)).not.toContain('response');
  });

  it('is bounded by the budget of its call', async () => {
    const server = await startServer((response) => void response.writeHead(503).write('{'));
    const clock = new VirtualClock();
    const holdline = { totalTimeoutMs: 5_000 };
    const error = await rejection(guardFetch(fetch, { clock })(server.url, { method: 'POST', body: 'x', holdline }));
    const text = rejection((error['response'] as Response).text());
    await clock.advance(5_000);
    expect(await text).toMatchObject({ name: 'DeadlineError' });
    await until(async () => (await server.connections()) === 0);
  });

  it('is let go of when nobody reads it for ten seconds, and left to whoever does', async () => {
    const server = await startServer((response) => void response.writeHead(503).write('begin'));
    const clock = new VirtualClock();
    const guarded = guardedFetch(fetch, createHoldline(), { clock });
    const fail = async (): Promise<Response> =>
      (await rejection(guarded(server.url, { method: 'POST', body: 'x' })))['response'] as Response;
    const [unread, read] = [await fail(), await fail()];
    const reader = read.body?.getReader();
    expect((await reader?.read())?.done).toBe(false);
    await clock.advance(10_000);
    await until(async () => (await server.connections()) === 1);
    expect([unread.bodyUsed, clock.pending]).toEqual([true, 0]);
    await reader?.cancel();
  });
});

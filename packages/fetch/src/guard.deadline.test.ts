import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { callInfo, createHoldline, withCall } from '@holdline/core';
import { VirtualClock } from '@holdline/core/testing';
import { describe, expect, it, vi } from 'vitest';
import { guardFetch } from './guard.js';
import { FETCH_FUNCTIONS, captureRejection, startServer, until, type TestServer } from './server.fixture.js';

/** Answers with a head and the start of an endless body. */
const stalling = (): Promise<TestServer> => startServer((response) => void response.writeHead(200).write('{'));
/** Never answers. */
const silent = (): Promise<TestServer> => startServer(() => undefined);

// Issue 13, a07: the budget and the signal of withCall ended with the head of the response.
describe.each(FETCH_FUNCTIONS)('the body of a response of $name', ({ fetch }) => {
  it.each<[string, (api: typeof globalThis.fetch, url: string) => Promise<Response>]>([
    ['totalTimeoutMs on the call', (api, url) => api(url, { holdline: { totalTimeoutMs: 10_000 } })],
    ['totalTimeoutMs of withCall', (api, url) => withCall({ totalTimeoutMs: 10_000 }, () => api(url))],
  ])('ends with %s and the error of the call', async (_, call) => {
    const server = await stalling();
    const clock = new VirtualClock();
    const response = await call(guardFetch(fetch, { clock }), server.url);
    expect([response.status, response.bodyUsed]).toEqual([200, false]);
    const text = captureRejection(response.text());
    await clock.advance(10_000);
    const error = await text;
    expect(error).toMatchObject({
      name: 'DeadlineError',
      message: 'the body of the answer to GET / did not end within totalTimeoutMs (10 s)',
      route: 'GET /',
      attempts: 1,
    });
    expect(callInfo(error)).toMatchObject({ status: 200 });
    await until(async () => (await server.connections()) === 0);
  });

  it('ends with the signal of withCall and its reason', async () => {
    const server = await stalling();
    const abort = new AbortController();
    const response = await withCall({ signal: abort.signal }, () => guardFetch(fetch)(server.url));
    const text = captureRejection(response.text());
    const reason = new RangeError('mine');
    abort.abort(reason);
    expect(await text).toBe(reason);
    await until(async () => (await server.connections()) === 0);
  });

  it('ends with the signal of the call and the error of the function, even if attempts have a limit', async () => {
    const server = await stalling();
    const said: Error[] = [];
    for (const api of [fetch, guardFetch(fetch, { deadline: { attemptTimeoutMs: 60_000, totalTimeoutMs: 60_000 } })]) {
      const abort = new AbortController();
      const response = await api(server.url, { signal: abort.signal });
      const text = captureRejection(response.text());
      abort.abort();
      said.push(await text);
    }
    const [bare, guarded] = said.map((error) => [error.name, error.message, error.constructor]);
    expect(guarded).toEqual(bare);
  });

  it('is untouched if it is read in time or has no limit', async () => {
    const server = await startServer((response) => void response.end('whole'));
    const api = guardFetch(fetch);
    const plain = await api(server.url);
    expect(Object.getOwnPropertyNames(plain)).toEqual(Object.getOwnPropertyNames(await fetch(server.url)));
    const bounded = await api(server.url, { holdline: { totalTimeoutMs: 60_000 } });
    expect(bounded).toBeInstanceOf(plain.constructor);
    expect(Object.keys(bounded)).toEqual(Object.keys(plain));
    expect([bounded.url, bounded.redirected, bounded.type]).toEqual([plain.url, plain.redirected, plain.type]);
    const copy = bounded.clone();
    expect(await bounded.text()).toBe('whole');
    expect([bounded.bodyUsed, await copy.text()]).toEqual([true, 'whole']);
    expect((await captureRejection(bounded.text())).name).toBe(
      (await captureRejection(plain.text().then(() => plain.text()))).name,
    );
  });

  it('is released when it was read: its signal listeners are removed', async () => {
    const server = await startServer((response) => void response.end('{"a":1}'));
    const abort = new AbortController();
    const [added, removed] = [
      vi.spyOn(abort.signal, 'addEventListener'),
      vi.spyOn(abort.signal, 'removeEventListener'),
    ];
    const api = guardFetch(fetch);
    await withCall({ signal: abort.signal }, async () => {
      const response = await api(server.url, { holdline: { totalTimeoutMs: 60_000 } });
      expect(await response.json()).toEqual({ a: 1 });
      expect((await api(server.url, { method: 'HEAD' })).status).toBe(200);
    });
    expect([added.mock.calls.length, removed.mock.calls.length]).toEqual([2, 2]);
  });
});

it('outlives the budget of one caller if several callers share it', async () => {
  let end = (): void => undefined;
  const server = await startServer((response) => {
    response.writeHead(200).write('first');
    end = () => response.end(' last');
  });
  const clock = new VirtualClock();
  const api = guardFetch(fetch, { clock });
  const call = (totalTimeoutMs: number): Promise<Response> =>
    api(server.url, { method: 'POST', body: 'x', holdline: { idempotencyKey: 'k', totalTimeoutMs } });
  const [one, two] = await Promise.all([call(10_000), call(100_000)]);
  await clock.advance(20_000);
  end();
  expect(await Promise.all([one.text(), two.text()])).toEqual(['first last', 'first last']);
  expect(server.seen).toHaveLength(1);
});

// Issue 13, FLEET.md 11: 60 bytes per call stayed as long as the signal.
it('is released if nobody reads it, even with a long-lived signal', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const server = await startServer((response) => void response.end('{}'));
  const { signal } = new AbortController();
  const removed = vi.spyOn(signal, 'removeEventListener');
  const clock = new VirtualClock();
  const api = guardFetch(fetch, { clock, deadline: { totalTimeoutMs: 60_000, attemptTimeoutMs: 60_000 } });
  const unread: WeakRef<Response>[] = [];
  for (let i = 0; i < 20; i++) unread.push(new WeakRef(await withCall({ signal }, () => api(server.url))));
  await until(() => {
    collect();
    return unread.every((response) => response.deref() === undefined) && clock.pending === 0;
  });
  expect(removed).toHaveBeenCalled();
});

it('ends a body that is read as a stream', async () => {
  const server = await stalling();
  const clock = new VirtualClock();
  const response = await guardFetch(fetch, { clock })(server.url, { holdline: { totalTimeoutMs: 10_000 } });
  const read = async (): Promise<void> => {
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) expect(chunk).toHaveLength(1);
  };
  const end = captureRejection(read());
  await clock.advance(10_000);
  expect(await end).toMatchObject({ name: 'DeadlineError' });
});

describe('the time limit of an attempt', () => {
  it.each(FETCH_FUNCTIONS)('repeats a read but not a write, with $name', async ({ fetch }) => {
    const server = await startServer((response, before) => void (before > 0 && response.end('answer')));
    const clock = new VirtualClock();
    const line = createHoldline({ retry: { backoff: [0] }, deadline: { attemptTimeoutMs: 10_000 }, clock });
    const api = guardFetch(fetch, line);
    const read = api(server.url);
    await until(() => server.seen.length === 1);
    await clock.advance(10_000);
    const response = await read;
    expect([await response.text(), callInfo(response)?.attempts]).toEqual(['answer', 2]);
    const deaf = await silent();
    const write = captureRejection(api(deaf.url, { method: 'POST', body: 'x' }));
    await until(() => deaf.seen.length === 1);
    await clock.advance(10_000);
    expect(await write).toMatchObject({ name: 'OutcomeUnknownError', cause: { name: 'AttemptTimeoutError' } });
    await until(async () => (await deaf.connections()) === 0);
    expect(deaf.seen).toHaveLength(1);
  });

  it('does not apply to the body', async () => {
    let end = (): void => undefined;
    const server = await startServer((response) => {
      response.writeHead(200).write('first');
      end = () => response.end(' last');
    });
    const clock = new VirtualClock();
    const response = await guardFetch(fetch, { clock, deadline: { attemptTimeoutMs: 10_000 } })(server.url);
    await clock.advance(60_000);
    end();
    expect(await response.text()).toBe('first last');
  });
});

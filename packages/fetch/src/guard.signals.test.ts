import { createHoldline } from '@holdline/core';
import { describe, expect, it, vi } from 'vitest';
import { guardFetch } from './guard.js';
import { FETCH_FUNCTIONS, captureRejection, startServer, until } from './server.fixture.js';

/** A signal as created by abort-controller, React Native, and platforms before 2022. */
class OldSignal extends EventTarget {
  aborted = false;

  get [Symbol.toStringTag](): string {
    return 'AbortSignal';
  }

  abort(): void {
    this.aborted = true;
    this.dispatchEvent(new Event('abort'));
  }
}

const describeError = ({ name, message, constructor, type }: Error & { type?: unknown }): unknown[] => [
  name,
  message,
  constructor,
  type,
];

// Issue 13, a10, d-fetch-diffs and d-node-fetch-abort.
describe.each(FETCH_FUNCTIONS)('an abort, with $name', ({ fetch }) => {
  it.each<[string, () => { signal: AbortSignal; abort: () => void }]>([
    [
      'by a signal of the platform',
      () => {
        const abort = new AbortController();
        return { signal: abort.signal, abort: () => abort.abort() };
      },
    ],
    [
      'by a signal without a reason',
      () => {
        const old = new OldSignal();
        return { signal: old as unknown as AbortSignal, abort: () => old.abort() };
      },
    ],
  ])('%s gives the native error on the wire', async (_, make) => {
    const server = await startServer(() => undefined);
    const abortOnWire = async (api: typeof fetch, { signal, abort } = make()): Promise<unknown[] | 'refused'> => {
      const before = server.seen.length;
      const call = captureRejection(api(server.url, { signal }));
      const refused = await Promise.race([call, until(() => server.seen.length > before).then(() => undefined)]);
      abort();
      return refused ? 'refused' : describeError(await call);
    };
    let bare = await abortOnWire(fetch);
    if (bare === 'refused') {
      // The function accepts only signals of the platform. The guard gives it such a signal.
      const abort = new AbortController();
      bare = await abortOnWire(fetch, { signal: abort.signal, abort: () => abort.abort() });
    }
    const quick = { retry: { baseDelayMs: 1 } };
    expect(await abortOnWire(guardFetch(fetch, quick))).toEqual(bare);
    expect(await abortOnWire(guardFetch(fetch, { ...quick, deadline: { totalTimeoutMs: 60_000 } }))).toEqual(bare);
  });

  it('that ends a wait gives an AbortError with any signal', async () => {
    const server = await startServer((response) => void response.end());
    const line = createHoldline({ governor: { quotas: [{ limit: 1, windowMs: 60_000 }] } });
    const api = guardFetch(fetch, line);
    await api(server.url);
    const old = new OldSignal();
    const call = captureRejection(api(server.url, { signal: old as unknown as AbortSignal }));
    await until(() => line.snapshot().queued === 1);
    old.abort();
    expect(await call).toMatchObject({ name: 'AbortError' });
    expect(server.seen).toHaveLength(1);
  });

  it('needs no AbortSignal.any, which leaks memory per call on Node 20', async () => {
    const any = vi.spyOn(AbortSignal, 'any');
    const server = await startServer((response) => void response.end('x'));
    const { signal } = new AbortController();
    const api = guardFetch(fetch, { deadline: { totalTimeoutMs: 60_000, attemptTimeoutMs: 60_000 } });
    expect(await (await api(server.url, { signal })).text()).toBe('x');
    expect(any).not.toHaveBeenCalled();
    any.mockRestore();
  });
});

it.each<[string, unknown]>([
  ['an object', {}],
  ['a string', 'x'],
  ['an aborted object without listeners', { aborted: true }],
])('lets the function refuse a signal that is %s', async (_, signal) => {
  const server = await startServer((response) => void response.end());
  const init = { signal } as RequestInit;
  const bare = await captureRejection(fetch(server.url, init));
  for (const config of [{}, { deadline: { totalTimeoutMs: 60_000 } }]) {
    const guarded = await captureRejection(guardFetch(fetch, config)(server.url, init));
    expect([guarded.name, guarded.message]).toEqual([bare.name, bare.message]);
  }
  expect((await guardFetch(fetch)(server.url, { signal: null })).status).toBe(200);
});

it.each(['stream', 'Request'] as const)(
  'releases the body of a call that is aborted before its start, in the same tick: a %s',
  async (kind) => {
    const reasons: unknown[] = [];
    const abort = new AbortController();
    abort.abort(new RangeError('mine'));
    const init = {
      method: 'POST',
      duplex: 'half',
      signal: abort.signal,
      body: new ReadableStream({ cancel: (reason) => void reasons.push(reason) }),
    };
    const url = 'http://127.0.0.1:9/';
    const api = guardFetch(fetch);
    const call = kind === 'stream' ? api(url, init as RequestInit) : api(new Request(url, init));
    const rejection = captureRejection(call);
    if (kind === 'stream') expect(reasons).toEqual([abort.signal.reason]);
    expect(await rejection).toBe(abort.signal.reason);
    expect(reasons).toEqual([abort.signal.reason]);
  },
);

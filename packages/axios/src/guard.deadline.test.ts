import type { Readable } from 'node:stream';
import { callInfo, withCall } from '@holdline/core';
import { VirtualClock } from '@holdline/core/testing';
import { describe, expect, it, vi } from 'vitest';
import { guardAxios } from './guard.js';
import { AXIOS_COPIES, captureRejection, startServer, cleanUpAfterTests, until } from './server.fixture.js';

cleanUpAfterTests();

// Issue 13 §3.
describe.each(AXIOS_COPIES)('axios $version: the time limit of an attempt', ({ axios }) => {
  it('repeats a read but not a write', async () => {
    const server = await startServer((_, response, before) => void (before > 0 && response.end('answer')));
    const clock = new VirtualClock();
    const api = guardAxios(axios.create({ timeout: 60_000 }), {
      clock,
      retry: { backoff: [0] },
      deadline: { attemptTimeoutMs: 10_000 },
    });
    const read = api.get(server.url);
    await until(() => server.seen.length === 1);
    await clock.advance(10_000);
    const response = await read;
    expect([response.data, callInfo(response)?.attempts]).toEqual(['answer', 2]);
    const silent = await startServer(() => undefined);
    const write = captureRejection(api.post(silent.url, { a: 1 }));
    await until(() => silent.seen.length === 1);
    await clock.advance(10_000);
    expect(await write).toMatchObject({ name: 'OutcomeUnknownError', cause: { name: 'AttemptTimeoutError' } });
    await until(() => silent.aborted === 1);
    expect(silent.seen).toHaveLength(1);
  });

  it('gives the error of axios if the timeout of axios is shorter', async () => {
    const server = await startServer(() => undefined);
    const api = guardAxios(axios.create({ timeout: 50 }), { retry: false, deadline: { attemptTimeoutMs: 60_000 } });
    const error = await captureRejection(api.get(server.url));
    expect([error.name, error['code'], error.message]).toEqual([
      'AxiosError',
      'ECONNABORTED',
      'timeout of 50ms exceeded',
    ]);
  });
});

// Issue 13, a07 and FLEET.md 11.
describe.each(AXIOS_COPIES)('axios $version: a response stream', ({ axios }) => {
  const open = async (config: object, around: object): Promise<{ stream: Readable; clock: VirtualClock }> => {
    const server = await startServer((_, response) => void response.write('begin'));
    const clock = new VirtualClock();
    const api = guardAxios(axios.create(), { clock, deadline: { totalTimeoutMs: 10_000 } });
    const { data } = await withCall(around, () => api.get<Readable>(server.url, { responseType: 'stream', ...config }));
    return { stream: data, clock };
  };
  const endOf = (stream: Readable): Promise<Error> => new Promise((resolve) => stream.on('error', resolve).resume());

  it('outlives the budget of its call, as it outlives the timeout of axios', async () => {
    const { stream, clock } = await open({}, {});
    await clock.advance(60_000);
    expect([stream.destroyed, clock.pending]).toEqual([false, 0]);
    stream.destroy();
  });

  it.each(['own', 'given'] as const)('ends with its signal (%s), without AbortSignal.any', async (where) => {
    const any = vi.spyOn(AbortSignal, 'any');
    const abort = new AbortController();
    const { signal } = abort;
    const removed = vi.spyOn(signal, 'removeEventListener');
    const { stream, clock } = await (where === 'own' ? open({ signal }, {}) : open({}, { signal }));
    const end = endOf(stream);
    abort.abort();
    expect((await end).name).toBe('CanceledError');
    expect([any.mock.calls.length, clock.pending]).toEqual([0, 0]);
    any.mockRestore();
    removed.mockRestore();
  });
});

import { PassThrough } from 'node:stream';
import { createHoldline, type HoldlineConfig } from '@holdline/core';
import { VirtualClock } from '@holdline/core/testing';
import { describe, expect, test } from 'vitest';
import type { HttpRequest } from '../sdk/api-client.js';
import { runCustomRequest } from './custom-client.js';

const rejection = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => expect.unreachable(),
    (error: unknown) => error,
  );
const config: HoldlineConfig = { governor: { quotas: [] } };

describe('a custom HTTP client', () => {
  const facts = { ownOrigin: 'https://api.test', ownCredential: undefined };
  const uploadOf = (data: unknown): HttpRequest => ({ method: 'POST', url: 'https://api.test/api/v2/uploads', data });

  test('an OutcomeUnknownError has the response', async () => {
    const response = { status: 502, headers: {}, data: 'why', config: { headers: { Authorization: 's3cret' } } };
    const native = (): Promise<never> => Promise.reject(Object.assign(new Error('502'), { response }));
    const error = await rejection(runCustomRequest(native, uploadOf('{}'), createHoldline(config), facts));
    expect((error as { response?: unknown }).response).toEqual({ status: 502, headers: {}, data: 'why' });
  });

  // Issue 16, 4: a body that JSON.stringify cannot write must not fail the call.
  test('a parsed 429 of any depth and size names its wait', async () => {
    let deep: object = {};
    for (let depth = 0; depth < 100_000; depth++) deep = { deep };
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    const message = `Retry the request in [7] seconds${'x'.repeat(1_000_000)}`;
    const bodies = [
      { message, deep, limit: { key: 'a' } },
      { message, circular },
      { message, limit: null, big: 1n },
    ];
    for (const data of bodies) {
      const line = createHoldline({ ...config, retry: false });
      const gates: number[] = [];
      line.on('gateClosed', ({ forMs }) => gates.push(forMs));
      const native = (): Promise<never> =>
        Promise.reject(Object.assign(new Error('429'), { response: { status: 429, headers: {}, data } }));
      const error = await rejection(runCustomRequest(native, uploadOf('{}'), line, facts));
      expect((error as Error).message).toBe('429');
      expect(gates[0]).toBeGreaterThanOrEqual(7_000);
    }
  });

  // Issue 13, a01 and a02.
  test('a broken body stream is not sent, and the breaker does not count it', async () => {
    const line = createHoldline({ ...config, breaker: { minAttempts: 1 } });
    const gone = new Error('source gone');
    const broken = new PassThrough().on('error', () => undefined).destroy(gone);
    const native = (): Promise<never> => Promise.reject(new Error('called'));
    expect(await rejection(runCustomRequest(native, uploadOf(broken), line, facts))).toBe(gone);
    const later = new PassThrough();
    const breaks = (): Promise<never> =>
      new Promise((_, reject) => {
        later.once('error', reject);
        later.destroy(gone);
      });
    expect(await rejection(runCustomRequest(breaks, uploadOf(later), line, facts))).toBe(gone);
    expect(line.snapshot().breakers[0]).toMatchObject({ state: 'closed', failed: 0 });
  });

  describe('reads that callers share', () => {
    class HttpRequestOptions implements HttpRequest {
      readonly method = 'GET';
      constructor(
        readonly url: string,
        readonly params: object,
        readonly headers: Record<string, string>,
      ) {}
    }
    const endpoints = { 'GET /**': { coalesce: true, cache: { ttlMs: 1_000 } } };

    test('give each caller its own data, also from the cache', async () => {
      const line = createHoldline({ ...config, endpoints });
      const seen: HttpRequest[] = [];
      const native = (options: HttpRequest): Promise<unknown> => {
        seen.push(options);
        return Promise.resolve({ status: 200, headers: { etag: '1' }, data: { names: [String(seen.length)] } });
      };
      const read = (page: number): Promise<{ data: { names: string[] } }> =>
        runCustomRequest(
          native,
          new HttpRequestOptions('https://api.test/api/v2/users', { page }, {}),
          line,
          facts,
        ) as never;
      const [one, two, other] = await Promise.all([read(1), read(1), read(2)]);
      one.data.names.push('changed');
      expect([two.data, other.data, (await read(1)).data]).toEqual([
        { names: ['1'] },
        { names: ['2'] },
        { names: ['1'] },
      ]);
      expect(seen).toHaveLength(2);
    });

    test('ask again with the request of the caller, which stays as it is', async () => {
      const clock = new VirtualClock();
      const line = createHoldline({ ...config, clock, endpoints });
      const seen: HttpRequest[] = [];
      const native = (options: HttpRequest): Promise<unknown> => {
        seen.push(options);
        const is304 = options.headers?.['if-none-match'] !== undefined;
        return Promise.resolve({
          status: is304 ? 304 : 200,
          headers: { etag: '"1"' },
          data: is304 ? '' : { name: 'x' },
        });
      };
      const options = new HttpRequestOptions('https://api.test/api/v2/users', { page: 1 }, { 'X-Team': 'one' });
      const read = (): Promise<unknown> => runCustomRequest(native, options, line, facts);
      await read();
      await clock.advance(1_000);
      expect(await read()).toMatchObject({ status: 200, data: { name: 'x' } });
      expect(seen[1]).toBeInstanceOf(HttpRequestOptions);
      expect(seen[1]).toMatchObject({ params: { page: 1 }, headers: { 'X-Team': 'one', 'if-none-match': '"1"' } });
      expect(options.headers).toEqual({ 'X-Team': 'one' });
    });
  });
});

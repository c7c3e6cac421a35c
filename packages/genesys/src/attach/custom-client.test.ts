import { PassThrough } from 'node:stream';
import { createHoldline, type HoldlineConfig } from '@holdline/core';
import { describe, expect, test } from 'vitest';
import type { HttpRequest } from '../sdk/api-client.js';
import { runCustomRequest } from './custom-client.js';

const rejection = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => expect.unreachable(),
    (error: unknown) => error,
  );
const config: HoldlineConfig = { governor: { quotas: [] } };

describe("an HTTP client of the user's own", () => {
  const facts = { ownOrigin: 'https://api.test', ownCredential: undefined };
  const asked = (data: unknown): HttpRequest => ({ method: 'POST', url: 'https://api.test/api/v2/uploads', data });

  test('has its answer on an unknown outcome', async () => {
    const response = { status: 502, headers: {}, data: 'why', config: { headers: { Authorization: 's3cret' } } };
    const native = (): Promise<never> => Promise.reject(Object.assign(new Error('502'), { response }));
    const error = await rejection(runCustomRequest(native, asked('{}'), createHoldline(config), facts));
    expect((error as { response?: unknown }).response).toEqual({ status: 502, headers: {}, data: 'why' });
  });

  // Issue 13, a01 and a02.
  test('is not called for a body that has broken, which counts for nothing', async () => {
    const line = createHoldline({ ...config, breaker: { minAttempts: 1 } });
    const gone = new Error('source gone');
    const broken = new PassThrough().on('error', () => undefined).destroy(gone);
    const native = (): Promise<never> => Promise.reject(new Error('called'));
    expect(await rejection(runCustomRequest(native, asked(broken), line, facts))).toBe(gone);
    const later = new PassThrough();
    const breaks = (): Promise<never> =>
      new Promise((_, reject) => {
        later.once('error', reject);
        later.destroy(gone);
      });
    expect(await rejection(runCustomRequest(breaks, asked(later), line, facts))).toBe(gone);
    expect(line.snapshot().breakers[0]).toMatchObject({ state: 'closed', failed: 0 });
  });
});

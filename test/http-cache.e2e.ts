import { callInfo } from '@holdline/core';
import { VirtualClock } from '@holdline/core/testing';
import { guardFetch } from '@holdline/fetch';
import { httpCacheRules } from '@holdline/http-cache';
import { describe, expect, test } from 'vitest';
import { simulate } from './support.js';

const SCRIPT = '/api/v2/scripts/s-1';

describe('a cache by the rules of HTTP', () => {
  test('keeps what the platform allows, confirms it by the ETag, and keeps nothing with no-store', async () => {
    const simulator = await simulate({ cacheable: { 'GET /api/v2/scripts/:id': { maxAgeSec: 60, etag: true } } });
    const token = await (
      await fetch(`${simulator.url}/oauth/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa('id:secret')}`, 'content-type': 'application/x-www-form-urlencoded' },
        body: 'grant_type=client_credentials',
      })
    ).json();
    const clock = new VirtualClock(Date.now());
    const cache = { rules: httpCacheRules() };
    const get = guardFetch(fetch, {
      clock,
      endpoints: { 'GET /api/v2/scripts/:id': { cache }, 'GET /api/v2/users/:id': { cache } },
    });
    const headers = { authorization: `Bearer ${token.access_token}` };
    const read = async (path: string): Promise<[unknown, boolean | undefined]> => {
      const response = await get(simulator.url + path, { headers });
      return [await response.json(), callInfo(response)?.fromCache];
    };
    const countOf = (route: string) => {
      const { requests = 0, notModified = 0 } = simulator.stats().byRoute[route] ?? {};
      return { requests, notModified };
    };

    const [script, isKept] = await read(SCRIPT);
    expect([script, isKept]).toMatchObject([{ id: 's-1' }, false]);
    expect(await read(SCRIPT)).toEqual([script, true]);
    expect(countOf('GET /api/v2/scripts/:id')).toEqual({ requests: 1, notModified: 0 });

    await clock.advance(61_000);
    expect(await read(SCRIPT)).toEqual([script, true]);
    expect(countOf('GET /api/v2/scripts/:id')).toEqual({ requests: 2, notModified: 1 });

    await read('/api/v2/users/u-1');
    expect((await read('/api/v2/users/u-1'))[1]).toBe(false);
    expect(countOf('GET /api/v2/users/:id').requests).toBe(2);
  });
});

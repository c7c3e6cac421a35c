import { createHoldline } from '@holdline/core';
import { describe, expect, test } from 'vitest';
import { genesysCache, genesysCloud } from './index.js';

const API = 'https://api.mypurecloud.com';

/** The cache that a line applies to a GET, as the pattern of its route says. */
const cacheOf = (path: string): unknown => {
  const { endpoints = {} } = genesysCache();
  const { route } = createHoldline(genesysCloud({ endpoints })).explain({ method: 'GET', url: `${API}${path}` });
  return endpoints[route]?.cache ?? false;
};

describe('genesysCache', () => {
  test('is a valid configuration together with the preset, and with the options of the user', () => {
    for (const options of [
      {},
      { settingsTtlMs: 0, directoryTtlMs: 1, staleWhileRevalidateMs: 2, staleIfThrottledMs: 3 },
    ])
      expect(() => createHoldline(genesysCloud(genesysCache(options)))).not.toThrow();
  });

  test.each([
    ['/api/v2/scripts/published/s1', 300_000],
    ['/api/v2/presence/definitions', 300_000],
    ['/api/v2/routing/wrapupcodes/w1', 300_000],
    ['/api/v2/organizations/me', 300_000],
    ['/api/v2/users/u1', 60_000],
    ['/api/v2/routing/queues/q1', 60_000],
    ['/api/v2/flows/datatables/d1/rows/r1', 60_000],
  ])('keeps %s for %i ms', (path, ttlMs) => {
    expect(cacheOf(path)).toMatchObject({ ttlMs, staleWhileRevalidateMs: ttlMs, staleIfThrottledMs: 3_600_000 });
  });

  // The patterns for one user, queue, division or action match some of these paths too.
  test.each([
    '/api/v2/users/me',
    '/api/v2/users/search',
    '/api/v2/users/query',
    '/api/v2/users/u1/presences/purecloud',
    '/api/v2/users/u1/routingstatus',
    '/api/v2/routing/queues/me',
    '/api/v2/conversations/c1',
    '/api/v2/integrations/actions/drafts',
    '/api/v2/authorization/divisions/query',
  ])('keeps no answer of %s', (path) => {
    expect(cacheOf(path)).toBe(false);
  });

  test('lets a bulk write and the topics of a user make its answers invalid', () => {
    const { cache } = genesysCache().endpoints?.['GET /api/v2/users/:userId'] ?? {};
    expect(cache).toMatchObject({
      invalidateBy: expect.arrayContaining(['PATCH /api/v2/users/bulk', 'v2.users.{userId}.presence']) as string[],
    });
  });

  test.each([
    [{ directoryTtlMs: -1 }, 'directoryTtlMs'],
    [{ ttlMs: 1 }, 'ttlMs is not known'],
  ])('refuses %j', (options, message) => {
    expect(() => genesysCache(options as never)).toThrow(message);
  });
});
